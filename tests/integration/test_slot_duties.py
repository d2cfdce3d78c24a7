"""What the scheduler does for slots: candidates and reminders; and what retiring codes does."""

import pytest
import sqlalchemy as sa

from portal.catalogue import TaxonomyError, load_taxonomy
from portal.catalogue.gaps import ranked_gaps
from portal.catalogue.knowledge_map import SlotNotFound, map_of, slot_of
from portal.catalogue.slot_duties import due_slots
from portal.catalogue.slots import (
    SlotRule,
    set_rule,
)
from portal.models import (
    Application,
    EventKind,
    Notice,
    ReaderEvent,
    Slot,
    TaxonomyTerm,
    Visibility,
)
from tests.conftest import Library
from tests.integration.map_office import DAY, MARCH, Office


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_candidates_come_by_stage_use_outcome_and_freshness(office: Office) -> None:
    office.document("别的阶段的资费表", ("education", "solution", "tariff"), MARCH + DAY)
    office.document("别的行业的资费表", ("finance", "negotiation", "tariff"))
    used = office.document("用过的资费表")
    office.document("新的资费表", published=MARCH + DAY)
    now = MARCH + 10 * DAY
    office.keep(now)
    assert office.proposed() == ["新的资费表", "用过的资费表", "别的阶段的资费表"]
    with office.db.write() as session:
        session.add(
            ReaderEvent(
                document_id=used,
                user_id=office.people["linruoxi"],
                kind=EventKind.DOWNLOAD,
                day=now.date(),
                at=now,
            )
        )
        session.add(
            Application(
                document_id=used,
                user_id=office.people["linruoxi"],
                customer="云澜一中",
                outcome="won",
                note="",
                at=now,
            )
        )
    office.keep(now)
    best = office.card(now).candidates[0]
    assert best.document.title == "用过的资费表"
    assert (best.readers, best.won, best.fits_stage) == (1, 1, True)
    assert office.keep(now)[0] == office.keep(now)[0]


def test_a_candidate_that_is_withdrawn_is_no_longer_proposed(office: Office) -> None:
    document = office.document("校园宽带资费表")
    office.keep(MARCH)
    assert office.proposed() == ["校园宽带资费表"]
    office.change(document, visibility=Visibility.AUTHOR)
    assert office.proposed() == []


def test_managers_are_told_once_for_each_deadline(office: Office) -> None:
    office.fill(office.document("校园宽带资费表"))
    with office.db.write() as session:
        set_rule(
            session, office.slot_id(), SlotRule(100, None, "zhoumin"), office.people["linruoxi"]
        )
    assert office.keep(MARCH + 80 * DAY)[1] == 0
    assert office.keep(MARCH + 90 * DAY)[1] == 2
    assert office.keep(MARCH + 91 * DAY)[1] == 0
    assert office.keep(MARCH + 105 * DAY)[1] == 0
    with office.db.read() as session:
        told = session.scalars(sa.select(Notice).order_by(Notice.user_id)).all()
        assert [each.user_id for each in told] == sorted(
            [office.people["linruoxi"], office.people["zhoumin"]]
        )
        assert told[0].data["slot_id"] == office.slot_id()
        assert "校园宽带资费表" not in str(told[0].data)
        due = due_slots(
            session, office.library.services.taxonomy(), ("education",), MARCH + 90 * DAY
        )
    assert [slot.id for slot in due] == [office.slot_id()]


def test_what_was_overdue_long_before_is_left_to_the_map(office: Office) -> None:
    office.fill(office.document("校园宽带资费表"))
    assert office.keep(MARCH + 300 * DAY)[1] == 0


def test_a_retired_stage_or_industry_takes_its_slots_off_the_map(office: Office) -> None:
    slot = office.slot_id()
    with office.db.write() as session:
        for code in ("negotiation", "finance"):
            session.execute(
                sa.update(TaxonomyTerm).where(TaxonomyTerm.code == code).values(retired_at=MARCH)
            )
    with office.db.read() as session:
        taxonomy = load_taxonomy(session)
        found = map_of(session, taxonomy, "education", MARCH)
        assert "negotiation" not in [stage.code for stage in found.stages]
        with pytest.raises(SlotNotFound):
            slot_of(session, slot, MARCH)
        with pytest.raises(TaxonomyError):
            map_of(session, taxonomy, "finance", MARCH)
        assert ranked_gaps([found], [])[0].wanted == 0
        assert session.get(Slot, slot) is not None
