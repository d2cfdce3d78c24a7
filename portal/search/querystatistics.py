"""What the search log tells administrators: what is missing, what is asked, how long finding takes.

Counts are of questions, so that a question narrowed five times counts once.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Search, SearchOpen
from portal.permissions import Permission, demand

_TIMES = sa.func.count(sa.distinct(sa.func.coalesce(Search.question_id, Search.id)))
# The same over all searches, where every question's first search is among them: no sorting.
_FIRST_TIMES = sa.func.coalesce(sa.func.sum(sa.case((Search.question_id.is_(None), 1), else_=0)), 0)
_PEOPLE = sa.func.count(sa.distinct(sa.func.nullif(Search.person, "")))


@dataclass(frozen=True, slots=True)
class QueryStatistics:
    """A question as it was last typed, with the filters of that time.

    ``times`` counts its askings, ``people`` those who are known to differ, ``opened`` the askings
    from which a document was opened. ``industries`` counts askings by industry code, the most
    frequent first, the empty code standing for none. ``hits`` is the last answer's.
    """

    text: str
    filters: Mapping[str, tuple[str, ...]]
    times: int
    people: int
    opened: int
    industries: tuple[tuple[str, int], ...]
    hits: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LogSummary:
    """All questions together. ``find_seconds`` is the median time to find, ``None`` without any."""

    times: int
    people: int
    unanswered: int
    finds: int
    find_seconds: float | None


def unanswered_queries(
    session: Session, since: dt.datetime, offset: int, limit: int
) -> tuple[list[QueryStatistics], int]:
    """Questions that found nothing, the most frequent first, and how many there are in all."""
    demand(Permission.ADMINISTER)
    return _queries(session, _asked(since) & (Search.hits == 0), _TIMES, offset, limit)


def frequent_queries(
    session: Session, since: dt.datetime, offset: int, limit: int
) -> tuple[list[QueryStatistics], int]:
    """All questions, the most frequent first, and how many there are in all."""
    demand(Permission.ADMINISTER)
    return _queries(session, _asked(since), _FIRST_TIMES, offset, limit)


def summarise(session: Session, since: dt.datetime) -> LogSummary:
    """The figures over all questions since a time."""
    times = session.scalar(sa.select(_FIRST_TIMES).where(_asked(since))) or 0
    asking = sa.select(sa.func.count(sa.distinct(Search.person)))
    people = session.scalar(asking.where(_asked(since), Search.person != "")) or 0
    unanswered = session.scalar(sa.select(_TIMES).where(_asked(since) & (Search.hits == 0)))
    found = (SearchOpen.at >= since) & SearchOpen.find_seconds.is_not(None)
    finds = session.scalar(sa.select(sa.func.count(SearchOpen.id)).where(found)) or 0
    # The middle value, or the lower of the two in the middle.
    middle = (
        sa.select(SearchOpen.find_seconds)
        .where(found)
        .order_by(SearchOpen.find_seconds)
        .offset(max(finds - 1, 0) // 2)
        .limit(1)
    )
    return LogSummary(times, people, unanswered or 0, finds, session.scalar(middle))


def _asked(since: dt.datetime) -> sa.ColumnElement[bool]:
    # Browsing by filters alone asks nothing that could be worded better. Written as a range, it
    # lets SQLite read the index that holds all that is counted, not the rows.
    return (Search.at >= since) & (Search.folded > "")


def _queries(
    session: Session,
    condition: sa.ColumnElement[bool],
    times_asked: sa.ColumnElement[int],
    offset: int,
    limit: int,
) -> tuple[list[QueryStatistics], int]:
    each = sa.select(Search.folded).where(condition).group_by(Search.folded)
    total = session.scalar(sa.select(sa.func.count()).select_from(each.subquery()))
    last = sa.func.max(Search.id)
    groups = session.execute(
        each.add_columns(times_asked, last)
        .order_by(times_asked.desc(), last.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    shown = condition & Search.folded.in_([group[0] for group in groups])
    newest = session.scalars(sa.select(Search).where(Search.id.in_([group[2] for group in groups])))
    rows = {row.id: row for row in newest}
    people = _people(session, shown)
    industries = _by_industry(session, shown, times_asked)
    opened = _opened(session, shown)
    return [
        QueryStatistics(
            text=rows[last_id].text,
            filters={facet: tuple(codes) for facet, codes in rows[last_id].filters.items()},
            times=times,
            people=people[folded],
            opened=opened.get(folded, 0),
            industries=industries[folded],
            hits=rows[last_id].hits,
            last_at=rows[last_id].at,
        )
        for folded, times, last_id in groups
    ], total or 0


def _people(session: Session, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    rows: Any = session.execute(
        sa.select(Search.folded, _PEOPLE).where(condition).group_by(Search.folded)
    )
    return dict(rows.all())


def _by_industry(
    session: Session, condition: sa.ColumnElement[bool], times_asked: sa.ColumnElement[int]
) -> dict[str, tuple[tuple[str, int], ...]]:
    counted: dict[str, list[tuple[str, int]]] = {}
    query = sa.select(Search.folded, Search.industry, times_asked).where(condition)
    for folded, industry, times in session.execute(
        query.group_by(Search.folded, Search.industry).order_by(times_asked.desc(), Search.industry)
    ):
        counted.setdefault(folded, []).append((industry, times))
    return {folded: tuple(counts) for folded, counts in counted.items()}


def _opened(session: Session, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    rows: Any = session.execute(
        sa.select(Search.folded, _TIMES)
        .join(SearchOpen, SearchOpen.search_id == Search.id)
        .where(condition)
        .group_by(Search.folded)
    )
    return dict(rows.all())
