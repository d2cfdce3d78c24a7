"""Search addresses, written and read back."""

from typing import Any

import pytest
from flask import Flask, url_for
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from portal.search.types import FILTERS, SORTS, SearchRequest
from portal.web import addresses
from portal.web.pager import page_window

ASKED = SearchRequest("校园 宽带", {"stage": ("solution",)}, "newest", 3)
CODES = st.text("abcdefghij-", min_size=1, max_size=8)


def test_what_is_default_is_left_out(closed: Flask) -> None:
    with closed.test_request_context():
        assert addresses.search_url(SearchRequest("")) == "/search"
        assert addresses.search_url(SearchRequest("5G", {"kind": ("case",)})) == (
            "/search?kind=case&q=5G"
        )


@given(st.text(), st.lists(CODES, max_size=3))
def test_an_address_is_the_one_that_flask_makes(closed: Flask, text: str, codes: list[str]) -> None:
    # No database takes a lone surrogate, and no browser sends one.
    text = text.encode("utf-8", "ignore").decode()
    asked = SearchRequest(text, {"kind": tuple(codes)} if codes else {})
    values: dict[str, Any] = {"kind": codes or None, "q": text or None}
    with closed.test_request_context():
        assert addresses.search_url(asked) == url_for("search.results", **values)


def test_choosing_a_filter_adds_it_and_starts_at_the_first_page() -> None:
    assert addresses.toggled(ASKED, "stage", "contract") == SearchRequest(
        "校园 宽带", {"stage": ("solution", "contract")}, "newest", 1
    )


def test_choosing_it_again_removes_it() -> None:
    once = addresses.toggled(ASKED, "kind", "case")
    assert addresses.toggled(once, "kind", "case") == addresses.at_page(ASKED, 1)
    assert addresses.toggled(ASKED, "stage", "solution").filters == {}


def test_another_order_starts_at_the_first_page() -> None:
    assert addresses.sorted_by(ASKED, "relevance").page == 1


def test_repeated_and_empty_filters_are_read_once() -> None:
    asked = addresses.parse_search(
        MultiDict([("kind", "case"), ("kind", ""), ("kind", "case"), ("utm", "x")])
    )
    assert asked == SearchRequest("", {"kind": ("case",)})


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40).map(str.strip),
    filters=st.dictionaries(
        st.sampled_from(FILTERS), st.lists(CODES, min_size=1, max_size=3, unique=True).map(tuple)
    ),
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 9_999_999_999),
)
def test_every_question_survives_its_address(
    text: str, filters: dict[str, tuple[str, ...]], sort: str, page: int
) -> None:
    asked = SearchRequest(text, filters, sort, page)  # type: ignore[arg-type]  # drawn from SORTS
    app = Flask("addresses")
    app.add_url_rule("/search", "search.results")
    with app.test_request_context():
        address = addresses.search_url(asked)
    with app.test_request_context(address) as context:
        assert addresses.parse_search(context.request.args) == asked


@pytest.mark.parametrize(
    ("page", "pages", "window"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_the_pager_shows_the_ends_and_the_neighbours(
    page: int, pages: int, window: list[int | None]
) -> None:
    assert page_window(page, pages) == window
