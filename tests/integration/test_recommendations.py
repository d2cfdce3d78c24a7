"""Lists made from events in a real database."""

import datetime as dt
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.jobs import run_job
from portal.models import (
    CoReadingModel,
    Document,
    EventKind,
    ListEntry,
    Role,
    Section,
    Slot,
    SlotCandidate,
    Status,
    TaxonomyTerm,
    User,
    Version,
    Visibility,
)
from portal.recommend import (
    Item,
    Lists,
    ReasonCode,
    Refreshed,
    dismiss,
    lists_for,
    record_event,
    refresh_hottest,
    refresh_newest,
    refresh_recommended,
)
from tests.conftest import Library

NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EDUCATION, HEALTH = "education", "healthcare"


class Office:
    """Documents of two industries, an author, and colleagues who read."""

    def __init__(self, library: Library) -> None:
        self.library, self.services = library, library.services
        self.author = self.person("linruoxi", EDUCATION, Role.INDUSTRY_MANAGER)
        self.campus = [
            self.put(f"校园方案{number}", EDUCATION, "solution", "proposal")
            for number in range(1, 6)
        ]
        self.clinic = [
            self.put(f"医院案例{number}", HEALTH, "visit", "case") for number in range(1, 4)
        ]

    def person(self, login: str, industry: str = "", role: Role = Role.ACCOUNT_MANAGER) -> int:
        number = self.library.person(login, role)
        if industry:
            with self.services.db.write() as session:
                term = sa.select(TaxonomyTerm).where(TaxonomyTerm.code == industry)
                person = session.get_one(User, number)
                person.industries.append(session.scalars(term).one())
        return number

    def put(self, title: str, industry: str, stage: str, kind: str, **filed: object) -> int:
        filing = Filing(
            author_id=self.author,
            keys={"industry": (industry,), "stage": (stage,), "kind": (kind,)},
            publish=True,
            title=title,
            published_at=NOW - 30 * DAY,
            **filed,  # type: ignore[arg-type]
        )
        outcome = self.library.put(
            f"# {title}\n\n{title}的正文", f"{title}.md", filing, index=False
        )
        assert outcome.document_id is not None, outcome
        return outcome.document_id

    def use(self, reader: int, *documents: int, at: dt.datetime = NOW) -> None:
        with self.services.db.write() as session:
            for place, document in enumerate(documents):
                moment = at + dt.timedelta(minutes=place)
                record_event(session, reader, document, EventKind.VIEW, moment)

    def refresh(
        self, now: dt.datetime = NOW + dt.timedelta(hours=1), alike: Sequence[int] = ()
    ) -> Refreshed:
        refresh_newest(self.services.db)
        refresh_hottest(self.services.db, now)
        return refresh_recommended(self.services.db, lambda _document: alike, now)

    def lists(self, reader: int, industry: str = "") -> Lists:
        with self.services.db.read() as session:
            return lists_for(session, Viewer.of(session.get_one(User, reader)), industry, 20)

    def recommended(self, reader: int) -> dict[int, Item]:
        return {item.document.id: item for item in self.lists(reader).recommended}


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_who_read_the_same_documents_is_shown_what_the_others_read(office: Office) -> None:
    for number in range(4):
        office.use(office.person(f"reader{number}"), *office.campus[:3])
    mine = office.person("zhoumin")
    office.use(mine, office.campus[0], office.campus[1])
    office.refresh()
    reason = office.recommended(mine)[office.campus[2]].reason
    assert reason.code == ReasonCode.CO_READ
    assert reason.data["title"] in {"校园方案1", "校园方案2"}


def test_nobody_is_shown_what_they_read_wrote_or_dismissed(office: Office) -> None:
    mine = office.person("zhoumin", EDUCATION)
    office.use(mine, office.campus[0])
    with office.services.db.write() as session:
        dismiss(session, Viewer.of(session.get_one(User, mine)), office.campus[1], NOW)
    office.refresh()
    assert set(office.recommended(mine)) == set(office.campus[2:])
    assert office.recommended(office.author) == {}


