"""Sessions: one row for each device on which somebody is signed in.

The cookie holds a random token, the row its digest. A session ends when it is revoked, when it
was idle for too long, when it is too old, and when the account is deactivated.
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from config import Settings
from portal.models import SignInMethod, User, UserSession
from portal.models.accounts import LONGEST_DEVICE

TOUCH_EVERY = dt.timedelta(minutes=5)
"""How exactly the last use is known: writing it down at each request would cost each a commit."""


@dataclass(frozen=True, slots=True)
class Life:
    """How long a session lasts: unused, and at all."""

    idle: dt.timedelta
    longest: dt.timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The life that the settings say."""
        return cls(
            dt.timedelta(minutes=settings.session_idle_minutes),
            dt.timedelta(hours=settings.session_hours),
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes: network address, and the browser's description of itself.

    ``known_device`` names the device if this login has signed in on it before, else it is empty.
    """

    address: str
    device: str = ""
    known_device: str = ""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner sees it. Times are aware."""

    id: int
    method: SignInMethod
    device: str
    address: str
    created_at: dt.datetime
    seen_at: dt.datetime
    is_present: bool


def open_session(
    session: Session, user: User, visit: Visit, method: SignInMethod, now: dt.datetime
) -> str:
    """Start a session for somebody and return its token."""
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            user_id=user.id,
            token_hash=_digest(token),
            method=method,
            device=visit.device[:LONGEST_DEVICE],
            address=visit.address[:45],
            created_at=now,
            seen_at=now,
        )
    )
    user.signed_in_at = now
    return token


def session_of(session: Session, token: str, life: Life, now: dt.datetime) -> UserSession | None:
    """The living session of a token with its person, unit and industries; else ``None``."""
    row = session.scalar(
        sa.select(UserSession)
        .where(UserSession.token_hash == _digest(token))
        .options(
            joinedload(UserSession.user).joinedload(User.unit),
            joinedload(UserSession.user).selectinload(User.industries),
        )
    )
    if row is None or row.user.deactivated_at is not None or not _lives(row, life, now):
        return None
    return row


def is_due(row: UserSession, now: dt.datetime) -> bool:
    """Whether the use of a session is to be written down again."""
    return now - row.seen_at >= TOUCH_EVERY


def touch(session: Session, session_id: int, now: dt.datetime) -> None:
    """Write down that a session was used."""
    session.execute(sa.update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


def sessions_of(
    session: Session, user_id: int, present: str, life: Life, now: dt.datetime
) -> tuple[SessionView, ...]:
    """Somebody's living sessions, the last used first; ``present`` is the token of this one."""
    rows = session.scalars(
        sa.select(UserSession)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
    )
    return tuple(
        SessionView(
            id=row.id,
            method=SignInMethod(row.method),
            device=row.device,
            address=row.address,
            created_at=row.created_at,
            seen_at=row.seen_at,
            is_present=row.token_hash == _digest(present),
        )
        for row in rows
        if _lives(row, life, now)
    )


def end_session(session: Session, user_id: int, session_id: int) -> bool:
    """End one of somebody's own sessions; return whether there was one."""
    mine = UserSession.id == session_id, UserSession.user_id == user_id
    found = session.scalar(sa.select(UserSession.id).where(*mine)) is not None
    session.execute(sa.delete(UserSession).where(*mine))
    return found


def end_token(session: Session, token: str) -> None:
    """End the session of a token."""
    session.execute(sa.delete(UserSession).where(UserSession.token_hash == _digest(token)))


def end_sessions(session: Session, user_id: int, but: str = "") -> int:
    """End all of somebody's sessions except that of the token ``but``; return how many."""
    others = UserSession.user_id == user_id, UserSession.token_hash != _digest(but)
    count = session.scalar(sa.select(sa.func.count(UserSession.id)).where(*others)) or 0
    session.execute(sa.delete(UserSession).where(*others))
    return count


def purge(session: Session, life: Life, now: dt.datetime) -> None:
    """Remove sessions that are over."""
    session.execute(
        sa.delete(UserSession).where(
            sa.or_(
                UserSession.created_at <= now - life.longest, UserSession.seen_at <= now - life.idle
            )
        )
    )


def _lives(row: UserSession, life: Life, now: dt.datetime) -> bool:
    return now - row.created_at < life.longest and now - row.seen_at < life.idle


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
