"""The JSON interface: what it answers, and what it says when it cannot."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue import Viewer
from portal.search import FILTERS, MATCHES, SORTS, SearchRequest, page_as_json
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

API = "/api/v1/search"


def said(answer: Answer) -> Any:
    good = "application/json" if answer.status == 200 else "application/problem+json"
    assert answer.headers["Content-Type"] == good
    return json.loads(answer.data)


def test_it_works(guest: Visitor, stock: Stock) -> None:
    answer = guest.get(f"{API}?q=校园 宽带 学年价")
    assert answer.status == 200
    first = said(answer)["hits"][0]
    assert first["document"] == stock.ids["校园宽带资费表.xlsx"]
    assert first["title"] == "校园宽带与学生套餐资费表"
    assert first["place"] == {"kind": "sheet", "number": 1, "label": "宿舍宽带", "section": 1}
    assert first["stage"] == ["solution", "negotiation"]
    assert first["library"] == []
    assert "学年价" in first["snippet"]


def test_a_program_gets_what_the_service_answers(guest: Visitor, stock: Stock) -> None:
    filters = {"industry": ("education",), "stage": ("solution", "presentation")}
    asked = SearchRequest("校园", filters, "newest", 1, 2)
    expected = page_as_json(stock.services.search.search(asked, Viewer.anonymous()))
    address = "q=校园&industry=education&stage=solution&stage=presentation&sort=newest&limit=2"
    answer = said(guest.get(f"{API}?{address}"))
    del answer["took_ms"], expected["took_ms"]
    assert answer == expected
    assert len(answer["hits"]) == 2


def test_pages_together_hold_every_document_once(guest: Visitor) -> None:
    pages = [said(guest.get(f"{API}?q=回访&limit=10&page={page}")) for page in (1, 2, 3)]
    found = [hit["document"] for page in pages for hit in page["hits"]]
    assert len(found) == len(set(found)) == pages[0]["total"] == 25


def test_readers_see_and_count_only_what_they_may_open(
    colleague: Visitor, manager: Visitor, stock: Stock
) -> None:
    document = stock.ids["专线底价授权.md"]
    asked = f"{API}?q=专线底价授权&industry=government"
    assert [hit["document"] for hit in said(colleague.get(asked))["hits"]] == [document]
    others = said(manager.get(asked))
    assert (others["total"], others["hits"], others["facets"]["kind"]) == (0, [], {})


def test_an_empty_parameter_means_its_default(guest: Visitor) -> None:
    plain, spelled = (
        said(guest.get(f"{API}?{query}"))
        for query in ("q=校园", "q=校园&stage=&sort=&page=&limit=&match=")
    )
    assert spelled["hits"] == plain["hits"]


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("stage=方案", "stage", "solution"),
        ("q=校园 行业:火星", "industry", "education"),
        ("format=exe", "format", "docx"),
        ("year=两千", "year", "四位数字"),
        ("q=after:昨天", "after", "2026-01-31"),
        ("sort=oldest", "sort", "newest"),
        ("match=some", "match", "most"),
        ("page=0", "page", "从 1 开始"),
        ("page=-1", "page", "从 1 开始"),
        ("page=abc", "page", "从 1 开始"),
        ("limit=-1", "limit", "1 到 100"),
        ("limit=101", "limit", "1 到 100"),
        ("limit=ten", "limit", "1 到 100"),
        ("limit=" + "9" * 4000, "limit", "1 到 100"),
        ("q=校园&indutsry=education", "indutsry", "industry"),
    ],
)
def test_what_is_wrong_is_named(guest: Visitor, query: str, field: str, says: str) -> None:
    answer = guest.get(f"{API}?{query}")
    assert answer.status == 400
    assert said(answer)["field"] == field
    assert says in said(answer)["detail"]


def test_a_page_past_the_end_is_the_last(guest: Visitor) -> None:
    answer = said(guest.get(f"{API}?q=回访&page=1000000000"))
    assert (answer["page"], answer["pages"], len(answer["hits"])) == (3, 3, 5)


def test_a_stranger_is_told_to_sign_in(stranger: Visitor) -> None:
    answer = stranger.get(f"{API}?q=校园")
    assert answer.status == 401
    assert said(answer)["detail"].startswith("请先登录")
    ways = answer.headers.getlist("WWW-Authenticate")
    assert [way.split()[0].lower() for way in ways] == ["bearer", "cookie"]


def test_before_the_first_indexing_programs_are_told_to_come_back(empty: Visitor) -> None:
    answer = empty.get(f"{API}?q=校园")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "60"
    assert "索引" in said(answer)["detail"]


def test_what_is_not_there_is_said_in_json_too(guest: Visitor) -> None:
    assert said(guest.get("/api/v1/nowhere"))["detail"].startswith("没有找到")
    answer = guest.submit(API)
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert said(answer)["detail"] != ""


NAMES = st.sampled_from(["q", *FILTERS, "match", "sort", "page", "limit", "page[]", "\ud800"])
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*SORTS, *MATCHES, "education", "2026", "pdf", str(10**9), "-1", "0", "1e9"]),
    st.sampled_from(['"', '"" -', "-", "OR OR", "a:b:c", "after:", "title:", "'; DROP TABLE x;--"]),
    st.sampled_from(
        ["(a+)+$", "[", "\\", "🙂", "\ud83d", "\x00", "方案 OR", "year:20２6", "-行业:x"]
    ),
)


@settings(max_examples=200)
@given(parts=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_any_question_gets_an_answer_or_a_sentence(
    open_to_all: Flask, parts: list[tuple[str, str]]
) -> None:
    query = "&".join(f"{escaped(name)}={escaped(value)}" for name, value in parts)
    answer = Visitor(open_to_all).get(f"{API}?{query}")
    assert answer.status in (200, 400), query
    if answer.status == 400:
        assert said(answer)["detail"].strip() != ""
        assert said(answer)["field"] != ""
    else:
        assert said(answer)["total"] >= len(said(answer)["hits"])


@pytest.mark.parametrize("question", ["%ED%A0%80", "%FF%FE", "%", "%u6821", "校 " * 10_000])
def test_what_is_no_text_is_answered(guest: Visitor, question: str) -> None:
    assert guest.get(f"{API}?q={question}").status == 200


def escaped(text: str) -> str:
    # What browsers never send and others do: the bytes of a lone surrogate.
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