def test_role_and_industry_alone_make_a_list_for_a_new_colleague(office: Office) -> None:
    mine = office.person("xinren", HEALTH)
    office.refresh()
    found = office.recommended(mine)
    assert set(found) == set(office.clinic)
    assert {item.reason.code for item in found.values()} <= {
        ReasonCode.ROLE,
        ReasonCode.INDUSTRY_HOT,
        ReasonCode.INDUSTRY_NEW,
    }
    assert found[next(iter(found))].reason.data["industry"] == HEALTH


def test_a_colleague_without_an_industry_is_offered_something_of_all(office: Office) -> None:
    mine = office.person("meiyouhangye")
    office.refresh()
    assert set(office.recommended(mine)) == {*office.campus, *office.clinic}


def test_documents_of_the_stage_one_works_at_say_so(office: Office) -> None:
    mine = office.person("zhoumin", EDUCATION)
    office.use(mine, *office.campus[:2])
    office.refresh()
    reasons = {item.reason.code: item.reason.data for item in office.recommended(mine).values()}
    assert reasons[ReasonCode.STAGE] == {"industry": EDUCATION, "stage": "solution"}


def test_what_is_like_the_last_document_says_which_that_is(office: Office) -> None:
    mine = office.person("zhoumin", HEALTH)
    office.use(mine, office.campus[0])
    office.refresh(alike=[office.campus[0], office.campus[4]])
    reason = office.recommended(mine)[office.campus[4]].reason
    assert reason.code == ReasonCode.SIMILAR
    assert reason.data["title"] == "校园方案1"
    assert office.campus[0] not in office.recommended(mine)


def test_a_manager_is_shown_what_could_fill_an_empty_place_of_the_map(office: Office) -> None:
    manager = office.person("jingli", HEALTH, Role.INDUSTRY_MANAGER)
    with office.services.db.write() as session:
        codes = {term.code: term.id for term in session.scalars(sa.select(TaxonomyTerm))}
        slot = session.scalars(
            sa.select(Slot).where(
                Slot.industry_id == codes[HEALTH],
                Slot.stage_id == codes["visit"],
                Slot.kind_id == codes["case"],
            )
        ).one()
        session.add(
            SlotCandidate(slot_id=slot.id, rank=1, document_id=office.clinic[2], readers=0, won=0)
        )
    office.refresh()
    reasons = [item.reason for item in office.recommended(manager).values()]
    assert {"industry": HEALTH, "stage": "visit", "kind": "case"} in [
        dict(reason.data) for reason in reasons if reason.code == ReasonCode.GAP
    ]


def test_only_whose_inputs_changed_is_refreshed(office: Office) -> None:
    first, second = office.person("zhoumin", EDUCATION), office.person("heping", HEALTH)
    everybody = office.refresh()
    assert everybody.due == everybody.people
    again = office.refresh(NOW + DAY)
    assert (again.due, again.entries) == (0, 0)
    with office.services.db.write() as session:
        dismiss(session, Viewer.of(session.get_one(User, first)), office.campus[0], NOW)
    assert office.refresh(NOW + DAY).due == 1
    office.put("新的医院案例", HEALTH, "visit", "case")
    assert office.refresh(NOW + DAY).due == 1
    assert len(office.recommended(second)) == 4


def test_the_co_reading_is_kept_until_there_is_news(office: Office) -> None:
    readers = [office.person(f"reader{number}") for number in range(60)]
    for reader in readers:
        office.use(reader, office.campus[0])
    assert office.refresh().is_model_new
    office.use(readers[0], office.campus[1])
    few = office.refresh()
    assert (few.is_model_new, few.due) == (False, 1)
    assert office.refresh(NOW + DAY).is_model_new


