"""Deleting a draft that was a mistake: the one way in which a document ceases to be."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue.standing import LifeCycleError, standing
from portal.catalogue.types import Viewer
from portal.db import Base
from portal.models import Document, DocumentChange, Notice, OutboxEntry, Status
from portal.permissions import Part


def may_discard(session: Session, viewer: Viewer, document_id: int) -> bool:
    """Whether this person may delete the document: its author, while nobody was shown it.

    Raises :class:`portal.catalogue.DocumentNotFound`.
    """
    held = standing(session, viewer, document_id, change=False)
    return Part.AUTHOR in held.parts and _is_untold(session, held.document)


def discard_draft(session: Session, viewer: Viewer, document_id: int, now: dt.datetime) -> str:
    """Delete a draft with its versions and all that was noted about it; return its title.

    The index lets go of it with the next entry of the outbox, the files with the next collection
    of orphans, and the audit log keeps that it was there. Raises
    :class:`portal.catalogue.DocumentNotFound`, and :class:`LifeCycleError` where it is somebody
    else's (``part``) or was submitted once (``way``).
    """
    held = standing(session, viewer, document_id)
    held.require(frozenset({Part.AUTHOR}))
    document = held.document
    if not _is_untold(session, document):
        raise LifeCycleError("way")
    title, files = document.title, [version.file_name for version in document.versions]
    audit.record(
        session,
        Act.DOCUMENT_DISCARD,
        Subject("document", document_id),
        actor_id=viewer.user_id,
        details={"title": title, "file": files},
    )
    session.add(OutboxEntry(document_id=document_id, created_at=now))
    session.flush()
    session.expunge(document)
    # A notice about nothing says nothing; other rows that may do without the document stay.
    _clear(session, Notice.__table__, Notice.document_id == document_id)
    _clear(session, Document.__table__, Document.id == document_id)
    return title


def _is_untold(session: Session, document: Document) -> bool:
    steps = sa.select(DocumentChange.id).where(DocumentChange.document_id == document.id)
    return document.status == Status.DRAFT and session.scalar(steps.limit(1)) is None


def _clear(session: Session, table: Any, wanted: sa.ColumnElement[bool]) -> None:
    """Delete rows, and before them whatever points to them and cannot stand alone."""
    for key in (each for other in Base.metadata.sorted_tables for each in other.foreign_keys):
        if key.column.table is not table:
            continue
        pointing = key.parent.in_(sa.select(key.column).where(wanted))
        if key.parent.nullable:
            session.execute(sa.update(key.parent.table).where(pointing).values({key.parent: None}))
        else:
            _clear(session, key.parent.table, pointing)
    session.execute(sa.delete(table).where(wanted))
