"""What readers do, and how hot that makes documents."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Document, EventKind, ReaderEvent
from portal.recommend.hot import WEIGHTS, add


def record_event(
    session: Session, user_id: int, document_id: int, kind: EventKind, now: dt.datetime
) -> bool:
    """Count that a person used a document, once for each kind and day; return whether it counted.

    The event and the document's hotness are one transaction. ``now`` is in the time zone whose
    days count. One's own documents count nothing, and neither does a document that has gone.
    """
    # Locked until the commit: hotness is read, added to and written back.
    document = session.scalar(
        sa.select(Document).where(Document.id == document_id).with_for_update()
    )
    if document is None or document.author_id == user_id:
        return False
    today = sa.select(ReaderEvent.id).where(
        ReaderEvent.document_id == document_id,
        ReaderEvent.user_id == user_id,
        ReaderEvent.kind == kind,
        ReaderEvent.day == now.date(),
    )
    if session.scalar(today) is not None:
        return False
    event = ReaderEvent(document_id=document_id, user_id=user_id, kind=kind, day=now.date(), at=now)
    session.add(event)
    document.hot = add(document.hot, WEIGHTS[kind], now)
    session.flush()
    return True
