"""The search log: what is one question, and what is a find."""

import pytest
import sqlalchemy as sa

from portal.models import SearchOpen
from tests.conftest import Library
from tests.integration.desk import NOON, Desk, after


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library)


# ---------- one question ----------


def test_a_search_is_kept_as_it_was_typed_with_its_answer(desk: Desk) -> None:
    desk.search("５Ｇ專線 方案", filters={"stage": ("solution",), "kind": ("case", "brochure")})
    row = desk.rows()[0]
    assert (row.text, row.folded) == ("５Ｇ專線 方案", "5g专线 方案")
    assert row.filters == {"kind": ["brochure", "case"], "stage": ["solution"]}
    assert (row.hits, row.relaxed, row.took_ms, row.at) == (8, False, 2.5, NOON)


def test_narrowing_a_question_does_not_make_it_another(desk: Desk) -> None:
    desk.search("校园宽带")
    desk.search("校园宽带", after(minutes=1), filters={"stage": ("solution",)})
    desk.search("校園寬帶", after(minutes=20), filters={"kind": ("case",)})
    assert desk.frequent() == {"校園寬帶": 1}
    assert [row.question_id for row in desk.rows()] == [None, 1, 1]


def test_reloading_and_turning_pages_log_nothing(desk: Desk) -> None:
    first = desk.search("校园宽带", filters={"kind": ("case", "tariff")})
    again = desk.search("校园宽带 ", after(minutes=9), filters={"kind": ("tariff", "case")})
    assert again == first
    assert len(desk.rows()) == 1


def test_after_half_an_hour_the_same_words_are_asked_anew(desk: Desk) -> None:
    desk.search("校园宽带")
    desk.search("校园宽带", after(minutes=31))
    assert desk.frequent() == {"校园宽带": 2}


def test_two_people_ask_two_questions(desk: Desk) -> None:
    desk.search("校园宽带", who="linruoxi")
    desk.search("校园宽带", who="zhoumin")
    assert desk.frequent() == {"校园宽带": 2}


def test_searches_of_nobody_known_are_never_joined(desk: Desk) -> None:
    assert desk.search("校园宽带", who="") != desk.search("校园宽带", who="")
    assert desk.frequent() == {"校园宽带": 2}
    assert desk.summary().people == 0


def test_the_industry_is_the_one_filtered_by_else_the_persons_first(desk: Desk) -> None:
    desk.search("专线", industry="education")
    desk.search("专线资费", industry="education", filters={"industry": ("healthcare", "finance")})
    desk.search("专线", who="zhoumin")
    assert [row.industry for row in desk.rows()] == ["education", "healthcare", ""]


@pytest.mark.parametrize("text", ["长" * 9000, "\ud800校园\0", "﷽" * 500, "a\n\tb", ""])
def test_any_text_can_be_logged_and_recognised(desk: Desk, text: str) -> None:
    filters = {"kind": ("case",)}
    token = desk.search(text, filters=filters)
    assert desk.search(text, after(minutes=1), filters=filters) == token
    row = desk.rows()[0]
    assert len(row.text) <= 500
    assert len(row.folded) <= 500


# ---------- opening and finding ----------


def test_an_open_is_kept_once_with_its_place(desk: Desk) -> None:
    token = desk.search("校园宽带")
    assert desk.open(token, after(seconds=20))
    assert not desk.open(token, after(seconds=25))
    with desk.services.db.read() as session:
        opened = session.scalars(sa.select(SearchOpen)).one()
    assert (opened.position, opened.ordinal, opened.find_seconds) == (3, 7, 20)


def test_a_link_that_was_passed_on_says_nothing(desk: Desk) -> None:
    token = desk.search("校园宽带")
    assert not desk.open(token, after(seconds=20), who="zhoumin")
    assert not desk.open("unheard-of", after(seconds=20))
    nameless = desk.search("专线", who="")
    assert not desk.open(nameless, after(seconds=20), who="")


def test_the_time_to_find_runs_from_the_first_attempt(desk: Desk) -> None:
    desk.search("宽带接入", hits=0)
    desk.search("校园宽带", after(seconds=40))
    token = desk.search("校园宽带", after(seconds=60), filters={"kind": ("tariff",)})
    desk.open(token, after(seconds=75))
    assert desk.finds() == [75]


def test_an_open_that_disappoints_is_no_find(desk: Desk) -> None:
    first = desk.search("校园宽带")
    desk.open(first, after(seconds=10))
    second = desk.search("校园宽带 资费", after(seconds=35))
    desk.open(second, after(seconds=50), document=1)
    assert desk.finds() == [50]


def test_what_is_searched_after_reading_is_another_errand(desk: Desk) -> None:
    first = desk.search("校园宽带")
    desk.open(first, after(seconds=10))
    second = desk.search("医院专线", after(minutes=5))
    desk.open(second, after(minutes=5, seconds=8), document=1)
    assert desk.finds() == [10, 8]


def test_only_the_first_open_of_an_errand_is_the_find(desk: Desk) -> None:
    token = desk.search("校园宽带")
    for seconds, document in ((10, 0), (14, 1), (90, 2)):
        desk.open(token, after(seconds=seconds), document)
    assert desk.finds() == [10]


def test_a_pause_of_half_an_hour_ends_an_errand(desk: Desk) -> None:
    desk.search("校园宽带", hits=0)
    late = desk.search("校园网", after(minutes=45))
    desk.open(late, after(minutes=45, seconds=5))
    assert desk.finds() == [5]


def test_results_opened_hours_later_are_no_find(desk: Desk) -> None:
    token = desk.search("校园宽带")
    assert desk.open(token, after(hours=5))
    assert desk.finds() == []


def test_one_persons_search_does_not_touch_anothers_find(desk: Desk) -> None:
    token = desk.search("校园宽带")
    desk.open(token, after(seconds=10))
    desk.search("医院专线", after(seconds=15), who="zhoumin")
    assert desk.finds() == [10]
