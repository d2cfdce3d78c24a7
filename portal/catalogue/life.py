"""Where one document stands, for its page: status, what this person may do, versions, history."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.catalogue.documents import documents_for, is_overdue
from portal.catalogue.review import is_late
from portal.catalogue.revisions import may_add
from portal.catalogue.standing import Standing, standing
from portal.catalogue.transitions import Action, Step, actions_from
from portal.catalogue.types import DocumentSummary, Viewer
from portal.catalogue.versions import VersionView, versions_for
from portal.models import Document, DocumentChange, Status, User
from portal.permissions import DECIDERS, KEEPERS, OWNERS, Part


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A step of the document's life; ``actor`` is empty for the command line."""

    action: str
    to_status: str
    version: int
    actor: str
    comment: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Life:
    """Where a document stands for one viewer.

    ``works_on_it`` for the people who see more than readers do. ``waits_since`` is empty unless
    something waits; then ``reviewer`` is who decides, empty for the administrators, and
    ``proposed`` the waiting version of a published document. ``was_superseded`` even where the
    viewer may not read the ``successor``. ``returned`` is the comment with which it came back.
    """

    document_id: int
    status: str
    works_on_it: bool
    actions: tuple[str, ...]
    may_decide: bool
    may_add_version: bool
    may_keep: bool
    may_withdraw_version: bool
    reviewer: str
    waits_since: dt.datetime | None
    is_late: bool
    proposed: int | None
    steward: str
    review_due_at: dt.datetime | None
    is_overdue: bool
    was_superseded: bool
    successor: DocumentSummary | None
    predecessors: tuple[DocumentSummary, ...]
    returned: str
    versions: tuple[VersionView, ...]
    changes: tuple[ChangeView, ...]


def life_of(
    session: Session, viewer: Viewer, document_id: int, now: dt.datetime, zone: dt.tzinfo
) -> Life:
    """Where a document stands; :class:`portal.catalogue.DocumentNotFound` if it may not be read."""
    held = standing(session, viewer, document_id, change=False)
    document, parts = held.document, held.parts
    waits = document.submitted_at is not None
    people = _names(session, {document.reviewer_id, document.steward_id})
    changes = _changes(session, document_id) if parts else ()
    kept = held.status == Status.PUBLISHED and bool(parts & KEEPERS)
    return Life(
        document_id=document_id,
        status=document.status,
        works_on_it=bool(parts),
        actions=_actions(held),
        may_decide=waits and bool(parts & DECIDERS),
        may_add_version=may_add(held),
        may_keep=kept,
        may_withdraw_version=document.proposed_number is not None and bool(parts & OWNERS),
        reviewer=people.get(document.reviewer_id, "") if parts else "",
        waits_since=document.submitted_at if parts else None,
        is_late=document.submitted_at is not None and is_late(document.submitted_at, now, zone),
        proposed=document.proposed_number if parts else None,
        steward=people.get(document.steward_id, ""),
        review_due_at=document.review_due_at if held.status == Status.PUBLISHED else None,
        is_overdue=is_overdue(document, now),
        was_superseded=held.status == Status.SUPERSEDED,
        successor=_last_successor(session, viewer, document),
        predecessors=_predecessors(session, viewer, document_id),
        returned=_returned(held, changes),
        versions=tuple(versions_for(session, viewer, document_id)),
        changes=changes,
    )


def _actions(held: Standing) -> tuple[str, ...]:
    """The steps offered on the document's page; decisions have a page of their own."""
    elsewhere = {Action.RETURN} | ({Action.PUBLISH} if held.status == Status.IN_REVIEW else set())
    offered = actions_from(held.status, held.parts)
    if Action.PUBLISH in offered and not held.parts & (OWNERS - {Part.ADMINISTRATOR}):
        # An administrator who looks at a colleague's draft is not asked to publish it.
        elsewhere |= {Action.PUBLISH, Action.SUBMIT}
    return tuple(action for action in offered if action not in elsewhere)


def _names(session: Session, user_ids: set[int | None]) -> dict[int | None, str]:
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(user_ids - {None})))
    return {row.id: row.name for row in rows}


def _changes(session: Session, document_id: int) -> tuple[ChangeView, ...]:
    rows = session.scalars(
        sa.select(DocumentChange)
        .where(DocumentChange.document_id == document_id)
        .order_by(DocumentChange.id.desc())
        .options(selectinload(DocumentChange.actor))
    )
    return tuple(
        ChangeView(
            row.action,
            row.to_status,
            row.version,
            row.actor.name if row.actor else "",
            row.comment,
            row.at,
        )
        for row in rows
    )


def _returned(held: Standing, changes: tuple[ChangeView, ...]) -> str:
    """The words with which it last came back, while nothing has been done about them."""
    if held.document.proposed_number is not None:
        return ""
    answered = {Action.SUBMIT, Step.PROPOSE_VERSION, Step.ACCEPT_VERSION, Step.NEW_VERSION}
    for change in changes:
        if change.action in {Action.RETURN, Step.RETURN_VERSION}:
            return change.comment
        if change.action in answered:
            return ""
    return ""


def _last_successor(session: Session, viewer: Viewer, document: Document) -> DocumentSummary | None:
    """The end of the chain of successors, or the last of them that the viewer may read."""
    found, seen = None, {document.id}
    following = document.superseded_by_id
    while following is not None and following not in seen:
        seen.add(following)
        summary = documents_for(session, viewer, [following]).get(following)
        found = summary or found
        following = session.scalar(
            sa.select(Document.superseded_by_id).where(Document.id == following)
        )
    return found


def _predecessors(
    session: Session, viewer: Viewer, document_id: int
) -> tuple[DocumentSummary, ...]:
    ids = list(
        session.scalars(
            sa.select(Document.id)
            .where(Document.superseded_by_id == document_id)
            .order_by(Document.id)
        )
    )
    found = documents_for(session, viewer, ids)
    return tuple(found[each] for each in ids if each in found)
