"""New versions of a document: taken at once or proposed, restored, and told to who has an older."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.review import choose_reviewer
from portal.catalogue.standing import (
    LifeCycleError,
    Standing,
    administrators,
    record_change,
    standing,
)
from portal.catalogue.transitions import Step
from portal.catalogue.types import Viewer
from portal.catalogue.validity import due_after
from portal.models import (
    Document,
    DocumentChange,
    EventKind,
    NoticeKind,
    ReaderEvent,
    Status,
    Version,
)
from portal.notices import post
from portal.permissions import DECIDERS, KEEPERS, OWNERS, PUBLISHERS

OPEN = (Status.DRAFT, Status.RETURNED, Status.PUBLISHED)
"""Where a new version may come. While a draft is in review, its reviewer reads one text."""


def may_add(held: Standing) -> bool:
    """Whether this person may bring a new version now."""
    return held.status in OPEN and bool(held.parts & KEEPERS)


def may_restore(held: Standing, version: Version) -> bool:
    """Whether this person may make a version the current one.

    A published document goes back only to what was published before, unless by someone who
    publishes without asking.
    """
    document = held.document
    if not may_add(held) or version.number in (document.current_number, document.proposed_number):
        return False
    approved = version.published_at is not None or bool(held.parts & PUBLISHERS)
    return approved or held.status != Status.PUBLISHED


def add_version(
    session: Session, held: Standing, version: Version, now: dt.datetime, comment: str = ""
) -> None:
    """Give the document another version, which gets the next number.

    What is not published yet simply goes on with it. The new version of a published document is
    read at once if whoever brings it may publish; else it waits for a manager, and readers keep
    the one they have. Raises :class:`LifeCycleError`.
    """
    if not may_add(held):
        raise LifeCycleError("way" if held.status not in OPEN else "part")
    document = held.document
    version.number = max(each.number for each in document.versions) + 1
    version.author_id = held.user_id or document.author_id
    document.versions.append(version)
    if held.status == Status.PUBLISHED and not held.parts & PUBLISHERS:
        _propose(session, held, version, now, comment)
    else:
        _take(session, held, version, Step.NEW_VERSION, now, comment)


def adopt_draft(
    session: Session,
    viewer: Viewer,
    draft_id: int,
    document_id: int,
    now: dt.datetime,
    comment: str = "",
) -> None:
    """Make the versions of a draft the next ones of another document; the draft is gone then.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    draft = standing(session, viewer, draft_id)
    held = standing(session, viewer, document_id)
    draft.require(OWNERS)
    if draft.status not in (Status.DRAFT, Status.RETURNED) or draft_id == document_id:
        raise LifeCycleError("document")
    moved = list(draft.document.versions)
    last = draft.document.current
    for version in sorted(moved, key=lambda each: (each is last, each.number)):
        draft.document.versions.remove(version)
        version.document_id = document_id
        with session.no_autoflush:
            add_version(session, held, version, now, comment if version is last else "")
        session.flush()
    _remove(session, draft.document)


def decide_version(
    session: Session,
    viewer: Viewer,
    document_id: int,
    number: int,
    now: dt.datetime,
    comment: str = "",
    *,
    accept: bool,
) -> None:
    """Take the proposed version, or return it with a comment; ``number`` is what was read.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(DECIDERS)
    document = held.document
    if document.proposed_number is None:
        raise LifeCycleError("way")
    if document.proposed_number != number:
        raise LifeCycleError("changed")
    if not accept and not comment.strip():
        raise LifeCycleError("comment")
    version = document.version(number)
    _stop_waiting(document)
    if accept:
        change = _take(session, held, version, Step.ACCEPT_VERSION, now, comment)
    else:
        change = record_change(session, held, Step.RETURN_VERSION, now, comment=comment)
    post(
        session,
        NoticeKind.PUBLISHED if accept else NoticeKind.RETURNED,
        {version.author_id or document.author_id, document.steward_id or document.author_id},
        now,
        key=f"{change.action}:{document_id}:{change.id}",
        document_id=document_id,
        actor_id=held.user_id,
        data={"version": number} | ({"comment": change.comment} if change.comment else {}),
    )


def withdraw_version(session: Session, viewer: Viewer, document_id: int, now: dt.datetime) -> None:
    """Take a proposed version back before it is decided on; it stays in the history.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(OWNERS)
    if held.document.proposed_number is None:
        raise LifeCycleError("way")
    _stop_waiting(held.document)
    record_change(session, held, Step.WITHDRAW_VERSION, now)


