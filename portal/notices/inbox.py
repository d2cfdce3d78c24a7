"""A person's notices: reading them, counting and marking."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Channel, Notice, NoticeChoice, User

KEPT = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as it was posted. What it is about is looked up for its reader, at reading time."""

    id: int
    kind: str
    at: dt.datetime
    is_read: bool
    document_id: int | None
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many notices of a kind a person has, and how many of them are unread."""

    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """Some of a person's notices, newest first; how many match, and what there is of each kind."""

    notices: tuple[NoticeView, ...]
    total: int
    kinds: Mapping[str, KindCount]

    @property
    def unread(self) -> int:
        """How many notices of any kind are unread."""
        return sum(count.unread for count in self.kinds.values())


def inbox_of(
    session: Session,
    user_id: int,
    *,
    kind: str = "",
    unread_only: bool = False,
    offset: int = 0,
    limit: int = 50,
) -> Inbox:
    """A person's notices of one kind, or of all where ``kind`` is empty."""
    wanted = [_shown(user_id)]
    if kind:
        wanted.append(Notice.kind == kind)
    if unread_only:
        wanted.append(Notice.read_at.is_(None))
    rows = session.execute(
        sa.select(Notice, User.name)
        .outerjoin(User, User.id == Notice.actor_id)
        .where(*wanted)
        .order_by(Notice.at.desc(), Notice.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = session.scalar(sa.select(sa.func.count(Notice.id)).where(*wanted)) or 0
    views = tuple(_view(notice, actor) for notice, actor in rows)
    return Inbox(views, total, _by_kind(session, user_id))


def notice_of(session: Session, user_id: int, notice_id: int) -> NoticeView | None:
    """One notice of a person, or ``None`` where that person has none of this number."""
    row = session.execute(
        sa.select(Notice, User.name)
        .outerjoin(User, User.id == Notice.actor_id)
        .where(Notice.id == notice_id, Notice.user_id == user_id)
    ).first()
    return _view(*row) if row is not None else None


def unread_count(session: Session, user_id: int) -> int:
    """How many notices a person has not read."""
    return session.scalar(unread_counted(user_id)) or 0


def unread_counted(user_id: int | sa.BindParameter[int]) -> sa.Select[int]:
    """The query behind :func:`unread_count`, for who asks several such things at once."""
    return sa.select(sa.func.count(Notice.id)).where(_shown(user_id), Notice.read_at.is_(None))


def mark_read(session: Session, user_id: int, notice_id: int, now: dt.datetime) -> bool:
    """Mark one notice of a person read; return whether it was unread."""
    return _mark(session, user_id, now, Notice.id == notice_id) > 0


def mark_all_read(
    session: Session, user_id: int, now: dt.datetime, *, kind: str = "", up_to: int
) -> int:
    """Mark a person's notices read, of one kind or of all; return how many were unread.

    Only those with numbers up to ``up_to``: what came after the page was made was not seen on it.
    """
    of_kind = Notice.kind == kind if kind else sa.true()
    return _mark(session, user_id, now, sa.and_(Notice.id <= up_to, of_kind))


def purge_notices(session: Session, now: dt.datetime) -> int:
    """Forget notices that were read and are more than a year old; return how many."""
    old = sa.and_(Notice.at < now - KEPT, Notice.read_at.is_not(None))
    return session.connection().execute(sa.delete(Notice).where(old)).rowcount


def _shown(user_id: int | sa.BindParameter[int]) -> sa.ColumnElement[bool]:
    stopped = sa.exists().where(
        NoticeChoice.user_id == Notice.user_id,
        NoticeChoice.kind == Notice.kind,
        NoticeChoice.channel == Channel.PAGE,
        NoticeChoice.wanted.is_(False),
    )
    return sa.and_(Notice.user_id == user_id, ~stopped)


def _by_kind(session: Session, user_id: int) -> dict[str, KindCount]:
    unread = sa.case((Notice.read_at.is_(None), 1), else_=0)
    rows = session.execute(
        sa.select(
            Notice.kind,
            sa.func.count(Notice.id).label("total"),
            sa.func.sum(unread).label("unread"),
        )
        .where(_shown(user_id))
        .group_by(Notice.kind)
    )
    return {row.kind: KindCount(row.total, int(row.unread)) for row in rows}


def _mark(session: Session, user_id: int, now: dt.datetime, which: sa.ColumnElement[bool]) -> int:
    marked = session.connection().execute(
        sa.update(Notice)
        .where(_shown(user_id), Notice.read_at.is_(None), which)
        .values(read_at=now)
    )
    return marked.rowcount


def _view(notice: Notice, actor: str | None) -> NoticeView:
    return NoticeView(
        id=notice.id,
        kind=notice.kind,
        at=notice.at,
        is_read=notice.read_at is not None,
        document_id=notice.document_id,
        actor=actor or "",
        data=notice.data,
    )
