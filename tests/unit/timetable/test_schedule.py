"""When jobs are due: after a start, a failure, a stop, and with clocks that jump."""

import datetime as dt
import zoneinfo

from hypothesis import given
from hypothesis import strategies as st

from portal.timetable import Daily, Every, When, first_time
from portal.timetable.schedule import next_due

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai
NIGHTLY = Daily(dt.time(2, 0))
MINUTE = Every(60)
LONG_AGO = NOW - dt.timedelta(days=40)
times = st.integers(0, 3 * 365 * 86400).map(lambda seconds: NOW + dt.timedelta(seconds=seconds))


def hours(count: float) -> dt.timedelta:
    return dt.timedelta(hours=count)


def first(
    when: When,
    *,
    known: dt.datetime = LONG_AGO,
    succeeded: dt.datetime | None = None,
    started: dt.datetime | None = None,
    failures: int = 0,
    now: dt.datetime = NOW,
) -> dt.datetime:
    return first_time(
        when,
        now,
        SHANGHAI,
        known_at=known,
        succeeded_at=succeeded,
        started_at=started or succeeded,
        failures=failures,
    )


def test_a_job_at_an_interval_begins_at_once_and_then_keeps_its_interval() -> None:
    assert first(MINUTE) == NOW
    assert first(MINUTE, succeeded=NOW - dt.timedelta(seconds=20)) == NOW + dt.timedelta(seconds=40)
    assert first(MINUTE, succeeded=NOW - hours(5)) == NOW


def test_a_nightly_job_that_ran_waits_for_the_next_night() -> None:
    assert first(NIGHTLY, succeeded=NOW - hours(8)) == NOW + hours(16)


def test_nights_that_were_missed_are_made_up_once() -> None:
    assert first(NIGHTLY, succeeded=NOW - hours(24 * 9)) == NOW
    assert first(NIGHTLY, succeeded=NOW) == NOW + hours(16)


def test_a_job_that_did_not_exist_yet_missed_nothing() -> None:
    assert first(NIGHTLY, known=NOW) == NOW + hours(16)
    assert first(NIGHTLY, known=NOW - hours(9)) == NOW


def test_what_was_paused_over_its_time_is_not_made_up() -> None:
    resumed = NOW - hours(1)
    assert first(NIGHTLY, known=resumed, succeeded=NOW - hours(100)) == NOW + hours(16)


def test_a_run_that_was_interrupted_is_made_up_but_not_for_ever() -> None:
    night, before = NOW - hours(8), NOW - hours(32)
    assert first(NIGHTLY, succeeded=before, started=night, failures=2) == NOW
    assert first(NIGHTLY, succeeded=before, started=night, failures=3) == NOW + hours(16)
    assert first(MINUTE, succeeded=None, started=NOW, failures=3) == NOW + dt.timedelta(minutes=1)


def test_a_clock_that_was_put_back_delays_no_interval_by_more_than_itself() -> None:
    assert first(MINUTE, succeeded=NOW + hours(24 * 365)) == NOW + dt.timedelta(minutes=1)
    assert first(NIGHTLY, succeeded=NOW + hours(24 * 365)) == NOW + hours(16)


@given(now=times, succeeded=st.none() | times, known=times, failures=st.integers(0, 9))
def test_no_job_is_ever_planned_for_the_past_or_beyond_its_next_turn(
    now: dt.datetime, succeeded: dt.datetime | None, known: dt.datetime, failures: int
) -> None:
    for when, turn in ((Every(3600), hours(1)), (NIGHTLY, hours(24))):
        due = first(when, known=known, succeeded=succeeded, failures=failures, now=now)
        assert now <= due <= now + turn


@given(now=times, at=st.times(), zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin"]))
def test_a_daily_job_comes_every_day_even_when_the_clocks_change(
    now: dt.datetime, at: dt.time, zone: str
) -> None:
    due = next_due(Daily(at), now, zoneinfo.ZoneInfo(zone))
    assert hours(0) < due - now <= hours(25)