def restore_version(
    session: Session, viewer: Viewer, document_id: int, number: int, now: dt.datetime
) -> None:
    """Make an older version the current one again; later ones stay in the history.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(KEEPERS)
    try:
        version = held.document.version(number)
    except LookupError:
        raise LifeCycleError("version") from None
    if not may_restore(held, version):
        raise LifeCycleError("version")
    _take(session, held, version, Step.RESTORE_VERSION, now, "")


def tell_of_successor(session: Session, held: Standing, change: DocumentChange) -> int:
    """Tell everyone who downloaded a superseded document that another has taken its place."""
    return post(
        session,
        NoticeKind.NEW_VERSION,
        _downloads(session, held.document.id),
        change.at,
        key=f"superseded:{held.document.id}:{change.id}",
        document_id=held.document.id,
        actor_id=held.user_id,
        data={"successor": held.document.superseded_by_id},
    )


def _propose(
    session: Session, held: Standing, version: Version, now: dt.datetime, comment: str
) -> None:
    document = held.document
    document.proposed_number = version.number
    document.reviewer_id = choose_reviewer(session, document, held.user_id)
    document.submitted_at = now
    change = record_change(session, held, Step.PROPOSE_VERSION, now, comment=comment)
    reviewer = document.reviewer_id
    post(
        session,
        NoticeKind.REVIEW_ASKED,
        [reviewer] if reviewer else administrators(session),
        now,
        key=f"{change.action}:{document.id}:{change.id}",
        document_id=document.id,
        actor_id=held.user_id,
        data={"version": version.number},
    )


def _take(
    session: Session,
    held: Standing,
    version: Version,
    step: Step,
    now: dt.datetime,
    comment: str,
) -> DocumentChange:
    """Let a version be the one that is read, and tell who holds another."""
    document = held.document
    document.current_number = version.number
    if held.status == Status.PUBLISHED:
        version.published_at = version.published_at or now
        if step != Step.RESTORE_VERSION:
            document.review_due_at = due_after(session, document, now)
    change = record_change(session, held, step, now, comment=comment)
    if held.status == Status.PUBLISHED:
        _tell_of_version(session, held, change)
    return change


def _tell_of_version(session: Session, held: Standing, change: DocumentChange) -> None:
    """Tell everyone who downloaded another version, with the numbers to compare."""
    document_id = held.document.id
    earlier = session.execute(
        sa.select(DocumentChange.at, DocumentChange.version)
        .where(DocumentChange.document_id == document_id, DocumentChange.id < change.id)
        .order_by(DocumentChange.id)
    ).all()
    holders: dict[int, list[int]] = {}
    for user_id, downloaded_at in _downloads(session, document_id).items():
        had = [version for at, version in earlier if at <= downloaded_at] or [1]
        holders.setdefault(had[-1], []).append(user_id)
    for number, user_ids in holders.items():
        if number != change.version:
            post(
                session,
                NoticeKind.NEW_VERSION,
                user_ids,
                change.at,
                key=f"version:{document_id}:{change.id}",
                document_id=document_id,
                actor_id=held.user_id,
                data={"from": number, "to": change.version},
            )


def _downloads(session: Session, document_id: int) -> dict[int, dt.datetime]:
    """Everyone who downloaded a document, and when last."""
    rows = session.execute(
        sa.select(ReaderEvent.user_id, sa.func.max(ReaderEvent.at))
        .where(ReaderEvent.document_id == document_id, ReaderEvent.kind == EventKind.DOWNLOAD)
        .group_by(ReaderEvent.user_id)
    )
    return dict(rows.all())


def _stop_waiting(document: Document) -> None:
    document.proposed_number, document.reviewer_id, document.submitted_at = None, None, None


def _remove(session: Session, draft: Document) -> None:
    """Delete a draft whose versions went elsewhere, with what hung on it."""
    session.flush()
    target = Document.__table__.c.id
    for table in reversed(Document.metadata.sorted_tables):
        for column in table.columns:
            if not column.references(target):
                continue
            held = column == draft.id
            if column.nullable:
                session.execute(sa.update(table).where(held).values({column.name: None}))
            else:
                session.execute(sa.delete(table).where(held))
    session.expire_all()
    session.execute(sa.delete(Document).where(Document.id == draft.id))
