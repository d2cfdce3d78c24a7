"""What the search box offers, the corrected question above the results, and similar documents."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.web.stock import Stock
from tests.web.visitor import Visitor


def offered(visitor: Visitor, typed: str) -> dict[str, Any]:
    answer = visitor.get(f"/suggest?q={quote(typed)}")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.data)
    return found


def texts(visitor: Visitor, typed: str) -> list[str]:
    return [
        option["text"] for group in offered(visitor, typed)["groups"] for option in group["options"]
    ]


def test_a_title_leads_to_its_document(guest: Visitor, stock: Stock) -> None:
    (group,) = offered(guest, "校园宽带")["groups"]
    assert group["name"] == "资料"
    assert group["options"] == [
        {
            "text": "校园宽带与学生套餐资费表",
            "within": "",
            "url": f"/documents/{stock.ids['校园宽带资费表.xlsx']}",
        }
    ]


def test_a_heading_leads_to_its_place_and_names_its_document(guest: Visitor, stock: Stock) -> None:
    (group,) = offered(guest, "建设背景")["groups"]
    assert group["name"] == "章节"
    (option,) = group["options"]
    assert option["text"] == "一、建设背景"
    assert option["within"] == "区县教育局平安校园建议书"
    assert option["url"].startswith(f"/documents/{stock.ids['平安校园建议书.docx']}#s")


@pytest.mark.parametrize("typed", ["xyjys", "pingan xyjys", "pinganxiaoyuan", "paxy", "PAXY"])
def test_pinyin_and_initials_find_titles(guest: Visitor, typed: str) -> None:
    assert "区县教育局平安校园建议书" in texts(guest, typed)


def test_the_status_says_how_many_there_are(guest: Visitor) -> None:
    assert offered(guest, "校园宽带")["status"] == "1 条建议，用上下键选择"
    assert offered(guest, "量子恐龙")["status"] == "没有建议"


def test_groups_are_named_in_the_readers_language(guest: Visitor) -> None:
    guest.submit("/language", language="en", next="/")
    assert [group["name"] for group in offered(guest, "校园宽带")["groups"]] == ["Documents"]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("云澜专线底价", "云澜专线底价授权"),
        ("网点组网建议", "网点组网建议书草稿"),
        ("khmt", "客户面谈个人记录"),
    ],
)
def test_what_the_reader_may_not_open_is_not_suggested(
    guest: Visitor, administrator: Visitor, typed: str, title: str
) -> None:
    assert title in texts(administrator, typed)
    assert texts(guest, typed) == []


def test_a_stranger_is_told_to_sign_in(stranger: Visitor) -> None:
    assert stranger.get("/suggest?q=校园").status == 401


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "%20",
        "%00",
        "%ED%A0%80",
        "校" * 10_000,
        "a" * 10_000,
        "%F0%9F%98%80",
        "' OR 1=1 --",
        ".*",
    ],
)
def test_any_text_gets_an_answer(guest: Visitor, typed: str) -> None:
    assert guest.get(f"/suggest?q={typed}").status == 200


def test_the_question_that_was_meant_is_a_link_above_the_results(guest: Visitor) -> None:
    page = guest.get("/search?q=平安晓园建议书")
    assert page.texts(".instead") == ["您是不是要找：平安校园建议书"]
    meant = guest.get(page.links(".instead a")["平安校园建议书"])
    assert meant.texts(".hit h2")[0] == "区县教育局平安校园建议书"
    assert meant.all(".instead") == []


def test_filters_stay_with_the_question_that_was_meant(guest: Visitor) -> None:
    page = guest.get("/search?q=平安晓园建议书&industry=education")
    assert "industry=education" in page.links(".instead a")["平安校园建议书"]


def test_nothing_else_is_offered_where_the_question_finds_enough(guest: Visitor) -> None:
    assert guest.get("/search?q=回访话术").all(".instead") == []


def test_a_correction_never_tells_of_what_may_not_be_read(
    guest: Visitor, colleague: Visitor
) -> None:
    assert colleague.get("/search?q=专线抵价").texts(".instead a") == ["专线底价"]
    assert guest.get("/search?q=专线抵价").all(".instead") == []


def test_a_document_shows_others_like_it(guest: Visitor, stock: Stock) -> None:
    page = guest.get(f"/documents/{stock.ids['智慧校园整体方案.pptx']}")
    titles = page.links(".similar a")
    assert "区县教育局平安校园建议书" in titles
    assert "智慧校园整体方案" not in titles
    assert page.texts(".similar .meta") != []
