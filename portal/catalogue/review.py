"""What waits for whom: choosing a reviewer, the queue, handing on, and the reminder."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.standing import (
    LifeCycleError,
    Standing,
    administrators,
    industries_of,
    record_change,
    standing,
)
from portal.catalogue.transitions import Step
from portal.catalogue.types import DocumentSummary, Viewer
from portal.catalogue.working_days import add_working_days
from portal.models import Document, NoticeKind, Role, Status, User, UserIndustry
from portal.notices import post
from portal.permissions import DECIDERS

REMINDER_AFTER = 2
"""Working days."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for a decision; ``proposed`` is its new version, if that is what waits.

    ``reviewer`` is empty where it waits for the administrators. ``is_late`` after two working days.
    """

    document: DocumentSummary
    since: dt.datetime
    reviewer: str
    proposed: int | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Manager:
    """An industry manager who may be asked for a review."""

    id: int
    name: str
    unit_zh: str
    unit_en: str
    industries: tuple[str, ...]


def choose_reviewer(session: Session, document: Document, submitter_id: int | None) -> int | None:
    """The manager of the first industry that has one who neither wrote nor hands in the document.

    Of several, the one for whom the least waits. ``None`` stands for the administrators.
    """
    excluded = {document.author_id, submitter_id, document.steward_id}
    for industry in industries_of(document):
        managers = session.scalars(
            sa.select(User.id)
            .join(UserIndustry, UserIndustry.user_id == User.id)
            .where(
                User.role == Role.INDUSTRY_MANAGER,
                UserIndustry.term_id == industry,
                User.deactivated_at.is_(None),
            )
        )
        candidates = set(managers) - excluded
        if candidates:
            waiting = _loads(session)
            return min(candidates, key=lambda user: (waiting.get(user, 0), user))
    return None


def queue_for(session: Session, viewer: Viewer, now: dt.datetime, zone: dt.tzinfo) -> list[Waiting]:
    """What waits for this person, the longest first; for an administrator all that waits."""
    query = (
        sa.select(Document.id, Document.submitted_at, Document.proposed_number, User.name)
        .join(User, User.id == Document.reviewer_id, isouter=True)
        .where(Document.submitted_at.is_not(None))
        .order_by(Document.submitted_at, Document.id)
    )
    if viewer.audiences is not None:
        query = query.where(Document.reviewer_id == viewer.user_id)
    rows = session.execute(query).all()
    found = documents_for(session, viewer, [row.id for row in rows])
    return [
        Waiting(
            found[row.id],
            row.submitted_at,
            row.name or "",
            row.proposed_number,
            is_late(row.submitted_at, now, zone),
        )
        for row in rows
        if row.id in found
    ]


def own_unpublished(session: Session, viewer: Viewer) -> list[DocumentSummary]:
    """This person's drafts, and what of theirs is in review or came back; the latest first."""
    if viewer.user_id is None:
        return []
    ids = list(
        session.scalars(
            sa.select(Document.id)
            .where(
                Document.author_id == viewer.user_id,
                Document.status.in_((Status.DRAFT, Status.IN_REVIEW, Status.RETURNED)),
            )
            .order_by(Document.id.desc())
        )
    )
    found = documents_for(session, viewer, ids)
    return [found[document_id] for document_id in ids if document_id in found]


def waiting_count(session: Session, viewer: Viewer) -> int:
    """How many documents wait for this person; for an administrator those that have no manager."""
    if viewer.user_id is None:
        return 0
    mine = None if viewer.audiences is None else viewer.user_id
    return session.scalar(waiting_counted(mine)) or 0


def waiting_counted(reviewer: int | sa.BindParameter[int] | None) -> sa.Select[int]:
    """The query for what waits for a reviewer, or for anybody where that is ``None``."""
    return sa.select(sa.func.count(Document.id)).where(
        Document.submitted_at.is_not(None), Document.reviewer_id.is_not_distinct_from(reviewer)
    )


def managers(session: Session, held: Standing) -> list[Manager]:
    """To whom a document can be handed on: every manager but those whose own it is."""
    excluded = {held.document.author_id, held.document.steward_id, held.document.reviewer_id}
    rows = session.scalars(
        sa.select(User)
        .where(User.role == Role.INDUSTRY_MANAGER, User.deactivated_at.is_(None))
        .order_by(User.id)
    )
    return [
        Manager(
            user.id,
            user.name,
            user.unit.zh,
            user.unit.en,
            tuple(term.code for term in user.industries),
        )
        for user in rows
        if user.id not in excluded
    ]


def reassign(
    session: Session, viewer: Viewer, document_id: int, reviewer_id: int, now: dt.datetime
) -> None:
    """Let another manager decide; the waiting time goes on.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(DECIDERS)
    if held.document.submitted_at is None:
        raise LifeCycleError("way")
    chosen = {manager.id: manager for manager in managers(session, held)}.get(reviewer_id)
    if chosen is None:
        raise LifeCycleError("person")
    held.document.reviewer_id = chosen.id
    change = record_change(session, held, Step.REASSIGN, now, comment=chosen.name)
    post(
        session,
        NoticeKind.REVIEW_ASKED,
        [chosen.id],
        now,
        key=f"reassign:{document_id}:{change.id}",
        document_id=document_id,
        actor_id=viewer.user_id,
    )


def remind(session: Session, now: dt.datetime, zone: dt.tzinfo) -> int:
    """Remind of what has waited for two working days; return how many notices are new.

    Once for each time a document was handed in, however often it is called.
    """
    rows = session.execute(
        sa.select(Document.id, Document.reviewer_id, Document.submitted_at).where(
            Document.submitted_at.is_not(None)
        )
    ).all()
    late = [row for row in rows if is_late(row.submitted_at, now, zone)]
    everybody = administrators(session) if late else []
    return sum(
        post(
            session,
            NoticeKind.REVIEW_ASKED,
            [row.reviewer_id] if row.reviewer_id else everybody,
            now,
            key=f"review-reminder:{row.id}:{row.submitted_at:%Y-%m-%dT%H:%M:%S}",
            document_id=row.id,
            data={"reminder": True},
        )
        for row in late
    )


def is_late(since: dt.datetime, now: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether something has waited for two working days or more."""
    return add_working_days(since, REMINDER_AFTER, zone) <= now


def _loads(session: Session) -> dict[int, int]:
    rows = session.execute(
        sa.select(Document.reviewer_id, sa.func.count(Document.id))
        .where(Document.reviewer_id.is_not(None), Document.submitted_at.is_not(None))
        .group_by(Document.reviewer_id)
    )
    return {user: count for user, count in rows if user is not None}
