"""Taking a document through its life: submit, publish, return, archive, supersede, restore."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import DocumentNotFound
from portal.catalogue.review import choose_reviewer
from portal.catalogue.revisions import tell_of_successor
from portal.catalogue.standing import (
    LifeCycleError,
    Standing,
    administrators,
    operator,
    record_change,
    standing,
)
from portal.catalogue.transitions import Action, find_transition
from portal.catalogue.types import Viewer
from portal.catalogue.validity import due_after
from portal.db import utcnow
from portal.models import Document, DocumentChange, NoticeKind, Status
from portal.notices import post


def submit(
    session: Session, viewer: Viewer, document_id: int, now: dt.datetime, comment: str = ""
) -> int | None:
    """Hand a draft in for review; return the reviewer, ``None`` for the administrators.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    return change_status(session, viewer, document_id, Action.SUBMIT, now, comment).reviewer_id


def change_status(
    session: Session,
    viewer: Viewer,
    document_id: int,
    action: Action,
    now: dt.datetime,
    comment: str = "",
    *,
    version: int | None = None,
    successor_id: int | None = None,
) -> Document:
    """Take one step of the table of transitions; everything it brings about is this transaction.

    ``version`` is the version that the person read, where they decide on it; ``successor_id`` the
    document that takes over from a superseded one. Raises
    :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    document, source = held.document, held.status
    row = find_transition(source, action)
    if row is None:
        raise LifeCycleError("way")
    held.require(row.parts)
    if version is not None and version != document.current_number:
        raise LifeCycleError("changed")
    if action == Action.RETURN and not comment.strip():
        raise LifeCycleError("comment")
    if action == Action.PUBLISH:
        make_public(session, held, now, comment)
        return document
    successor = _successor(session, viewer, document_id, successor_id) if successor_id else None
    if action == Action.SUPERSEDE and successor is None:
        raise LifeCycleError("document")
    document.status = row.target
    _settle(session, held, action, now, successor)
    change = record_change(session, held, action, now, source=source, comment=comment)
    _tell(session, held, action, change, now)
    return document


def publish(session: Session, document_id: int) -> None:
    """Make a document readable by its audience, from the command line.

    Does nothing where it is published already. Raises
    :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    document = session.get(Document, document_id, with_for_update=True)
    if document is None:
        raise DocumentNotFound(document_id)
    if document.status == Status.PUBLISHED:
        return
    if find_transition(Status(document.status), Action.PUBLISH) is None:
        raise LifeCycleError("way")
    make_public(session, operator(document), utcnow())


def make_public(
    session: Session,
    held: Standing,
    now: dt.datetime,
    comment: str = "",
    *,
    published_at: dt.datetime | None = None,
    quietly: bool = False,
) -> None:
    """Publish what may be published: date, steward, date of the next check, row, notices.

    ``published_at`` is for what was published elsewhere before; ``quietly`` tells nobody, for what
    comes in by the hundred.
    """
    document, source = held.document, held.status
    document.status = Status.PUBLISHED
    document.published_at = published_at or now
    document.steward_id = document.steward_id or document.author_id
    document.review_due_at = due_after(session, document, document.published_at)
    document.reviewer_id, document.submitted_at = None, None
    document.current.published_at = document.published_at
    change = record_change(session, held, Action.PUBLISH, now, source=source, comment=comment)
    if not quietly:
        _tell(session, held, Action.PUBLISH, change, now)


def _settle(
    session: Session,
    held: Standing,
    action: Action,
    now: dt.datetime,
    successor: Document | None,
) -> None:
    """Bring reviewer, waiting time and successor in line with the new status."""
    document = held.document
    waits = action == Action.SUBMIT
    document.reviewer_id = choose_reviewer(session, document, held.user_id) if waits else None
    document.submitted_at = now if waits else None
    document.proposed_number = None
    document.superseded_by_id = successor.id if successor else None


def _successor(
    session: Session, viewer: Viewer, document_id: int, successor_id: int
) -> Document | None:
    try:
        found = standing(session, viewer, successor_id, change=False).document
    except DocumentNotFound:
        return None
    # Only what is published takes over, and what is superseded is not: no chain can close.
    return found if found.id != document_id and found.status == Status.PUBLISHED else None


def _tell(
    session: Session, held: Standing, action: Action, change: DocumentChange, now: dt.datetime
) -> None:
    document = held.document
    owners = {document.author_id, document.steward_id or document.author_id}
    if action == Action.SUPERSEDE:
        tell_of_successor(session, held, change)
        return
    kinds = {
        Action.SUBMIT: NoticeKind.REVIEW_ASKED,
        Action.RETURN: NoticeKind.RETURNED,
        Action.PUBLISH: NoticeKind.PUBLISHED,
    }
    if action not in kinds:
        return
    if action == Action.SUBMIT:
        reviewer = document.reviewer_id
        owners = {reviewer} if reviewer else set(administrators(session))
    post(
        session,
        kinds[action],
        owners,
        now,
        key=f"{action}:{document.id}:{change.id}",
        document_id=document.id,
        actor_id=held.user_id,
        data={"comment": change.comment} if change.comment else {},
    )


def changes_of(session: Session, document_id: int) -> list[DocumentChange]:
    """Every step of a document's life with who took it, the latest first."""
    rows = sa.select(DocumentChange).where(DocumentChange.document_id == document_id)
    return list(session.scalars(rows.order_by(DocumentChange.id.desc())))
