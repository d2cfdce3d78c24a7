"""Hotness: an order that time alone never changes."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import EventKind
from portal.recommend.hot import HALF_LIFE, WEIGHTS, add, count_at

START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
Event = tuple[float, dt.datetime]

moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: START + dt.timedelta(minutes=minutes))
events = st.lists(st.tuples(st.sampled_from(sorted(WEIGHTS.values())), moments), max_size=30)


def hotness(happened: list[Event]) -> float | None:
    hot = None
    for weight, at in happened:
        hot = add(hot, weight, at)
    return hot


def decayed(happened: list[Event], now: dt.datetime) -> float:
    """What hotness stands for, computed the long way."""
    return math.fsum(weight * 2 ** ((at - now) / HALF_LIFE) for weight, at in happened)


@given(events, moments)
def test_it_is_the_sum_of_weights_halved_every_seven_days(
    happened: list[Event], now: dt.datetime
) -> None:
    assert count_at(hotness(happened), now) == pytest.approx(decayed(happened, now), rel=1e-9)


@given(events, events, moments, moments)
def test_time_alone_never_changes_the_order(
    one: list[Event], other: list[Event], now: dt.datetime, later: dt.datetime
) -> None:
    ahead = count_at(hotness(one), now) - count_at(hotness(other), now)
    still = count_at(hotness(one), later) - count_at(hotness(other), later)
    assert math.copysign(1, ahead) == math.copysign(1, still) or ahead == still == 0


@given(events, st.randoms(use_true_random=False))
def test_events_may_arrive_in_any_order(happened: list[Event], random: object) -> None:
    shuffled = list(happened)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's random.Random
    assert hotness(shuffled) == pytest.approx(hotness(happened), abs=1e-9)


@given(events, st.sampled_from(sorted(WEIGHTS.values())), moments)
def test_an_event_never_makes_a_document_colder(
    happened: list[Event], weight: float, at: dt.datetime
) -> None:
    before = hotness(happened)
    assert before is None or add(before, weight, at) >= before


def test_a_week_later_a_reading_counts_half() -> None:
    hot = add(None, WEIGHTS[EventKind.VIEW], START)
    assert count_at(hot, START) == pytest.approx(1)
    assert count_at(hot, START + dt.timedelta(days=7)) == pytest.approx(0.5)
    assert count_at(hot, START + dt.timedelta(days=28)) == pytest.approx(1 / 16)


def test_a_download_counts_as_two_readings() -> None:
    reading = add(None, WEIGHTS[EventKind.VIEW], START)
    twice = add(reading, WEIGHTS[EventKind.VIEW], START)
    assert add(None, WEIGHTS[EventKind.DOWNLOAD], START) == pytest.approx(twice)


def test_what_nobody_uses_counts_nothing() -> None:
    assert count_at(None, START) == 0


@pytest.mark.parametrize("year", [1971, 2026, 2126])
def test_a_century_away_neither_overflows_nor_loses_the_second_reader(year: int) -> None:
    at = dt.datetime(year, 5, 1, tzinfo=dt.UTC)
    one = add(None, 1, at)
    assert add(one, 1, at) - one == pytest.approx(1, abs=1e-9)


def test_old_fame_gives_way_to_present_use() -> None:
    famous = None
    for _ in range(200):
        famous = add(famous, 1, START)
    present = None
    for day in range(5):
        present = add(present, 1, START + dt.timedelta(days=60 + day))
    assert famous is not None
    assert present is not None
    assert present > famous


def test_every_kind_of_event_has_a_positive_weight() -> None:
    assert set(WEIGHTS) == set(EventKind)
    assert min(WEIGHTS.values()) > 0
