"""What colleagues used a document for, and what became of it."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import notices
from portal.catalogue.documents import DocumentNotFound
from portal.catalogue.plain_text import plain_text
from portal.catalogue.social import (
    Colleague,
    NotYours,
    act_alone,
    is_administrator,
    readers_among,
    require_readable,
    signed_in,
)
from portal.catalogue.types import Viewer
from portal.catalogue.use import Use, use_of
from portal.models import Application, Document, NoticeKind, UseOutcome, User
from portal.models.social import LONGEST_CUSTOMER, LONGEST_NOTE

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Applied:
    """A colleague's use of a document, as those who may read the document see it."""

    id: int
    person: Colleague
    customer: str
    outcome: UseOutcome
    note: str
    at: dt.datetime
    may_change: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """The latest uses, newest first, how many there are, and the counts that all pages share."""

    latest: tuple[Applied, ...]
    total: int
    count: Use


def record_use(
    session: Session,
    viewer: Viewer,
    document_id: int,
    customer: str,
    outcome: UseOutcome,
    note: str,
    now: dt.datetime,
) -> int:
    """Note what the viewer used a document for; its author is told. Return the use's number.

    Naming the same customer or project again changes what was noted. Raises ``DocumentNotFound``
    and ``TextRefused``.
    """
    require_readable(session, viewer, document_id)
    user_id = signed_in(viewer)
    named = " ".join(plain_text(customer, "customer", LONGEST_CUSTOMER).split())
    remark = plain_text(note, "note", LONGEST_NOTE, required=False)
    act_alone(session, user_id)
    use = _known(session, document_id, user_id, named)
    if use is not None:
        use.outcome, use.note, use.updated_at = outcome, remark, now
        return use.id
    use = Application(
        document_id=document_id,
        user_id=user_id,
        customer=named,
        outcome=outcome,
        note=remark,
        at=now,
    )
    session.add(use)
    session.flush()
    _tell_author(session, use, now)
    return use.id


def remove_use(session: Session, viewer: Viewer, use_id: int) -> int:
    """Take back one's own use, or as an administrator anyone's; return the document's number."""
    use = session.get(Application, use_id)
    if use is None:
        raise DocumentNotFound(use_id)
    require_readable(session, viewer, use.document_id)
    if use.user_id != signed_in(viewer) and not is_administrator(viewer):
        raise NotYours
    session.delete(use)
    return use.document_id


def uses_of(session: Session, viewer: Viewer, document_id: int) -> Uses:
    """The uses of a document that the caller has found readable."""
    rows = session.execute(
        sa.select(Application, User)
        .join(User, User.id == Application.user_id)
        .where(Application.document_id == document_id)
        .order_by(Application.at.desc(), Application.id.desc())
        .limit(SHOWN)
    ).all()
    latest = tuple(
        Applied(
            id=use.id,
            person=Colleague(person.id, person.name, person.login),
            customer=use.customer,
            outcome=UseOutcome(use.outcome),
            note=use.note,
            at=use.updated_at or use.at,
            may_change=use.user_id == viewer.user_id or is_administrator(viewer),
        )
        for use, person in rows
    )
    total = session.scalar(
        sa.select(sa.func.count(Application.id)).where(Application.document_id == document_id)
    )
    return Uses(latest, total or 0, use_of(session, [document_id])[document_id])


def _known(session: Session, document_id: int, user_id: int, customer: str) -> Application | None:
    return session.scalar(
        sa.select(Application).where(
            Application.document_id == document_id,
            Application.user_id == user_id,
            Application.customer == customer,
        )
    )


def _tell_author(session: Session, use: Application, now: dt.datetime) -> None:
    author_id = session.scalars(
        sa.select(Document.author_id).where(Document.id == use.document_id)
    ).one()
    notices.post(
        session,
        NoticeKind.APPLIED,
        readers_among(session, {author_id}, use.document_id),
        now,
        key=f"applied-{use.id}",
        document_id=use.document_id,
        actor_id=use.user_id,
        data={"use_id": use.id},
    )
