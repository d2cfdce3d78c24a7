"""Figures from real events and searches: added up, kept, and about nobody in particular."""

import dataclasses
import datetime as dt
import zoneinfo

import pytest
import sqlalchemy as sa

from portal.catalogue import vocabulary
from portal.ingest import Filing
from portal.models import Document, EventKind, ReaderEvent, Status, UseFigure, Visibility
from portal.statistics import (
    Fate,
    Figure,
    Span,
    UnansweredReport,
    UseReport,
    find_times,
    refresh_statistics,
    unanswered_report,
    use_report,
)
from tests.conftest import Library
from tests.integration.desk import Desk, after

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)  # a Friday
NOVEMBER = Span("month", dt.date(2026, 11, 1))


class Office:
    """Three colleagues who read two documents."""

    def __init__(self, library: Library) -> None:
        self.db = library.services.db
        self.people = {
            "linruoxi": library.person("linruoxi", name="林若溪"),
            "zhoumin": library.person("zhoumin", unit="yunlan", name="周敏"),
            "heping": library.person("heping", unit="yunlan", name="何平"),
        }
        self.documents = []
        for title, author, keys in (
            ("校园宽带资费", "linruoxi", {"industry": ("education",), "stage": ("negotiation",)}),
            ("智慧校园案例", "zhoumin", {"industry": ("education", "government"), "stage": ()}),
        ):
            filing = Filing(author_id=self.people[author], keys=keys, publish=True)
            outcome = library.put(f"# {title}\n\n正文", f"{title}.md", filing, index=False)
            self.documents.append(outcome.document_id)

    def read(
        self,
        who: str,
        document: int = 0,
        kind: EventKind = EventKind.VIEW,
        at: dt.datetime = NOON,
    ) -> None:
        with self.db.write() as session:
            session.add(
                ReaderEvent(
                    document_id=self.documents[document],
                    user_id=self.people[who],
                    kind=kind,
                    day=at.astimezone(SHANGHAI).date(),
                    at=at,
                )
            )

    def refresh(self, at: dt.datetime = NOON) -> dict[str, int]:
        return refresh_statistics(self.db, SHANGHAI, at)

    def report(self, span: Span = NOVEMBER) -> UseReport:
        with self.db.read() as session:
            return use_report(session, span)


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_use_is_added_up_by_industry_stage_unit_author_and_day(office: Office) -> None:
    office.read("zhoumin")
    office.read("zhoumin", kind=EventKind.DOWNLOAD)
    office.read("heping", kind=EventKind.APPLY)
    office.read("heping", document=1, at=after(days=-2))
    office.read("heping", document=1, kind=EventKind.FAVOURITE)
    office.refresh()
    report = office.report()
    assert report.total == Figure("", 2, 1, 1, 2)
    assert report.by["industry"] == (
        Figure("education", 2, 1, 1, 2),
        Figure("government", 1, 0, 0, 1),
    )
    assert report.by["stage"] == (Figure("negotiation", 1, 1, 1, 2),)
    assert report.by["unit"] == (Figure("yunlan", 2, 1, 1, 2),)
    assert [(each.name, each.uses, each.readers) for each in report.by["author"]] == [
        ("林若溪", 3, 2),
        ("周敏", 1, 1),
    ]
    assert {each.code: each.uses for each in report.days if each.uses} == {
        "2026-11-18": 1,
        "2026-11-20": 3,
    }
    assert len(report.days) == 30


def test_only_what_was_published_for_everyone_counts(office: Office) -> None:
    office.read("zhoumin")
    with office.db.write() as session:
        session.get_one(Document, office.documents[1]).visibility = Visibility.UNIT
    office.read("heping", document=1)
    office.refresh()
    assert office.report().total == Figure("", 1, 0, 0, 1)
    assert [each.name for each in office.report().by["author"]] == ["林若溪"]
    assert [each.code for each in office.report().by["industry"]] == ["education"]


def test_use_of_what_was_archived_stays_counted(office: Office) -> None:
    office.read("zhoumin")
    with office.db.write() as session:
        session.get_one(Document, office.documents[0]).status = Status.ARCHIVED
    office.refresh()
    assert office.report().total.uses == 1


def test_days_and_months_are_those_of_the_portals_time_zone(office: Office) -> None:
    office.read("zhoumin", at=dt.datetime(2026, 10, 31, 16, 30, tzinfo=dt.UTC))
    office.read("heping", at=dt.datetime(2026, 10, 31, 15, 30, tzinfo=dt.UTC))
    office.refresh()
    november = office.report()
    assert november.days[0].uses == 1
    assert (november.total.uses, november.before.uses) == (1, 1)


def test_nothing_is_made_anew_without_news(office: Office) -> None:
    assert office.refresh() == {"periods": 0, "weeks": 0}
    office.read("zhoumin")
    assert office.refresh()["periods"] == 3
    assert office.refresh(after(minutes=15))["periods"] == 0
    office.read("heping", at=after(minutes=16))
    assert office.refresh(after(minutes=30))["periods"] == 3
    assert office.report().total.readers == 2
    assert office.report().made_at == after(minutes=30)


