"""The search log: what was asked, with what success, and how long finding took.

A *question* is a text that a person asks; asking the same text again within 30 minutes with other
filters is the same question. An *errand* is a person's run of searches for one thing: it begins
with a search, goes on with each further one that follows within 30 minutes, and ends with the
first useful open. An open is *useful* unless the same person asks something else within 30
seconds: whoever found what was needed reads it. The time from the errand's first search to that
open is the time to find, which is kept with the open.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Reader, UtcDateTime
from portal.models import Search, SearchOpen
from portal.models.queries import LONGEST_TEXT
from portal.text import fold

PAUSE = dt.timedelta(minutes=30)
REJECTION = dt.timedelta(seconds=30)
KEPT = dt.timedelta(days=180)
_MOST_RECENT = 50

Filters = Mapping[str, tuple[str, ...]]

# Every page of results asks this and adds a row, so both are built once.
_RECENT = (
    sa.select(
        *(Search.id, Search.question_id, Search.token, Search.folded, Search.filters),
        *(Search.at, Search.errand_at),
    )
    .where(
        Search.person == sa.bindparam("person"),
        Search.at > sa.bindparam("since", type_=UtcDateTime),
        Search.at <= sa.bindparam("now", type_=UtcDateTime),
    )
    .order_by(Search.at.desc(), Search.id.desc())
    # Not all of them: whoever searches without a pause for half an hour has thousands.
    .limit(_MOST_RECENT)
    .subquery()
)
_NEWEST = sa.select(sa.func.max(_RECENT.c.at)).scalar_subquery()
# The latest search, those of the same text, and those that led to what was looked for.
_LATELY = (
    sa.select(_RECENT, SearchOpen.id.label("open_id"), SearchOpen.at.label("opened_at"))
    .outerjoin(
        SearchOpen,
        sa.and_(SearchOpen.search_id == _RECENT.c.id, SearchOpen.find_seconds.is_not(None)),
    )
    .where(
        sa.or_(
            _RECENT.c.folded == sa.bindparam("folded"),
            _RECENT.c.at == _NEWEST,
            SearchOpen.id.is_not(None),
        )
    )
    .order_by(_RECENT.c.at.desc(), _RECENT.c.id.desc())
)
_ADD_SEARCH = sa.insert(Search.__table__)  # type: ignore[arg-type]
_REJECT = (
    sa.update(SearchOpen)
    .where(SearchOpen.id == sa.bindparam("open_id"))
    .values(find_seconds=None)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A text with filters, asked by a person.

    ``person`` is any name that is the same for all searches of one person or one browser session,
    empty where that is unknown; ``user_id`` is ``None`` for visitors. ``industry`` is the code of
    the person's first industry, if there is one: what no industry was chosen for counts for it.
    """

    person: str
    user_id: int | None
    text: str
    filters: Filters
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Lately:
    """What a person's earlier searches say about the next one.

    ``token`` names this very search where it was asked already, and ``question_id`` its question.
    ``errand_at`` is when the errand began that it belongs to, ``None`` where it begins one.
    ``rejected_id`` is the open that seemed to end the errand, and did not.
    """

    token: str = ""
    question_id: int | None = None
    errand_at: dt.datetime | None = None
    rejected_id: int | None = None


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


def lately(database: Reader, asked: Asked, now: dt.datetime) -> Lately:
    """What the person searched for in the last 30 minutes, as far as this search depends on it."""
    if not asked.person:
        return Lately()
    folded, filters = _comparable(asked.text), _stored(asked.filters)
    values = {"person": asked.person, "since": now - PAUSE, "now": now, "folded": folded}
    rows = database.execute(_LATELY, values).all()
    if not rows:
        return Lately()
    alike = [row for row in rows if row.folded == folded]
    same = next((row for row in alike if row.filters == filters), None)
    errand_at: dt.datetime = rows[0].errand_at
    found = next((row for row in rows if row.open_id and row.errand_at == errand_at), None)
    is_rejected = found is not None and now - found.opened_at <= REJECTION
    return Lately(
        token=same.token if same else "",
        question_id=(alike[0].question_id or alike[0].id) if alike else None,
        errand_at=errand_at if found is None or is_rejected else None,
        rejected_id=found.open_id if found is not None and is_rejected else None,
    )


def record_search(
    session: Session,
    token: str,
    asked: Asked,
    answered: Answered,
    before: Lately,
    now: dt.datetime,
) -> None:
    """Log a search under a new token of at most 16 characters."""
    if before.rejected_id is not None:
        session.execute(_REJECT, {"open_id": before.rejected_id})
    chosen = asked.filters.get("industry")
    row = {
        "token": token,
        "question_id": before.question_id,
        "person": asked.person,
        "user_id": asked.user_id,
        "text": _storable(asked.text)[:LONGEST_TEXT],
        "folded": _comparable(asked.text),
        "filters": _stored(asked.filters),
        "industry": chosen[0] if chosen else asked.industry,
        "hits": answered.hits,
        "relaxed": answered.relaxed,
        "substring": answered.substring,
        "took_ms": answered.took_ms,
        "at": now,
        "errand_at": before.errand_at or now,
    }
    # Past the session, which would weigh what else is to be written: nothing is.
    session.connection().execute(_ADD_SEARCH, row)


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


def _find(session: Session, person: str, errand_at: dt.datetime) -> SearchOpen | None:
    """The open that ended an errand, if one has."""
    return session.scalar(
        sa.select(SearchOpen)
        .join(Search, Search.id == SearchOpen.search_id)
        .where(Search.person == person, Search.at >= errand_at, Search.errand_at == errand_at)
        .where(SearchOpen.find_seconds.is_not(None))
        .limit(1)
    )


def _comparable(text: str) -> str:
    return " ".join(fold(_storable(text)).split())[:LONGEST_TEXT]


def _storable(text: str) -> str:
    # PostgreSQL takes no NUL, and no database a lone surrogate.
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _stored(filters: Filters) -> dict[str, list[str]]:
    return {facet: sorted(codes) for facet, codes in sorted(filters.items()) if codes}
