"""How long finding takes, week by week: from the first question to the useful open."""

import datetime as dt
import math

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import FindTime, SearchOpen
from portal.statistics.scope import counts
from portal.statistics.spans import Span, span_of
from portal.statistics.types import FindWeek


def make_find_times(session: Session, week: Span, zone: dt.tzinfo) -> FindWeek:
    """Take the times of a week from the search log (portal/search/querylog.py says what counts)."""
    first, after = week.bounds(zone)
    seconds = session.scalars(
        sa.select(SearchOpen.find_seconds)
        .where(SearchOpen.at >= first, SearchOpen.at < after)
        .where(SearchOpen.find_seconds.is_not(None), counts(SearchOpen.document_id))
        .order_by(SearchOpen.find_seconds)
    ).all()
    known = [each for each in seconds if each is not None]
    return FindWeek(week.start, len(known), quantile(known, 0.5), quantile(known, 0.9))


def store_find_times(session: Session, found: FindWeek) -> None:
    """Put the times of a week in the place of older ones."""
    if found.median is None or found.ninetieth is None:
        session.execute(sa.delete(FindTime).where(FindTime.start == found.start))
        return
    session.merge(
        FindTime(
            start=found.start, finds=found.finds, median=found.median, ninetieth=found.ninetieth
        )
    )


def find_times(session: Session, last: dt.date, weeks: int) -> tuple[FindWeek, ...]:
    """The times of so many weeks, the last of them that of a day, as they were last made."""
    week = span_of("week", last)
    wanted = [week]
    for _ in range(weeks - 1):
        wanted.append(wanted[-1].previous)
    rows = session.scalars(
        sa.select(FindTime).where(FindTime.start.in_([each.start for each in wanted]))
    )
    made = {row.start: FindWeek(row.start, row.finds, row.median, row.ninetieth) for row in rows}
    nothing = (FindWeek(each.start, 0, None, None) for each in reversed(wanted))
    return tuple(made.get(each.start, each) for each in nothing)


def quantile(ordered: list[float], share: float) -> float | None:
    """The least value that a share of all values do not exceed (nearest rank); pure."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
