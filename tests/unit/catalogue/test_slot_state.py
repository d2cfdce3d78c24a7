"""How slots stand: properties that hold for every rule, content and moment."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.slot_candidates import Merit, score
from portal.catalogue.slot_state import (
    DUE_BEFORE,
    SOURCE_GRACE,
    Content,
    Rule,
    SlotState,
    Standing,
    standing,
)

DAY = dt.timedelta(days=1)
MARCH = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
WORSE = {SlotState.FILLED: 0, SlotState.DUE: 1, SlotState.OVERDUE: 2}

moments = st.datetimes(
    dt.datetime(2020, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    dt.datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
contents = st.builds(Content, moments, moments)
rules = st.builds(Rule, st.none() | st.integers(1, 3650), st.none() | moments)


@given(rules, moments)
def test_a_slot_without_a_document_is_empty_whatever_its_rule(rule: Rule, now: dt.datetime) -> None:
    assert standing(None, rule, now) == Standing(SlotState.EMPTY)


@given(contents, rules, moments)
def test_a_slot_with_a_document_is_never_empty(
    content: Content, rule: Rule, now: dt.datetime
) -> None:
    assert standing(content, rule, now).state in WORSE


@given(contents, rules, moments, st.timedeltas(dt.timedelta(), 5000 * DAY))
def test_waiting_never_makes_a_slot_better(
    content: Content, rule: Rule, now: dt.datetime, wait: dt.timedelta
) -> None:
    before, after = standing(content, rule, now), standing(content, rule, now + wait)
    assert WORSE[before.state] <= WORSE[after.state]
    assert before.deadline == after.deadline


@given(contents, rules, moments)
def test_vouching_now_never_makes_a_slot_worse(
    content: Content, rule: Rule, now: dt.datetime
) -> None:
    vouched = Content(content.changed_at, max(content.checked_at, now))
    assert WORSE[standing(vouched, rule, now).state] <= WORSE[standing(content, rule, now).state]


@given(contents, rules, moments)
def test_a_slot_without_a_rule_is_always_filled(
    content: Content, rule: Rule, now: dt.datetime
) -> None:
    assert standing(content, Rule(), now) == Standing(SlotState.FILLED)
    either = standing(content, rule, now)
    assert (either.deadline is None) <= (either.state is SlotState.FILLED)


@given(contents, rules, moments)
def test_the_deadline_tells_the_state(content: Content, rule: Rule, now: dt.datetime) -> None:
    stands = standing(content, rule, now)
    if stands.deadline is None:
        return
    assert standing(content, rule, stands.deadline).state is SlotState.OVERDUE
    just_before = stands.deadline - dt.timedelta(microseconds=1)
    assert standing(content, rule, just_before).state is SlotState.DUE
    assert standing(content, rule, stands.deadline - DUE_BEFORE).state is SlotState.DUE
    long_before = stands.deadline - DUE_BEFORE - dt.timedelta(microseconds=1)
    assert standing(content, rule, long_before).state is SlotState.FILLED


@given(contents, rules, moments)
def test_the_earlier_of_two_reasons_counts(content: Content, rule: Rule, now: dt.datetime) -> None:
    both = standing(content, rule, now)
    by_age = standing(content, Rule(rule.refresh_days), now)
    by_source = standing(content, Rule(None, rule.source_changed_at), now)
    alone = [each.deadline for each in (by_age, by_source) if each.deadline is not None]
    assert both.deadline == min(alone, default=None)


def test_a_tariff_of_march_is_due_in_june_and_overdue_in_july() -> None:
    content, rule = Content(MARCH, MARCH), Rule(refresh_days=120)
    assert standing(content, rule, MARCH + 100 * DAY).state is SlotState.FILLED
    assert standing(content, rule, MARCH + 110 * DAY).state is SlotState.DUE
    assert standing(content, rule, MARCH + 120 * DAY).state is SlotState.OVERDUE


def test_a_new_version_of_the_document_itself_starts_its_age_anew() -> None:
    renewed = Content(MARCH + 90 * DAY, MARCH)
    assert standing(renewed, Rule(120), MARCH + 130 * DAY).state is SlotState.FILLED


def test_a_changed_source_makes_a_slot_due_at_once_and_overdue_after_a_week() -> None:
    content = Content(MARCH, MARCH)
    rule = Rule(None, source_changed_at=MARCH + 10 * DAY)
    changed = standing(content, rule, MARCH + 10 * DAY)
    assert (changed.state, changed.by_source) == (SlotState.DUE, True)
    late = MARCH + 10 * DAY + SOURCE_GRACE
    assert standing(content, rule, late).state is SlotState.OVERDUE


def test_who_looked_after_the_source_changed_has_done_it() -> None:
    content = Content(MARCH, MARCH + 11 * DAY)
    rule = Rule(None, source_changed_at=MARCH + 10 * DAY)
    assert standing(content, rule, MARCH + 400 * DAY) == Standing(SlotState.FILLED)


merits = st.builds(
    Merit,
    st.booleans(),
    st.integers(0, 500),
    st.integers(0, 50),
    st.timedeltas(-5 * DAY, 4000 * DAY),
)


@given(merits)
def test_more_use_more_deals_and_the_right_stage_speak_for_a_document(merit: Merit) -> None:
    more_read = Merit(merit.fits_stage, merit.readers + 1, merit.won, merit.age)
    more_won = Merit(merit.fits_stage, merit.readers, merit.won + 1, merit.age)
    at_stage = Merit(True, merit.readers, merit.won, merit.age)
    assert score(more_read) > score(merit)
    assert score(more_won) > score(merit)
    assert score(at_stage) >= score(merit)


@given(merits, st.timedeltas(dt.timedelta(), 4000 * DAY))
def test_growing_old_never_speaks_for_a_document(merit: Merit, more: dt.timedelta) -> None:
    older = Merit(merit.fits_stage, merit.readers, merit.won, merit.age + more)
    assert score(older) <= score(merit)