def test_a_co_reading_that_cannot_be_read_is_made_anew(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    office.use(office.person("zhoumin"), office.campus[0])
    office.refresh()
    with office.services.db.write() as session:
        session.execute(sa.update(CoReadingModel).values(arrays="坏了".encode()))
    assert office.refresh().is_model_new
    assert "computed anew" in caplog.text


def test_a_clock_that_is_put_back_stops_no_refresh(office: Office) -> None:
    mine = office.person("zhoumin", EDUCATION)
    office.use(mine, office.campus[0])
    office.refresh(NOW + 365 * DAY)
    office.use(mine, office.campus[1], at=NOW - 400 * DAY)
    done = office.refresh(NOW - 399 * DAY)
    assert done.due >= 1
    assert office.campus[1] not in office.recommended(mine)


def test_the_hottest_say_how_many_of_the_industry_used_them(office: Office) -> None:
    readers = [office.person(f"reader{number}", EDUCATION) for number in range(3)]
    for reader in readers:
        office.use(reader, office.campus[3])
    office.use(office.person("heping", HEALTH), office.campus[2])
    office.use(readers[0], office.campus[1], at=NOW - 20 * DAY)
    office.use(readers[0], office.campus[0], at=NOW - 40 * DAY)
    office.refresh()
    items = office.lists(readers[0], EDUCATION).hottest
    assert [(item.document.id, item.reason.code, item.reason.data) for item in items] == [
        (office.campus[3], ReasonCode.INDUSTRY_WEEK, {"count": 3}),
        (office.campus[2], ReasonCode.WEEK, {"count": 1}),
        (office.campus[1], ReasonCode.MONTH, {"count": 1}),
        (office.campus[0], ReasonCode.EARLIER, {}),
    ]


def test_the_hot_list_changes_at_the_next_refresh(office: Office) -> None:
    office.use(office.person("reader0"), office.campus[0])
    office.refresh()
    for number in (1, 2):
        office.use(office.person(f"reader{number}"), office.campus[4])
    assert office.lists(office.author).hottest[0].document.id == office.campus[0]
    office.refresh()
    assert office.lists(office.author).hottest[0].document.id == office.campus[4]


def test_a_small_industry_stands_beside_a_large_one(office: Office) -> None:
    for number in range(25):
        office.person(f"laoshi{number}", EDUCATION)
    with office.services.db.read() as session:
        teachers = session.scalars(sa.select(User.id).where(User.login.like("laoshi%"))).all()
    for reader in teachers[:4]:
        office.use(reader, office.campus[0])
    for number in range(2):
        office.use(office.person(f"yisheng{number}", HEALTH), office.clinic[0])
    office.refresh()
    hottest = office.lists(office.author).hottest
    assert [item.document.id for item in hottest[:2]] == [office.clinic[0], office.campus[0]]


def test_a_new_document_has_a_head_start_that_fades(office: Office) -> None:
    new = office.put("刚发布的方案", EDUCATION, "solution", "proposal")
    with office.services.db.write() as session:
        session.execute(sa.update(Document).where(Document.id == new).values(published_at=NOW))
    office.use(office.person("reader0", EDUCATION), office.campus[0])
    office.refresh(NOW)
    hottest = office.lists(office.author, EDUCATION).hottest
    assert (hottest[0].document.id, hottest[0].reason.code) == (new, ReasonCode.JUST_PUBLISHED)
    office.refresh(NOW + 4 * DAY)
    assert new not in [item.document.id for item in office.lists(office.author, EDUCATION).hottest]


def test_a_new_version_counts_as_new_where_its_text_differs(office: Office) -> None:
    with office.services.db.write() as session:
        for document, text in ((office.campus[0], "全新的内容"), (office.campus[1], "")):
            present = session.get_one(Document, document).versions[0]
            version = Version(
                document_id=document,
                number=2,
                file_name="再来.md",
                format="md",
                media_type="text/markdown",
                size=1,
                sha256=f"{document:064d}",
                notices=[],
                created_at=NOW,
                published_at=NOW,
                sections=[
                    Section(
                        ordinal=section.ordinal,
                        place_kind=section.place_kind,
                        place_number=section.place_number,
                        place_label=section.place_label,
                        heading=section.heading,
                        text=text or f"  {section.text}\n",
                    )
                    for section in present.sections
                ],
            )
            session.add(version)
            changed = session.get_one(Document, document)
            changed.current_number = 2
    office.refresh()
    newest = office.lists(office.author, EDUCATION).newest
    assert (newest[0].document.id, newest[0].reason.code) == (office.campus[0], ReasonCode.UPDATED)
    assert newest[0].reason.data["version"] == 2
    same = next(item for item in newest if item.document.id == office.campus[1])
    assert same.reason.code == ReasonCode.PUBLISHED


def test_touching_a_document_does_not_make_it_new(office: Office) -> None:
    office.refresh()
    before = [item.document.id for item in office.lists(office.author).newest]
    with office.services.db.write() as session:
        document = session.get_one(Document, before[-1])
        document.title = "改了标题"
        document.published_at = NOW
    office.refresh()
    assert [item.document.id for item in office.lists(office.author).newest] == before


def test_an_industry_without_documents_or_members_has_empty_lists(office: Office) -> None:
    office.refresh()
    lists = office.lists(office.author, "agriculture")
    assert (lists.hottest, lists.newest) == ((), ())
    assert office.lists(office.author, "no-such-industry").newest == ()


def test_a_retired_industry_has_no_lists_and_stops_no_refresh(office: Office) -> None:
    mine = office.person("zhoumin", HEALTH)
    office.refresh()
    assert office.lists(mine, HEALTH).newest
    with office.services.db.write() as session:
        session.execute(
            sa.update(TaxonomyTerm).where(TaxonomyTerm.code == HEALTH).values(retired_at=NOW)
        )
    office.refresh()
    assert office.lists(mine, HEALTH).newest == ()
    assert office.recommended(mine)


def test_a_unit_keeps_its_documents_to_itself(office: Office) -> None:
    secret = office.put("省公司底价", EDUCATION, "solution", "proposal", visibility=Visibility.UNIT)
    inside = office.person("benbu", EDUCATION)
    outside = office.library.person("nanyu", unit="nanyu")
    for reader in (office.person(f"reader{number}") for number in range(3)):
        office.use(reader, secret, office.campus[0])
    office.use(outside, office.campus[0])
    office.refresh()
    assert secret in office.recommended(inside)
    assert secret not in office.recommended(outside)
    for lists in (office.lists(inside), office.lists(outside)):
        assert secret not in {item.document.id for item in (*lists.hottest, *lists.newest)}


def test_permissions_count_when_a_list_is_read(office: Office) -> None:
    mine = office.person("zhoumin", EDUCATION)
    office.use(mine, office.campus[0])
    office.refresh(alike=[office.campus[4]])
    assert office.recommended(mine)[office.campus[4]].reason.data["title"] == "校园方案1"
    with office.services.db.write() as session:
        for number, change in (
            (office.campus[0], {"visibility": Visibility.AUTHOR}),
            (office.campus[3], {"status": Status.ARCHIVED}),
        ):
            session.execute(sa.update(Document).where(Document.id == number).values(**change))
    assert office.recommended(mine)[office.campus[4]].reason.data == {}
    assert office.campus[3] not in office.recommended(mine)


def test_the_jobs_make_every_list_and_running_them_twice_changes_nothing(office: Office) -> None:
    office.use(office.person("zhoumin", EDUCATION), office.campus[0])
    kept = []
    for _ in range(2):
        for name in ("newest", "hottest", "recommended"):
            assert run_job(office.services, name)
        with office.services.db.read() as session:
            entries = session.scalars(sa.select(ListEntry)).all()
        kept.append(
            sorted((e.owner_kind, e.owner_id, e.list, e.rank, e.document_id) for e in entries)
        )
    assert kept[0] == kept[1]
    assert {entry[2] for entry in kept[0]} == {"hottest", "newest", "recommended"}
