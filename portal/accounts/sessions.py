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
from sqlalchemy.orm import Session

from config import Settings
from portal.db import Reader
from portal.models import (
    Role,
    SignInMethod,
    TaxonomyTerm,
    Unit,
    User,
    UserIndustry,
    UserSession,
)
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


@dataclass(frozen=True, slots=True)
class Account:
    """What a page needs to know of the person it is made for.

    ``industries`` are codes in the taxonomy's order; ``language`` is a code, or empty.
    """

    id: int
    login: str
    name: str
    role: Role
    unit_id: int
    unit_zh: str
    unit_en: str
    industries: tuple[str, ...]
    language: str
    is_toured: bool

    @classmethod
    def of(cls, user: User) -> Self:
        """The account of a user whose unit is loaded."""
        return cls(
            id=user.id,
            login=user.login,
            name=user.name,
            role=Role(user.role),
            unit_id=user.unit_id,
            unit_zh=user.unit.zh,
            unit_en=user.unit.en,
            industries=tuple(term.code for term in user.industries),
            language=user.language or "",
            is_toured=user.toured_at is not None,
        )


@dataclass(frozen=True, slots=True)
class Present:
    """A living session, when it was last used, and whose it is."""

    session_id: int
    seen_at: dt.datetime
    account: Account


# Every request asks this: columns instead of objects, a row for each industry, built once.
_PRESENT = (
    sa.select(
        UserSession.id.label("session_id"),
        UserSession.created_at,
        UserSession.seen_at,
        User.id,
        User.login,
        User.name,
        User.role,
        User.unit_id,
        User.language,
        User.toured_at,
        User.deactivated_at,
        Unit.zh.label("unit_zh"),
        Unit.en.label("unit_en"),
        TaxonomyTerm.code.label("industry"),
    )
    .join(User, User.id == UserSession.user_id)
    .join(Unit, Unit.id == User.unit_id)
    .outerjoin(UserIndustry, UserIndustry.user_id == User.id)
    .outerjoin(TaxonomyTerm, TaxonomyTerm.id == UserIndustry.term_id)
    .where(UserSession.token_hash == sa.bindparam("token_hash"))
    .order_by(TaxonomyTerm.position)
)


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


def session_of(database: Reader, token: str, life: Life, now: dt.datetime) -> Present | None:
    """The living session of a token and whose it is; else ``None``."""
    rows = database.execute(_PRESENT, {"token_hash": _digest(token)}).all()
    if not rows:
        return None
    row = rows[0]
    if row.deactivated_at is not None or not _lives(row.created_at, row.seen_at, life, now):
        return None
    account = Account(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        unit_id=row.unit_id,
        unit_zh=row.unit_zh,
        unit_en=row.unit_en,
        industries=tuple(each.industry for each in rows if each.industry is not None),
        language=row.language or "",
        is_toured=row.toured_at is not None,
    )
    return Present(row.session_id, row.seen_at, account)


def is_due(present: Present, now: dt.datetime) -> bool:
    """Whether the use of a session is to be written down again."""
    return now - present.seen_at >= TOUCH_EVERY


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
        if _lives(row.created_at, row.seen_at, life, now)
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


def _lives(created_at: dt.datetime, seen_at: dt.datetime, life: Life, now: dt.datetime) -> bool:
    return now - created_at < life.longest and now - seen_at < life.idle


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