def test_a_span_that_is_over_keeps_its_figures_when_readers_erase_what_they_read(
    office: Office,
) -> None:
    office.read("zhoumin", at=after(days=-40))
    office.refresh()
    with office.db.write() as session:
        session.execute(sa.delete(ReaderEvent))
    office.read("heping")
    office.refresh()
    assert office.report(NOVEMBER.previous).total.uses == 1


def test_what_happened_just_before_the_end_is_counted_after_it(office: Office) -> None:
    end = dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)
    office.read("zhoumin")
    office.refresh(end - dt.timedelta(minutes=5))
    office.read("heping", at=end - dt.timedelta(minutes=1))
    office.refresh(end + dt.timedelta(minutes=10))
    assert office.report().total.readers == 2


def test_before_the_first_refresh_there_is_nothing_and_that_is_said(office: Office) -> None:
    report = office.report()
    assert report.made_at is None
    assert report.total.uses == 0


def test_no_figure_names_a_reader(office: Office) -> None:
    office.read("heping")
    office.refresh()
    with office.db.read() as session:
        rows = session.scalars(sa.select(UseFigure)).all()
    assert {row.dimension for row in rows} == {
        "total",
        "day",
        "industry",
        "stage",
        "unit",
        "author",
    }
    authors = {row.code for row in rows if row.dimension == "author"}
    assert authors == {str(office.people["linruoxi"])}


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library)


def in_vain(desk: Desk) -> UnansweredReport:
    with desk.services.db.read() as session:
        return unanswered_report(session, NOVEMBER, SHANGHAI)


def ask_in_vain(desk: Desk, text: str, *people: str) -> None:
    for who in people:
        desk.search(text, who=who, hits=0)


def test_the_fate_of_questions_in_vain(desk: Desk) -> None:
    ask_in_vain(desk, "量子加密专线", "linruoxi", "zhoumin", "heping")
    ask_in_vain(desk, "云电脑报价", "linruoxi", "zhoumin")
    ask_in_vain(desk, "极光套餐", "linruoxi", "heping")
    ask_in_vain(desk, "卫星电话", "zhoumin", "heping")
    desk.open(desk.search("量子加密专线", after(days=1), hits=2), after(days=1, seconds=9))
    desk.search("卫星电话", after(days=1), hits=2)
    with desk.services.db.write() as session:
        author = desk.people["heping"]
        vocabulary.add_synonyms(session, "云电脑 = 云桌面", author, after(days=1))
        vocabulary.add_word(session, "极光套餐", author, after(days=2))
    report = in_vain(desk)
    assert {each.text: (each.fate, each.times, each.people) for each in report.shown} == {
        "量子加密专线": (Fate.ANSWERED, 3, 3),
        "云电脑报价": (Fate.SYNONYM, 2, 2),
        "极光套餐": (Fate.WORD, 2, 2),
        "卫星电话": (Fate.OPEN, 2, 2),
    }
    assert (report.asked, report.questions) == (9, 4)
    assert report.shown[0].fate_at == after(days=1)


def test_what_few_may_read_is_no_answer_and_no_find(desk: Desk) -> None:
    ask_in_vain(desk, "专线底价", "linruoxi", "zhoumin")
    hidden = desk.documents[0].document_id
    with desk.services.db.write() as session:
        session.get_one(Document, hidden).visibility = Visibility.UNIT
    token = desk.search("专线底价", after(hours=1), who="heping")
    assert desk.open(token, after(hours=1, seconds=9), who="heping")
    refresh_statistics(desk.services.db, SHANGHAI, after(days=1))
    assert [each.fate for each in in_vain(desk).shown] == [Fate.OPEN]
    with desk.services.db.read() as session:
        assert find_times(session, NOON.date(), 1)[0].finds == 0


def test_what_was_found_before_it_was_lost_is_not_answered(desk: Desk) -> None:
    desk.open(desk.search("卫星电话", after(hours=-5)), after(hours=-4, minutes=-59))
    ask_in_vain(desk, "卫星电话", "linruoxi", "zhoumin")
    assert [each.fate for each in in_vain(desk).shown] == [Fate.OPEN]


def test_what_one_person_typed_is_counted_but_not_shown(desk: Desk) -> None:
    for hour in range(3):
        desk.search("王经理离职交接", after(hours=hour), hits=0)
    for number in range(3):
        desk.search("买便宜手机卡", who=f"visitor-{number}", hits=0)
    report = in_vain(desk)
    assert report.shown == ()
    assert (report.questions, report.fates[Fate.OPEN]) == (2, 2)


def test_find_times_by_week_outlive_the_search_log(desk: Desk) -> None:
    for number, seconds in enumerate([10, 20, 30, 500]):
        start = after(hours=number)
        token = desk.search(f"专线{number}", start)
        desk.open(token, start + dt.timedelta(seconds=seconds))
    refresh_statistics(desk.services.db, SHANGHAI, after(days=1))
    with desk.services.db.write() as session:
        session.execute(sa.text("DELETE FROM search_opens"))
    refresh_statistics(desk.services.db, SHANGHAI, after(days=200))
    with desk.services.db.read() as session:
        weeks = find_times(session, NOON.date(), 3)
    assert [dataclasses.astuple(week) for week in weeks] == [
        (dt.date(2026, 11, 2), 0, None, None),
        (dt.date(2026, 11, 9), 0, None, None),
        (dt.date(2026, 11, 16), 4, 20.0, 500.0),
    ]
