"""A person's own reading history: seeing it, and erasing it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.social import act_alone, signed_in
from portal.catalogue.types import DocumentSummary, Viewer
from portal.models import ErasedReading, EventKind, ReaderEvent


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that the person did; ``document`` is missing where it may no longer be read."""

    id: int
    kind: EventKind
    at: dt.datetime
    document: DocumentSummary | None


@dataclass(frozen=True, slots=True)
class History:
    """Some of what the person did, newest first, and how much there is in all."""

    readings: tuple[Reading, ...]
    total: int


def history_of(session: Session, viewer: Viewer, *, offset: int, limit: int) -> History:
    """The viewer's own reader events, newest first."""
    mine = ReaderEvent.user_id == signed_in(viewer)
    rows = session.execute(
        sa.select(ReaderEvent.id, ReaderEvent.document_id, ReaderEvent.kind, ReaderEvent.at)
        .where(mine)
        .order_by(ReaderEvent.at.desc(), ReaderEvent.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    found = documents_for(session, viewer, list({row.document_id for row in rows}))
    readings = tuple(
        Reading(row.id, EventKind(row.kind), row.at, found.get(row.document_id)) for row in rows
    )
    total = session.scalar(sa.select(sa.func.count(ReaderEvent.id)).where(mine)) or 0
    return History(readings, total)


def erase_reading(session: Session, viewer: Viewer, event_id: int, today: dt.date) -> bool:
    """Erase one of the viewer's own events; return whether there was one.

    ``today`` is the day in the portal's time zone. The document's hotness stays.
    """
    return _erase(session, signed_in(viewer), today, ReaderEvent.id == event_id) > 0


def erase_history(session: Session, viewer: Viewer, today: dt.date) -> int:
    """Erase all of the viewer's own events; return how many."""
    return _erase(session, signed_in(viewer), today, sa.true())


def purge_erased(session: Session, today: dt.date) -> int:
    """Forget what was erased on days that are over; return how many."""
    gone = session.connection().execute(sa.delete(ErasedReading).where(ErasedReading.day < today))
    return gone.rowcount


def _erase(session: Session, user_id: int, today: dt.date, which: sa.ColumnElement[bool]) -> int:
    act_alone(session, user_id)
    mine = sa.and_(ReaderEvent.user_id == user_id, which)
    # Today's may not count a second time today, or reading and erasing in turns would make hot.
    for event in session.scalars(sa.select(ReaderEvent).where(mine, ReaderEvent.day >= today)):
        session.merge(
            ErasedReading(
                user_id=user_id, document_id=event.document_id, kind=event.kind, day=event.day
            )
        )
    session.flush()
    gone = session.connection().execute(sa.delete(ReaderEvent).where(mine))
    return gone.rowcount
