"""Comments under a document: adding, editing, deleting, and telling those whom they concern."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import notices
from portal.catalogue.documents import DocumentNotFound
from portal.catalogue.mentions import Part, parts_of, people_called
from portal.catalogue.plain_text import plain_text
from portal.catalogue.social import (
    Colleague,
    NotYours,
    act_alone,
    is_administrator,
    may_read,
    readers_among,
    require_readable,
    signed_in,
)
from portal.catalogue.types import Viewer
from portal.models import Comment, CommentMention, Document, NoticeKind, User
from portal.models.social import LONGEST_COMMENT

SHOWN = 100
# Those who took part in a talk lately are told how it goes on.
PARTNERS = 20
TWICE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment as a reader sees it. ``is_removed``: an administrator has deleted it."""

    id: int
    author: Colleague
    text: str
    parts: tuple[Part, ...]
    at: dt.datetime
    edited_at: dt.datetime | None
    is_removed: bool
    is_mine: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """The latest comments, oldest first, and how many there are in all."""

    comments: tuple[CommentView, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that was kept; ``unheard`` are the calls in it that reached nobody."""

    comment_id: int
    document_id: int
    unheard: tuple[str, ...]


def add_comment(
    session: Session, viewer: Viewer, document_id: int, text: str, now: dt.datetime
) -> Said:
    """Comment on a document; its author, its talk's partners and those called are told.

    The same text sent twice within a minute is one comment. Raises ``DocumentNotFound`` and
    ``TextRefused``.
    """
    require_readable(session, viewer, document_id)
    author_id = signed_in(viewer)
    plain = plain_text(text, "comment", LONGEST_COMMENT)
    act_alone(session, author_id)
    comment = _same(session, document_id, author_id, plain, now)
    if comment is None:
        comment = Comment(document_id=document_id, author_id=author_id, text=plain, at=now)
        session.add(comment)
        session.flush()
    called, unheard = _call(session, comment, now)
    _tell(session, comment, called, now)
    return Said(comment.id, document_id, unheard)


def edit_comment(
    session: Session, viewer: Viewer, comment_id: int, text: str, now: dt.datetime
) -> Said:
    """Change one's own comment; those newly called are told, nobody is told twice."""
    comment = _comment(session, viewer, comment_id)
    if comment.author_id != signed_in(viewer):
        raise NotYours
    plain = plain_text(text, "comment", LONGEST_COMMENT)
    if plain != comment.text:
        comment.text, comment.edited_at = plain, now
        session.flush()
    _called, unheard = _call(session, comment, now)
    return Said(comment.id, comment.document_id, unheard)


def delete_comment(session: Session, viewer: Viewer, comment_id: int, now: dt.datetime) -> int:
    """Delete one's own comment, or as an administrator anyone's; return the document's number."""
    comment = _comment(session, viewer, comment_id)
    if comment.author_id != signed_in(viewer) and not is_administrator(viewer):
        raise NotYours
    comment.text, comment.deleted_at, comment.deleted_by_id = "", now, viewer.user_id
    session.execute(sa.delete(CommentMention).where(CommentMention.comment_id == comment.id))
    return comment.document_id


def talk_about(session: Session, viewer: Viewer, document_id: int, *, whole: bool = False) -> Talk:
    """The comments on a document that the caller has found readable; the latest, or all of them.

    What its author deleted is gone; what an administrator deleted leaves a line that says so.
    """
    shown = sa.and_(
        Comment.document_id == document_id,
        sa.or_(Comment.deleted_at.is_(None), Comment.deleted_by_id != Comment.author_id),
    )
    total = session.scalar(sa.select(sa.func.count(Comment.id)).where(shown)) or 0
    rows = session.execute(
        sa.select(Comment, User)
        .join(User, User.id == Comment.author_id)
        .where(shown)
        .order_by(Comment.at.desc(), Comment.id.desc())
        .limit(None if whole else SHOWN)
    ).all()
    written = _written(session, [comment.id for comment, _author in rows])
    views = [
        _view(viewer, comment, author, written.get(comment.id, ())) for comment, author in rows
    ]
    return Talk(tuple(reversed(views)), total)


def comment_texts(session: Session, comment_ids: set[int]) -> dict[int, str]:
    """The texts of those comments that still stand. The caller knows who may read them."""
    rows = session.execute(
        sa.select(Comment.id, Comment.text).where(
            Comment.id.in_(comment_ids), Comment.deleted_at.is_(None)
        )
    )
    return {row.id: row.text for row in rows}


def _comment(session: Session, viewer: Viewer, comment_id: int) -> Comment:
    comment = session.get(Comment, comment_id)
    if comment is None or comment.deleted_at is not None:
        raise DocumentNotFound(comment_id)
    require_readable(session, viewer, comment.document_id)
    return comment


def _same(
    session: Session, document_id: int, author_id: int, text: str, now: dt.datetime
) -> Comment | None:
    return session.scalar(
        sa.select(Comment).where(
            Comment.document_id == document_id,
            Comment.author_id == author_id,
            Comment.text == text,
            Comment.at > now - TWICE,
            Comment.deleted_at.is_(None),
        )
    )


def _call(session: Session, comment: Comment, now: dt.datetime) -> tuple[set[int], tuple[str, ...]]:
    """Note and tell the people whom the comment calls and who may read the document."""
    found, missed = people_called(session, comment.text)
    session.execute(sa.delete(CommentMention).where(CommentMention.comment_id == comment.id))
    heard: dict[int, str] = {}
    for written, people in found.items():
        readers = {
            person.id
            for person in people
            if may_read(session, Viewer.of(person), comment.document_id)
        }
        heard |= dict.fromkeys(readers, written)
        if not readers:
            missed.append(written)
    session.add_all(
        CommentMention(comment_id=comment.id, user_id=user_id, written=written)
        for user_id, written in sorted(heard.items())
    )
    _post(session, NoticeKind.MENTION, set(heard), comment, now)
    return set(heard), tuple(missed)


def _tell(session: Session, comment: Comment, called: set[int], now: dt.datetime) -> None:
    owner = session.scalar(sa.select(Document.author_id).where(Document.id == comment.document_id))
    latest = sa.func.max(Comment.at)
    partners = session.scalars(
        sa.select(Comment.author_id)
        .where(Comment.document_id == comment.document_id, Comment.deleted_at.is_(None))
        .group_by(Comment.author_id)
        .order_by(latest.desc(), Comment.author_id)
        .limit(PARTNERS)
    ).all()
    concerned = {*partners, *([owner] if owner is not None else [])} - called
    readers = readers_among(session, concerned, comment.document_id)
    _post(session, NoticeKind.COMMENT, readers, comment, now)


def _post(
    session: Session, kind: NoticeKind, people: set[int], comment: Comment, now: dt.datetime
) -> None:
    # The text is looked up when the notice is read: by then it may be edited, gone or forbidden.
    notices.post(
        session,
        kind,
        people,
        now,
        key=f"{kind}-{comment.id}",
        document_id=comment.document_id,
        actor_id=comment.author_id,
        data={"comment_id": comment.id},
    )


def _written(session: Session, comment_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(CommentMention.comment_id, CommentMention.written).where(
            CommentMention.comment_id.in_(comment_ids)
        )
    )
    for comment_id, written in rows:
        found.setdefault(comment_id, []).append(written)
    return found


def _view(
    viewer: Viewer, comment: Comment, author: User, written: list[str] | tuple[()]
) -> CommentView:
    stands, mine = comment.deleted_at is None, comment.author_id == viewer.user_id
    return CommentView(
        id=comment.id,
        author=Colleague(author.id, author.name, author.login),
        text=comment.text,
        parts=parts_of(comment.text, written),
        at=comment.at,
        edited_at=comment.edited_at,
        is_removed=not stands,
        is_mine=mine and stands,
        may_delete=stands and (mine or is_administrator(viewer)),
    )
