"""Lists made from events in a real database."""

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.jobs import run_job
from portal.models import (
    CoReadingModel,
    Document,
    ListEntry,
    Role,
    Slot,
    SlotCandidate,
    Status,
    TaxonomyTerm,
    User,
    Visibility,
)
from portal.recommend import (
    ReasonCode,
    dismiss,
)
from tests.conftest import Library
from tests.integration.reading_office import DAY, EDUCATION, HEALTH, NOW, Office


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
