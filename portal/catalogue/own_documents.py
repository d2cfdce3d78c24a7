"""The published documents that a person looks after, and when each is to be checked."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.types import DocumentSummary, Viewer
from portal.catalogue.use import NO_USE, Use, use_of
from portal.models import Document, Status


@dataclass(frozen=True, slots=True)
class Kept:
    """A document, until when it counts as checked (``None``: for ever), and its use."""

    document: DocumentSummary
    due_at: dt.datetime | None
    use: Use


def kept_documents(session: Session, viewer: Viewer, limit: int) -> list[Kept]:
    """What the viewer wrote or looks after and is published: what is to be checked first, first."""
    if viewer.user_id is None:
        return []
    keeper = sa.func.coalesce(Document.steward_id, Document.author_id)
    rows = session.execute(
        sa.select(Document.id, Document.review_due_at)
        .where(keeper == viewer.user_id, Document.status == Status.PUBLISHED)
        .order_by(Document.review_due_at.is_(None), Document.review_due_at, Document.id)
        .limit(limit)
    ).all()
    due = {row.id: row.review_due_at for row in rows}
    shown, uses = documents_for(session, viewer, list(due)), use_of(session, list(due))
    return [Kept(shown[each], due[each], uses.get(each, NO_USE)) for each in due if each in shown]
