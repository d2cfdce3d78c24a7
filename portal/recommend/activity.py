"""What readers do, and how hot that makes documents."""

import datetime as dt
import logging
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.catalogue.documents import readable
from portal.db import Base
from portal.models import Document, ErasedReading, EventKind, ReaderEvent, RefusedEvent, User
from portal.recommend.hot import WEIGHTS, add, renew

KEPT_REFUSALS = dt.timedelta(days=30)
_log = logging.getLogger(__name__)

# Statements that are made once, and no objects of the model: this runs at every page view.
_DOCUMENT = (
    sa.select(
        Document.status,
        Document.visibility,
        Document.author_id,
        Document.unit_id,
        Document.steward_id,
        Document.reviewer_id,
        Document.hot,
        User.role,
        User.unit_id.label("home_id"),
    )
    .join(User, User.id == sa.bindparam("user"))
    .where(Document.id == sa.bindparam("document"))
    # Locked until the commit: hotness is read, added to and written back.
    .with_for_update(of=Document)
)
_ERASED = (
    sa.select(ErasedReading.user_id)
    .where(
        ErasedReading.user_id == sa.bindparam("user"),
        ErasedReading.document_id == sa.bindparam("document"),
        ErasedReading.kind == sa.bindparam("kind"),
        ErasedReading.day == sa.bindparam("today"),
    )
    .exists()
)
_SAME = sa.select(
    sa.func.max(ReaderEvent.at),
    sa.or_(
        sa.func.max(sa.case((ReaderEvent.day == sa.bindparam("today"), 1), else_=0)) == 1, _ERASED
    ),
).where(
    ReaderEvent.document_id == sa.bindparam("document"),
    ReaderEvent.user_id == sa.bindparam("user"),
    ReaderEvent.kind == sa.bindparam("kind"),
)
_DOCUMENTS, _EVENTS = (Base.metadata.tables[each] for each in ("documents", "reader_events"))
_HEAT = (
    sa.update(_DOCUMENTS)
    .where(_DOCUMENTS.c.id == sa.bindparam("document"))
    .values(hot=sa.bindparam("heat"))
)
_EVENT = sa.insert(_EVENTS).values(
    document_id=sa.bindparam("document"),
    user_id=sa.bindparam("user"),
    kind=sa.bindparam("kind"),
    day=sa.bindparam("today"),
    at=sa.bindparam("at"),
)


def record_event(
    session: Session, user_id: int, document_id: int, kind: EventKind, now: dt.datetime
) -> bool:
    """Count that a person used a document, once for each kind and day; return whether it counted.

    The event and the document's hotness are one transaction. ``now`` is in the time zone whose
    days count. One's own documents count nothing, and neither does what the person erased from the
    reading history the same day. A document that has gone, or that this person may not read, is
    refused: that is logged and kept for the administrators.
    """
    row = session.execute(_DOCUMENT, {"document": document_id, "user": user_id}).first()
    if row is None or not readable(row, _viewer(user_id, row)):
        _refuse(session, user_id, document_id, kind, now)
        return False
    same = {"document": document_id, "user": user_id, "kind": kind.value, "today": now.date()}
    last, is_counted = session.execute(_SAME, same).one()
    if row.author_id == user_id or is_counted:
        return False
    if weight := WEIGHTS.get(kind):
        hot = add(row.hot, weight, now) if last is None else renew(row.hot, weight, last, now)
        session.execute(_HEAT, {"document": document_id, "heat": hot})
    session.execute(_EVENT, {**same, "at": now})
    return True


def refused_events(session: Session, since: dt.datetime) -> int:
    """How many events were refused since a time."""
    counted = sa.select(sa.func.count(RefusedEvent.id)).where(RefusedEvent.at >= since)
    return session.scalar(counted) or 0


def purge_refusals(session: Session, now: dt.datetime) -> None:
    """Forget refusals of more than 30 days ago."""
    session.execute(sa.delete(RefusedEvent).where(RefusedEvent.at < now - KEPT_REFUSALS))


def mend_hotness(session: Session, now: dt.datetime) -> int:
    """Compute anew what no honest clock can have made so hot; return how many documents were.

    A clock that ran ahead for an hour leaves events from the future behind, which would lead every
    list for as long as it ran ahead. They count as if they had happened now.
    """
    people = session.scalar(sa.select(sa.func.count(User.id))) or 0
    ceiling = add(None, sum(WEIGHTS.values()) * max(1, people) * 2, now)
    suspects = session.scalars(sa.select(Document).where(Document.hot > ceiling)).all()
    for document in suspects:
        _log.warning("document %d was hot beyond measure: a clock ran ahead", document.id)
        document.hot = None
        events = session.execute(
            sa.select(ReaderEvent.kind, sa.func.max(ReaderEvent.at))
            .where(ReaderEvent.document_id == document.id)
            .group_by(ReaderEvent.kind, ReaderEvent.user_id)
        )
        for kind, at in events:
            if weight := WEIGHTS.get(EventKind(kind)):
                document.hot = add(document.hot, weight, min(at, now))
    session.flush()
    return len(suspects)


def _viewer(user_id: int, row: sa.Row[*tuple[Any, ...]]) -> Viewer:
    return Viewer.of(User(id=user_id, role=row.role, unit_id=row.home_id))


def _refuse(
    session: Session, user_id: int, document_id: int, kind: EventKind, now: dt.datetime
) -> None:
    _log.warning("an event %s of document %d by person %d refused", kind, document_id, user_id)
    session.add(RefusedEvent(document_id=document_id, user_id=user_id, kind=kind, at=now))
    session.flush()
