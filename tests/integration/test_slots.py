"""Slots on a real database: filling, history, due dates, withdrawal, rules."""

import pytest

from portal.catalogue import load_taxonomy
from portal.catalogue.knowledge_map import SlotNotFound, all_maps, slot_of
from portal.catalogue.slot_state import SlotState
from portal.catalogue.slots import (
    NotKeeper,
    SlotError,
    SlotRule,
    add_slot,
    clear_slot,
    confirm_slot,
    retire_slot,
    set_rule,
)
from portal.models import (
    SlotAction,
    Status,
    Visibility,
)
from tests.conftest import Library
from tests.integration.map_office import DAY, MARCH, TARIFF, Office


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_every_industry_comes_with_slots_at_every_stage(office: Office) -> None:
    with office.db.read() as session:
        taxonomy = load_taxonomy(session)
        maps = all_maps(session, taxonomy, taxonomy.codes("industry"), MARCH)
    assert [each.industry for each in maps] == list(taxonomy.codes("industry"))
    for each in maps:
        assert all(stage.slots for stage in each.stages), each.industry
        assert len(each.slots) >= 34
        assert {slot.state for slot in each.slots} == {SlotState.EMPTY}
        assert all(slot.refresh_days for slot in each.slots)


def test_a_manager_fills_a_slot_and_everyone_sees_it(office: Office) -> None:
    document = office.document("校园宽带资费表")
    office.fill(document)
    card = office.card()
    assert card.document is not None
    assert (card.document.title, card.slot.state) == ("校园宽带资费表", SlotState.FILLED)
    assert [event.action for event in office.history()] == [SlotAction.FILLED]


def test_filling_twice_is_filling_once(office: Office) -> None:
    document = office.document("校园宽带资费表")
    office.fill(document)
    office.fill(document, MARCH + DAY)
    assert len(office.history()) == 1
    assert office.see().checked_at == MARCH


def test_history_tells_who_put_what_there_and_why_it_was_taken_away(office: Office) -> None:
    old, new = office.document("资费表（春）"), office.document("资费表（秋）")
    office.fill(old)
    office.fill(new, MARCH + DAY, seen=old, who="guanliyuan")
    with office.db.write() as session:
        confirm_slot(session, office.slot_id(), office.people["linruoxi"], MARCH + 2 * DAY)
        clear_slot(
            session, office.slot_id(), office.people["linruoxi"], MARCH + 3 * DAY, "价格已停用"
        )
    told = [
        (event.action, event.document.title if event.document else "", event.actor, event.reason)
        for event in office.history()
    ]
    assert told == [
        (SlotAction.CLEARED, "资费表（秋）", "linruoxi", "价格已停用"),
        (SlotAction.CONFIRMED, "资费表（秋）", "linruoxi", ""),
        (SlotAction.REPLACED, "资费表（秋）", "guanliyuan", ""),
        (SlotAction.FILLED, "资费表（春）", "linruoxi", ""),
    ]
    assert office.see().state is SlotState.EMPTY


def test_who_saw_something_else_there_is_told_and_changes_nothing(office: Office) -> None:
    first, second = office.document("资费表（春）"), office.document("资费表（秋）")
    office.fill(first)
    with pytest.raises(SlotError, match="changed"):
        office.fill(second, MARCH + DAY)
    assert office.see().document_id == first


@pytest.mark.parametrize("who", ["heping", "zhoumin"])
def test_others_may_not_change_an_industry_s_slots(office: Office, who: str) -> None:
    document, slot, actor = office.document("校园宽带资费表"), office.slot_id(), office.people[who]
    with pytest.raises(NotKeeper):
        office.fill(document, who=who)
    with office.db.write() as session:
        with pytest.raises(NotKeeper):
            set_rule(session, slot, SlotRule(30, None, ""), actor)
        with pytest.raises(NotKeeper):
            retire_slot(session, slot, actor, MARCH)
        with pytest.raises(NotKeeper):
            add_slot(session, ("education", "contract", "news"), 30, actor, MARCH)
    assert office.history() == []


