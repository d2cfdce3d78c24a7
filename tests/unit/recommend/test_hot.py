"""Hotness: an order that time alone never changes."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import EventKind
from portal.recommend.hot import (
    HALF_LIFE,
    WEIGHTS,
    add,
    count_at,
    head_start,
    renew,
    standing,
    take,
)

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


def test_every_use_has_a_positive_weight_and_applying_has_the_most() -> None:
    assert dict(WEIGHTS) == {
        EventKind.VIEW: 1,
        EventKind.DOWNLOAD: 2,
        EventKind.FAVOURITE: 3,
        EventKind.APPLY: 5,
    }


@given(st.lists(moments, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_one_person_counts_once_at_the_latest_time_in_whatever_order(
    times: list[dt.datetime], random: object
) -> None:
    random.shuffle(times)  # type: ignore[attr-defined]  # hypothesis's random.Random
    assert clicks(times) == pytest.approx(add(None, 1, max(times)), abs=1e-6)


@given(events, st.lists(moments, min_size=1, max_size=20))
def test_what_others_did_stays_when_one_person_comes_back(
    others: list[Event], times: list[dt.datetime]
) -> None:
    hot = add(hotness(others), 1, times[0])
    latest = times[0]
    for at in times[1:]:
        hot, latest = renewed(hot, latest, at), max(latest, at)
    expected = add(hotness(others), 1, latest)
    assert hot == pytest.approx(expected, abs=1e-6)


def test_ten_thousand_clicks_of_one_person_move_less_than_three_colleagues_once() -> None:
    # Over seven years, so that each click is on a day of its own.
    clicked = clicks([START + dt.timedelta(hours=6 * number) for number in range(10_000)])
    end = START + dt.timedelta(hours=6 * 10_000)
    colleagues = hotness([(1, end)] * 3)
    assert colleagues is not None
    assert clicked < colleagues


def test_what_is_taken_out_again_leaves_nothing_behind() -> None:
    hot = add(None, 2, START)
    assert take(hot, 2, START) is None
    assert take(None, 2, START) is None
    later = START + dt.timedelta(days=30)
    assert take(add(hot, 1, later), 2, START) == pytest.approx(add(None, 1, later), abs=1e-6)


def test_a_clock_that_is_put_back_changes_nothing() -> None:
    hot = add(None, 1, START)
    assert renew(hot, 1, START, START - dt.timedelta(days=400)) == hot


@given(moments, st.integers(0, 400))
def test_a_new_documents_head_start_fades_in_three_days(moment: dt.datetime, hours: int) -> None:
    left = head_start(moment, moment + dt.timedelta(hours=hours))
    assert 0 <= left <= 3
    assert (left == 0) == (hours >= 72)
    assert head_start(moment, moment + dt.timedelta(hours=hours + 1)) <= left


def test_a_document_without_a_date_or_from_tomorrow_gets_no_more_than_a_new_one() -> None:
    assert head_start(None, START) == 0
    assert head_start(START + dt.timedelta(days=1), START) == 3


def test_a_small_industry_is_not_drowned_by_a_large_one() -> None:
    few, many = hotness([(1, START)] * 5), hotness([(1, START)] * 20)
    assert standing(few, None, 10, START) > standing(many, None, 1000, START)
    assert standing(few, None, 0, START) == pytest.approx(5)


def test_a_clock_centuries_ahead_does_not_overflow() -> None:
    far = add(None, 1, dt.datetime(9000, 1, 1, tzinfo=dt.UTC))
    assert count_at(far, START) == math.inf


def clicks(times: list[dt.datetime]) -> float:
    """One person's views at these times and nobody else's."""
    hot, latest = add(None, 1, times[0]), times[0]
    for at in times[1:]:
        hot, latest = renewed(hot, latest, at), max(latest, at)
    return hot


def renewed(hot: float, latest: dt.datetime, at: dt.datetime) -> float:
    found = renew(hot, 1, latest, at)
    assert found is not None
    return found
