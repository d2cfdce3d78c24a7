"""Making the figures anew where something has happened since."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Database
from portal.models import FindTime, ReaderEvent, SearchOpen, StatisticsPeriod
from portal.statistics.finding import make_find_times, store_find_times
from portal.statistics.spans import PERIODS, Period, Span, span_of
from portal.statistics.use import make_use, store_use

# How far back figures are made that are missing, in spans.
REACH: Mapping[Period, int] = {"week": 60, "month": 24, "quarter": 9}
WEEKS = 26
# What happens just before the end of a span is written just after it.
STRAGGLERS = dt.timedelta(hours=1)


def refresh_statistics(db: Database, zone: dt.tzinfo, now: dt.datetime) -> dict[str, int]:
    """Make the figures of every span that has changed; return how many of use and of finding.

    A span that is over is made once and then left alone: readers may erase what they read, and its
    figures stay.
    """
    with db.read() as session:
        last_event = session.scalar(sa.select(sa.func.max(ReaderEvent.id))) or 0
        spans = [
            span for period in PERIODS for span in _stale(session, period, zone, now, last_event)
        ]
        weeks = _stale_weeks(session, zone, now)
    for span in spans:
        # Adding up takes long and only reads; writing is short.
        with db.read() as session:
            figures = make_use(session, span, zone)
        with db.write() as session:
            store_use(session, span, figures, last_event, now)
    with db.read() as session:
        found = [make_find_times(session, week, zone) for week in weeks]
    with db.write() as session:
        for week in found:
            store_find_times(session, week)
    return {"periods": len(spans), "weeks": sum(week.finds > 0 for week in found)}


def _stale(
    session: Session, period: Period, zone: dt.tzinfo, now: dt.datetime, last_event: int
) -> list[Span]:
    """The spans whose figures are missing or no longer right, the present one first."""
    first = session.scalar(sa.select(sa.func.min(ReaderEvent.at)))
    rows = session.scalars(sa.select(StatisticsPeriod).where(StatisticsPeriod.period == period))
    made = {row.start: row for row in rows}
    stale, span = [], span_of(period, now.astimezone(zone).date())
    for _ in range(REACH[period]):
        after = span.bounds(zone)[1]
        row = made.get(span.start)
        if row is None:
            if first is None or after <= first:
                break
            stale.append(span)
        elif row.made_at < after + STRAGGLERS and row.last_event != last_event:
            stale.append(span)
        span = span.previous
    return stale


def _stale_weeks(session: Session, zone: dt.tzinfo, now: dt.datetime) -> list[Span]:
    """The present and the last week, and those with finds that were never added up."""
    first = session.scalar(sa.select(sa.func.min(SearchOpen.at)))
    made = set(session.scalars(sa.select(FindTime.start)))
    week, wanted = span_of("week", now.astimezone(zone).date()), []
    for number in range(WEEKS):
        if first is None or week.bounds(zone)[1] <= first:
            break
        if number < 2 or week.start not in made:
            wanted.append(week)
        week = week.previous
    return wanted
