"""The search log: what was asked, with what success, and how long finding took.

A *question* is a text that a person asks; asking the same text again within 30 minutes with other
filters is the same question. An *errand* is a person's run of searches for one thing: it begins
with a search, goes on with each further one that follows within 30 minutes, and ends with the
first useful open. An open is *useful* unless the same person asks something else within 30
seconds: whoever found what was needed reads it. The time from the errand's first search to that
open is the time to find, which is kept with the open.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import UtcDateTime
from portal.models import Search, SearchOpen, TaxonomyTerm, UserIndustry
from portal.models.queries import LONGEST_TEXT
from portal.text import fold

PAUSE = dt.timedelta(minutes=30)
REJECTION = dt.timedelta(seconds=30)
KEPT = dt.timedelta(days=180)
_MOST_RECENT = 50

Filters = Mapping[str, tuple[str, ...]]

_Earlier = sa.Row[int, int | None, str, str, str, dict[str, list[str]], dt.datetime]
# Every page of results asks one of these and adds a row, so they are built once.
_RECENT = (
    sa.select(
        *(Search.id, Search.question_id, Search.token, Search.person, Search.folded),
        *(Search.filters, Search.errand_at),
    )
    .where(
        Search.person == sa.bindparam("person"),
        Search.at > sa.bindparam("since", type_=UtcDateTime),
        Search.at <= sa.bindparam("now", type_=UtcDateTime),
    )
    .order_by(Search.at.desc(), Search.id.desc())
    .limit(_MOST_RECENT)
)
_ALIKE = _RECENT.subquery()
_RECENT_ALIKE = (
    sa.select(_ALIKE).where(_ALIKE.c.folded == sa.bindparam("folded")).order_by(_ALIKE.c.id.desc())
)
_FIND = (
    sa.select(SearchOpen)
    .where(SearchOpen.search_id.in_(sa.bindparam("searches", expanding=True)))
    .where(SearchOpen.find_seconds.is_not(None))
    .limit(1)
)
_INDUSTRY = (
    sa.select(TaxonomyTerm.code)
    .join(UserIndustry, UserIndustry.term_id == TaxonomyTerm.id)
    .where(UserIndustry.user_id == sa.bindparam("person"))
    .order_by(TaxonomyTerm.position)
    .limit(1)
)
_ADD_SEARCH = sa.insert(Search.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text with filters, asked by a person.

    ``person`` is any name that is the same for all searches of one person or one browser session,
    empty where that is unknown; ``user_id`` is ``None`` for visitors.
    """

    person: str
    user_id: int | None
    text: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class Answered:
    """How a search was answered. ``hits`` counts documents, ``took_ms`` is wall time."""

    hits: int
    relaxed: bool
    substring: bool
    took_ms: float


@dataclass(frozen=True, slots=True)
class Opened:
    """A document opened from results: ``token`` names the search, ``position`` counts from 1.

    ``ordinal`` is the section that the link led to, if it led to one.
    """

    token: str
    person: str
    document_id: int
    position: int | None = None
    ordinal: int | None = None


def known_search(session: Session, asked: Asked, now: dt.datetime) -> str | None:
    """The token of this very search where the person asked it within the last 30 minutes."""
    filters = _stored(asked.filters)
    for row in _recent(session, asked.person, now, _comparable(asked.text)):
        if row.filters == filters:
            return str(row.token)
    return None


def record_search(
    session: Session, token: str, asked: Asked, answered: Answered, now: dt.datetime
) -> None:
    """Log a search under a new token of at most 16 characters."""
    folded = _comparable(asked.text)
    recent = _recent(session, asked.person, now)
    same = next((row for row in recent if row.folded == folded), None)
    row = {
        "token": token,
        "question_id": (same.question_id or same.id) if same else None,
        "person": asked.person,
        "user_id": asked.user_id,
        "text": _storable(asked.text)[:LONGEST_TEXT],
        "folded": folded,
        "filters": _stored(asked.filters),
        "industry": _industry(session, asked),
        "hits": answered.hits,
        "relaxed": answered.relaxed,
        "substring": answered.substring,
        "took_ms": answered.took_ms,
        "at": now,
        "errand_at": _errand(session, recent, now) if recent else now,
    }
    session.execute(_ADD_SEARCH, row)


