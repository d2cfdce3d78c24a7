"""A document together with what the person at work is to it, and the record of each step."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue.announcements import announce
from portal.catalogue.documents import DocumentNotFound, readable
from portal.catalogue.transitions import Action, Step, parts_of
from portal.catalogue.types import Viewer
from portal.models import Document, DocumentChange, OutboxEntry, Role, Status, User
from portal.models.lifecycle import LONGEST_COMMENT
from portal.permissions import Part


class LifeCycleError(ValueError):
    """A step cannot be taken now.

    ``code`` says why: ``way`` (the status does not lead there, perhaps no longer), ``part`` (this
    person may not), ``comment`` (words are missing), ``person`` (not somebody who may),
    ``document`` (not a document that may), ``changed`` (there is a newer version than the one that
    was read), ``version`` (that version may not be used), ``days`` (no such period).
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Standing:
    """A document, locked where it is to be changed, and what a person is to it."""

    document: Document
    parts: frozenset[Part]
    user_id: int | None

    @property
    def status(self) -> Status:
        """The document's status."""
        return Status(self.document.status)

    def require(self, parts: frozenset[Part]) -> None:
        """Raise :class:`LifeCycleError` unless the person is one of these to the document."""
        if not self.parts & parts:
            raise LifeCycleError("part")


def standing(
    session: Session, viewer: Viewer, document_id: int, *, change: bool = True
) -> Standing:
    """The document as the viewer stands to it; with ``change`` its row is locked until the commit.

    Raises :class:`DocumentNotFound` where it may not be read.
    """
    document = session.get(Document, document_id, with_for_update=change, populate_existing=change)
    if document is None or not readable(document, viewer):
        raise DocumentNotFound(document_id)
    return Standing(document, _parts(session, viewer, document), viewer.user_id)


def operator(document: Document) -> Standing:
    """The standing of the command line, which may do everything."""
    return Standing(document, frozenset({Part.ADMINISTRATOR}), None)


def industries_of(document: Document) -> list[int]:
    """The numbers of a document's industries, in taxonomy order."""
    return [term.id for term in document.terms if term.facet == "industry"]


def record_change(
    session: Session,
    held: Standing,
    action: Action | Step,
    now: dt.datetime,
    *,
    source: Status | None = None,
    comment: str = "",
) -> DocumentChange:
    """Write down the step that was just made, and ask for indexing.

    ``source`` is the status before, where the step changed it.
    """
    document = held.document
    change = DocumentChange(
        document_id=document.id,
        action=action,
        from_status=source or document.status,
        to_status=document.status,
        version=document.current_number,
        actor_id=held.user_id,
        comment=comment.strip()[:LONGEST_COMMENT],
        at=now,
    )
    session.add(change)
    session.add(OutboxEntry(document_id=document.id, created_at=now))
    session.flush()
    announce(session, document, change)
    audit.record(
        session,
        Act(f"document.{action}"),
        Subject("document", document.id),
        actor_id=held.user_id,
        details={
            "title": document.title,
            "from": change.from_status,
            "to": change.to_status,
            "version": change.version,
            "visibility": document.visibility,
        },
    )
    return change


def _parts(session: Session, viewer: Viewer, document: Document) -> frozenset[Part]:
    user = session.get(User, viewer.user_id) if viewer.user_id is not None else None
    if user is None:
        return frozenset({Part.ADMINISTRATOR} if viewer.audiences is None else ())
    return parts_of(
        user_id=user.id,
        role=Role.ADMINISTRATOR if viewer.audiences is None else user.role,
        user_industries=[term.id for term in user.industries],
        author_id=document.author_id,
        steward_id=document.steward_id,
        reviewer_id=document.reviewer_id,
        document_industries=industries_of(document),
    )


def administrators(session: Session) -> list[int]:
    """The numbers of all administrators."""
    active = User.role == Role.ADMINISTRATOR, User.deactivated_at.is_(None)
    rows = sa.select(User.id).where(*active).order_by(User.id)
    return list(session.scalars(rows))
