"""What a digest says, in words that are true."""

import datetime as dt

import pytest

from portal.catalogue import Taxonomy, Term
from portal.languages import tongue
from portal.push.digest_pages import render_page, summary_line
from portal.push.digest_reasons import due_words, why_sentence
from portal.push.digest_types import Content, Due, Issue, Item, Task, Why

TAXONOMY = Taxonomy({"industry": (Term(1, "education", "教育", "Education"),), "kind": ()})
CHINESE = tongue("zh")
DAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (Item(1, Why.NEW, {"industry": "education", "days": 0}), "教育新资料，刚刚发布"),
        (Item(1, Why.NEW, {"industry": "education", "days": 3}), "教育新资料，3 天前发布"),
        (
            Item(1, Why.NEW_AND_READ, {"industry": "education", "days": 2, "readers": 7}),
            "教育新资料，2 天前发布，已有 7 位同事读过",
        ),
        (
            Item(1, Why.HOT, {"industry": "education", "readers": 12}),
            "教育的 12 位同事这一周读过",
        ),
        (Item(1, Why.SEARCH, {"name": "校园宽带"}), "您保存的搜索“校园宽带”找到的新资料"),
        (Item(1, Why.NEW, {"industry": "retired", "days": 1}), "retired新资料，1 天前发布"),
    ],
)
def test_a_reason_is_a_sentence(item: Item, sentence: str) -> None:
    assert why_sentence(item, TAXONOMY, CHINESE) == sentence


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (Due(Task.REVIEWS, 3), "3 份资料等您审核"),
        (Due(Task.SLOTS, 8, 5, "education"), "教育：地图上 8 个模板位该更新了，其中 5 个已过期"),
        (Due(Task.SLOTS, 8, 8, "education"), "教育：地图上 8 个模板位该更新了，都已过期"),
        (Due(Task.REQUESTS, 1, 0, "education"), "教育：1 个同事求助等您回答"),
    ],
)
def test_what_waits_is_said_with_what_is_late(due: Due, text: str) -> None:
    assert due_words(due, TAXONOMY, CHINESE)["text"] == text


def test_content_comes_back_from_the_database_as_it_was() -> None:
    content = Content(
        (Item(7, Why.HOT, {"industry": "education", "readers": 4}),),
        (Due(Task.SLOTS, 2, 1, "education"),),
    )
    assert Content.from_json(content.as_json()) == content


def test_a_page_escapes_every_text() -> None:
    issue = Issue(1, 1, "<b>林薇</b>", DAY, False, (), (Due(Task.REVIEWS, 1),))
    page = render_page(issue, TAXONOMY, CHINESE)
    assert "<b>林薇" not in page
    assert "星期日" in page
    assert summary_line(issue, CHINESE) == "1 件待办"


@pytest.mark.parametrize(
    ("code", "why", "due", "day"),
    [
        (
            "zh-Hant",
            "教育新資料，3 天前發布，已有 1 位同事讀過",
            "教育：地圖上 1 個模板位該更新了，都已過期",
            "2026年11月22日快報",
        ),
        (
            "en",
            "New in Education, published 3 days ago, already read by 1 colleague",
            "Education: 1 slot on the map needs updating, all overdue",
            "Digest for November 22, 2026",
        ),
    ],
)
def test_a_digest_speaks_the_persons_language(code: str, why: str, due: str, day: str) -> None:
    spoken = tongue(code)
    item = Item(1, Why.NEW_AND_READ, {"industry": "education", "days": 3, "readers": 1})
    assert why_sentence(item, TAXONOMY, spoken) == why
    late = Due(Task.SLOTS, 1, 1, "education")
    assert due_words(late, TAXONOMY, spoken)["text"] == due
    page = render_page(Issue(1, 1, "林薇", DAY, False, (), (late,)), TAXONOMY, spoken)
    assert f'<html lang="{code}">' in page
    assert f"<h1>{day}</h1>" in page