def record_open(session: Session, opened: Opened, now: dt.datetime) -> bool:
    """Log that a document was opened from results; return whether that was news.

    A token that is unknown or another person's says nothing: links are passed on.
    """
    # Locked: of two clicks at once only one is the first.
    search = session.scalar(sa.select(Search).where(Search.token == opened.token).with_for_update())
    if search is None or not search.person or search.person != opened.person:
        return False
    again = sa.select(SearchOpen.id).where(
        SearchOpen.search_id == search.id, SearchOpen.document_id == opened.document_id
    )
    if session.scalar(again) is not None:
        return False
    found = now - search.at <= PAUSE and _find(session, search.person, search.errand_at) is None
    session.add(
        SearchOpen(
            search_id=search.id,
            document_id=opened.document_id,
            position=opened.position,
            ordinal=opened.ordinal,
            at=now,
            find_seconds=(now - search.errand_at).total_seconds() if found else None,
        )
    )
    session.flush()
    return True


def successful_queries(
    session: Session, since: dt.datetime, minimum_people: int = 2, limit: int = 5000
) -> list[tuple[str, int]]:
    """Questions that led to a document since a time, with how often, the most frequent first.

    A question counts when documents with all its words were found and one was opened. The text is
    as it was last typed. Only colleagues who are signed in count towards ``minimum_people``: what
    one person typed is nobody else's business, and a visitor could be any number of people.
    """
    times = sa.func.count(sa.distinct(sa.func.coalesce(Search.question_id, Search.id)))
    asked = (
        sa.select(sa.func.max(Search.id).label("id"), times.label("times"))
        .join(SearchOpen, SearchOpen.search_id == Search.id, isouter=True)
        .where(Search.at >= since, Search.user_id.is_not(None), Search.folded != "")
        .where(Search.hits > 0, Search.relaxed.is_(False))
        .group_by(Search.folded)
        .having(
            sa.func.count(sa.distinct(Search.user_id)) >= minimum_people,
            sa.func.count(SearchOpen.id) > 0,
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(Search.text, asked.c.times)
        .join(asked, asked.c.id == Search.id)
        .order_by(asked.c.times.desc(), Search.folded)
        .limit(limit)
    )
    return [(text, count) for text, count in rows]


def purge_searches(session: Session, before: dt.datetime) -> int:
    """Forget searches from before a time, with what was opened from them; return how many."""
    old = sa.select(Search.id).where(Search.at < before)
    session.execute(sa.delete(SearchOpen).where(SearchOpen.search_id.in_(old)))
    return session.connection().execute(sa.delete(Search).where(Search.at < before)).rowcount


def _recent(
    session: Session, person: str, now: dt.datetime, folded: str | None = None
) -> Sequence[_Earlier]:
    """The person's searches of the last 30 minutes, the latest first; those of one text alone."""
    if not person:
        return []
    values = {"person": person, "since": now - PAUSE, "now": now}
    if folded is None:
        return session.execute(_RECENT, values).all()
    return session.execute(_RECENT_ALIKE, {**values, "folded": folded}).all()


def _errand(session: Session, recent: Sequence[_Earlier], now: dt.datetime) -> dt.datetime:
    """When the errand began to which a search belongs that follows others by the same person."""
    errand_at: dt.datetime = recent[0].errand_at
    # Not all of the errand: whoever searches without a pause for half an hour has thousands.
    searches = [row.id for row in recent if row.errand_at == errand_at]
    found = session.scalar(_FIND, {"searches": searches})
    if found is None:
        return errand_at
    if now - found.at > REJECTION:
        return now
    found.find_seconds = None
    return errand_at


def _find(session: Session, person: str, errand_at: dt.datetime) -> SearchOpen | None:
    """The open that ended an errand, if one has."""
    return session.scalar(
        sa.select(SearchOpen)
        .join(Search, Search.id == SearchOpen.search_id)
        .where(Search.person == person, Search.at >= errand_at, Search.errand_at == errand_at)
        .where(SearchOpen.find_seconds.is_not(None))
        .limit(1)
    )


def _industry(session: Session, asked: Asked) -> str:
    """The industry that was filtered by, else the person's first, else empty."""
    chosen = asked.filters.get("industry")
    if chosen:
        return chosen[0]
    if asked.user_id is None:
        return ""
    return session.scalar(_INDUSTRY, {"person": asked.user_id}) or ""


def _comparable(text: str) -> str:
    return " ".join(fold(_storable(text)).split())[:LONGEST_TEXT]


def _storable(text: str) -> str:
    # PostgreSQL takes no NUL, and no database a lone surrogate.
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _stored(filters: Filters) -> dict[str, list[str]]:
    return {facet: sorted(codes) for facet, codes in sorted(filters.items()) if codes}