def test_only_what_everyone_may_read_can_stand_in_a_slot(office: Office) -> None:
    secret = office.document("底价授权", visibility=Visibility.UNIT)
    draft = office.document("草稿")
    office.change(draft, status=Status.DRAFT)
    for document in (secret, draft, 999_999):
        with pytest.raises(SlotError, match="closed"):
            office.fill(document)
    office.keep(MARCH)
    assert office.proposed() == []


@pytest.mark.parametrize(
    "withdrawn", [{"status": Status.ARCHIVED}, {"visibility": Visibility.UNIT}]
)
def test_what_is_withdrawn_leaves_its_slot_empty_and_unnamed(
    office: Office, withdrawn: dict[str, str]
) -> None:
    document = office.document("校园宽带资费表")
    office.fill(document)
    office.change(document, **withdrawn)
    card = office.card()
    assert (card.slot.state, card.slot.vacated, card.document) == (SlotState.EMPTY, True, None)
    if "visibility" in withdrawn:
        assert [event.document for event in office.history()] == [None]
    office.change(document, status=Status.PUBLISHED, visibility=Visibility.EVERYONE)
    assert office.see().document_id == document


def test_a_slot_grows_due_and_overdue_and_a_new_version_renews_it(office: Office) -> None:
    document = office.document("校园宽带资费表")
    office.fill(document)
    assert office.see(MARCH + 110 * DAY).state is SlotState.DUE
    assert office.see(MARCH + 121 * DAY).state is SlotState.OVERDUE
    office.new_version(document, MARCH + 121 * DAY)
    assert office.see(MARCH + 122 * DAY).state is SlotState.FILLED
    assert office.card(MARCH + 122 * DAY).slot.changed_at == MARCH + 121 * DAY


def test_a_slot_follows_the_document_it_quotes(office: Office) -> None:
    tariff, proposal = office.document("资费表"), office.document("平安校园建议书")
    office.fill(proposal)
    with office.db.write() as session:
        rule = SlotRule(None, tariff, "zhoumin")
        set_rule(session, office.slot_id(), rule, office.people["linruoxi"])
    assert office.see(MARCH + 900 * DAY).state is SlotState.FILLED
    office.new_version(tariff, MARCH + 5 * DAY)
    due = office.see(MARCH + 5 * DAY)
    assert (due.state, due.standing.by_source, due.steward) == (SlotState.DUE, True, "zhoumin")
    with office.db.write() as session:
        confirm_slot(session, office.slot_id(), office.people["linruoxi"], MARCH + 6 * DAY)
    assert office.see(MARCH + 900 * DAY).state is SlotState.FILLED


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (SlotRule(0, None, ""), "days"),
        (SlotRule(4000, None, ""), "days"),
        (SlotRule(30, 999_999, ""), "source"),
        (SlotRule(30, None, "nobody"), "steward"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(office: Office, rule: SlotRule, reason: str) -> None:
    with office.db.write() as session, pytest.raises(SlotError, match=reason):
        set_rule(session, office.slot_id(), rule, office.people["linruoxi"])


def test_a_document_is_not_its_own_source(office: Office) -> None:
    document = office.document("资费表")
    office.fill(document)
    rule = SlotRule(30, document, "")
    with office.db.write() as session, pytest.raises(SlotError, match="itself"):
        set_rule(session, office.slot_id(), rule, office.people["linruoxi"])


def test_slots_are_defined_and_retired_and_come_back_with_their_history(office: Office) -> None:
    manager = office.people["linruoxi"]
    document = office.document("校园宽带资费表")
    office.fill(document)
    slot = office.slot_id()
    with office.db.write() as session:
        retire_slot(session, slot, manager, MARCH)
    with office.db.read() as session, pytest.raises(SlotNotFound):
        slot_of(session, slot, MARCH)
    with office.db.write() as session:
        assert add_slot(session, TARIFF, 30, manager, MARCH) == slot
        with pytest.raises(SlotError, match="known"):
            add_slot(session, TARIFF, 30, manager, MARCH)
        with pytest.raises(SlotError, match="code"):
            add_slot(session, ("education", "nowhere", "tariff"), 30, manager, MARCH)
        new = add_slot(session, ("education", "contract", "news"), 30, manager, MARCH)
    assert office.see().document_id == document
    with office.db.read() as session:
        assert slot_of(session, new, MARCH).state is SlotState.EMPTY
