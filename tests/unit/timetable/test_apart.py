"""Jobs that recur do so at moments of their own."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from portal.jobs import JOBS
from portal.jobs.scheduler import Apart
from portal.timetable import Every

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
MINUTE = 60


@given(st.integers(1, 86400), st.integers(0, 50), st.floats(0, 10**8))
def test_the_next_moment_is_at_most_a_period_away(seconds: int, place: int, later: float) -> None:
    now = NOW + dt.timedelta(seconds=later)
    moment = Apart(seconds, place).get_next_fire_time(None, now)
    assert moment is not None
    assert moment.tzinfo == now.tzinfo
    assert -0.001 <= (moment - now).total_seconds() <= seconds + 0.001


def test_a_job_of_every_minute_runs_every_minute() -> None:
    trigger, moment, moments = Apart(MINUTE, 3), NOW, list[dt.datetime]()
    for _each in range(5):
        moment = trigger.get_next_fire_time(moment, moment + dt.timedelta(seconds=1)) or NOW
        moments.append(moment)
    gaps = {(later - before).total_seconds() for before, later in itertools.pairwise(moments)}
    assert gaps == {MINUTE}


def test_no_two_jobs_of_every_minute_begin_within_the_same_second() -> None:
    moments = sorted(
        Apart(MINUTE, place).get_next_fire_time(None, NOW) or NOW
        for place, job in enumerate(JOBS.values())
        if job.when == Every(MINUTE)
    )
    assert len(moments) > 3
    assert all(
        later - before > dt.timedelta(seconds=1) for before, later in itertools.pairwise(moments)
    )
