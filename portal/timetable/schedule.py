"""When a job is due: pure functions of its schedule, its past and the present."""

import datetime as dt
from dataclasses import dataclass

MAX_TRIES = 3
"""After so many bad runs in a row a missed run is no longer made up, but waits for its time."""


@dataclass(frozen=True, slots=True)
class Every:
    """At an interval, beginning when the scheduler starts."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Daily:
    """Once a day at a time of day in the portal's time zone."""

    at: dt.time


When = Every | Daily


def first_time(
    when: When,
    now: dt.datetime,
    zone: dt.tzinfo,
    *,
    known_at: dt.datetime,
    succeeded_at: dt.datetime | None,
    started_at: dt.datetime | None,
    failures: int,
) -> dt.datetime:
    """When a scheduler that begins ``now`` has to run a job for the first time.

    What was missed is made up at once, and once, however often it was missed. ``succeeded_at`` is
    the start of the last good run and ``started_at`` of the last run; both may lie in the future
    where a clock was put back. A job that was not known when it would have been due missed nothing.
    """
    last = started_at if failures >= MAX_TRIES else succeeded_at
    if isinstance(when, Every):
        interval = dt.timedelta(seconds=when.seconds)
        due = now if last is None else last + interval
        return min(max(due, now), now + interval)
    covered = max(known_at, last) if last is not None else known_at
    return now if covered < _last_due(when, now, zone) else next_due(when, now, zone)


def next_due(when: Daily, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The first moment after ``now`` at which a daily job is due, in UTC."""
    today = now.astimezone(zone).date()
    due = _due_on(when, today, zone)
    return due if due > now else _due_on(when, today + dt.timedelta(days=1), zone)


def _last_due(when: Daily, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    today = now.astimezone(zone).date()
    due = _due_on(when, today, zone)
    return due if due <= now else _due_on(when, today - dt.timedelta(days=1), zone)


def _due_on(when: Daily, day: dt.date, zone: dt.tzinfo) -> dt.datetime:
    return dt.datetime.combine(day, when.at, zone).astimezone(dt.UTC)
