"""What administrators and suggestions get from the search log, and how long it is kept."""

import datetime as dt

import pytest

from portal.jobs import run_job
from portal.search.querylog import Filters
from portal.search.querystatistics import LogSummary, QueryStatistics, frequent_queries
from tests.conftest import Library
from tests.integration.desk import MONTH, Desk, after


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library)


def test_the_summary_counts_questions_people_and_the_median(desk: Desk) -> None:
    assert desk.summary() == LogSummary(0, 0, 0, 0, None)
    for number, (who, seconds) in enumerate(
        [("linruoxi", 10), ("zhoumin", 30), ("heping", 500), ("linruoxi", 20)]
    ):
        start = after(hours=number)
        token = desk.search(f"专线{number}", start, who=who)
        desk.open(token, start + dt.timedelta(seconds=seconds), who=who)
    desk.search("量子恐龙", after(hours=6), hits=0)
    desk.search("量子恐龙", after(hours=6), hits=0, filters={"kind": ("case",)})
    assert desk.summary() == LogSummary(5, 3, 1, 4, 20)


def test_unanswered_questions_come_with_how_often_by_whom_and_when(desk: Desk) -> None:
    finance: Filters = {"industry": ("finance",)}
    desk.search("量子加密专线", hits=0, filters=finance)
    desk.search("量子加密专线", after(minutes=2), hits=0)
    desk.search("量子加密專線", after(hours=1), who="zhoumin", hits=0, filters=finance)
    desk.search("量子加密專線", after(hours=2), who="heping", hits=0)
    desk.search("卫星电话", after(hours=2), hits=0)
    desk.search("校园宽带", after(hours=3), hits=5)
    found, total = desk.unanswered()
    assert total == 2
    assert found[0] == QueryStatistics(
        text="量子加密專線",
        filters={},
        times=3,
        people=3,
        opened=0,
        industries=(("", 2), ("finance", 2)),
        hits=0,
        last_at=after(hours=2),
    )
    assert found[1].text == "卫星电话"


def test_questions_come_in_pages_that_together_hold_each_once(desk: Desk) -> None:
    for number in range(7):
        desk.search(f"没有的东西{number}", hits=0)
    pages = [desk.unanswered(offset, 3) for offset in (0, 3, 6, 9)]
    assert {total for _rows, total in pages} == {7}
    texts = [row.text for rows, _total in pages for row in rows]
    assert sorted(texts) == [f"没有的东西{number}" for number in range(7)]


def test_browsing_by_filters_alone_is_no_question(desk: Desk) -> None:
    desk.search("", hits=0, filters={"kind": ("case",)})
    assert desk.unanswered() == ([], 0)
    assert desk.summary().times == 0


def test_what_was_long_ago_is_not_counted(desk: Desk) -> None:
    desk.search("校园宽带", after(days=-31), hits=0)
    assert desk.unanswered() == ([], 0)
    assert desk.frequent() == {}


def test_what_was_opened_is_counted_by_question(desk: Desk) -> None:
    first = desk.search("校园宽带")
    narrowed = desk.search("校园宽带", after(seconds=9), filters={"kind": ("case",)})
    for token, document in ((first, 0), (first, 1), (narrowed, 0)):
        desk.open(token, after(seconds=20), document)
    desk.search("校园宽带", after(hours=2))
    with desk.services.db.read() as session:
        row = frequent_queries(session, MONTH, 0, 10)[0][0]
    assert (row.times, row.opened) == (2, 1)


def test_questions_that_led_two_colleagues_somewhere_are_suggested(desk: Desk) -> None:
    token = desk.search("校园宽带")
    desk.search("校园宽带 ", after(hours=1), who="zhoumin")
    assert desk.suggested() == []
    desk.open(token, after(seconds=20))
    assert desk.suggested() == [("校园宽带 ", 2)]


def test_what_one_person_asks_is_suggested_to_nobody(desk: Desk) -> None:
    for hour in range(5):
        token = desk.search("王经理离职交接", after(hours=hour))
        desk.open(token, after(hours=hour, seconds=5))
    assert desk.suggested() == []
    assert desk.suggested(minimum_people=1) == [("王经理离职交接", 5)]


def test_visitors_cannot_put_words_into_the_suggestions(desk: Desk) -> None:
    for number in range(9):
        token = desk.search("买便宜手机卡", who=f"visitor-{number}")
        desk.open(token, after(seconds=5), who=f"visitor-{number}")
    assert desk.suggested() == []


@pytest.mark.parametrize(("hits", "relaxed"), [(0, False), (12, True)])
def test_what_found_nothing_to_the_point_is_not_suggested(
    desk: Desk, hits: int, relaxed: bool
) -> None:
    for who in ("linruoxi", "zhoumin"):
        token = desk.search("校园宽代", who=who, hits=hits, relaxed=relaxed)
        desk.open(token, after(seconds=5), who=who)
    assert desk.suggested() == []


def test_the_log_is_forgotten_after_half_a_year(desk: Desk) -> None:
    now = dt.datetime.now(dt.UTC)
    for days in (300, 181, 179, 1):
        token = desk.search("校园宽带", now - dt.timedelta(days=days))
        desk.open(token, now - dt.timedelta(days=days) + dt.timedelta(seconds=5))
    assert run_job(desk.services, "purge")
    assert [row.at > now - dt.timedelta(days=180) for row in desk.rows()] == [True, True]
    assert len(desk.finds()) == 2
