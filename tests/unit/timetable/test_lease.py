"""Who may take the scheduler's lease: judged by a steady clock alone."""

from hypothesis import given
from hypothesis import strategies as st

from portal.timetable import Watcher
from portal.timetable.lease import BLINK_SECONDS, LAPSE_SECONDS, RENEW_SECONDS

HOLDER = "scheduler@hq:7"


def abandoned_after(watcher: Watcher, beats: list[int], start: float = 0.0) -> list[int]:
    """One look each second; the seconds at which the lease seemed abandoned."""
    return [
        second
        for second, beat in enumerate(beats)
        if watcher.is_abandoned(HOLDER, beat, start + second)
    ]


def test_a_lease_that_nobody_holds_is_free_at_once() -> None:
    assert Watcher().is_abandoned("", 12, 1000.0)


def test_a_holder_that_died_is_replaced_within_half_a_minute() -> None:
    seconds = abandoned_after(Watcher(), [5] * 31, start=1000.0)
    assert seconds[0] == LAPSE_SECONDS
    assert seconds[0] + RENEW_SECONDS < 30


def test_a_holder_that_renews_is_left_alone() -> None:
    beats = [second // int(RENEW_SECONDS) for second in range(600)]
    assert abandoned_after(Watcher(), beats) == []


def test_another_holder_starts_the_watch_anew() -> None:
    watcher = Watcher()
    assert abandoned_after(watcher, [5] * 15) == []
    assert not watcher.is_abandoned("scheduler@city:9", 5, 15.0)


def test_who_was_held_up_has_not_watched() -> None:
    watcher = Watcher()
    watcher.is_abandoned(HOLDER, 5, 0.0)
    assert not watcher.is_abandoned(HOLDER, 5, 3600.0)
    assert abandoned_after(watcher, [5] * 16, start=3601.0) == [14, 15]


@given(st.lists(st.floats(0.05, BLINK_SECONDS), min_size=1, max_size=200))
def test_no_lease_is_taken_before_it_has_stood_still_for_its_time(pauses: list[float]) -> None:
    watcher, clock = Watcher(), 50.0
    watcher.is_abandoned(HOLDER, 1, clock)
    begun = clock
    for pause in pauses:
        clock += pause
        if watcher.is_abandoned(HOLDER, 1, clock):
            assert clock - begun >= LAPSE_SECONDS
