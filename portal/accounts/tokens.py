"""Tokens for programs: made, shown once, found by what a program shows, taken back.

A token is random, so its plain SHA-256 is as good a secret as the token; only that is stored. It
begins with ``kpt_``, by which scanners of code and logs find one that leaked, and ends with a
checksum, so that they need not ask the portal whether what they found is one.
"""

import datetime as dt
import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import audit
from portal.audit import Act, Subject
from portal.models import ApiToken, User
from portal.models.tokens import LONGEST_TOKEN_NAME

PREFIX = "kpt_"
SCOPES = ("search", "documents:read", "documents:write", "events:write", "taxonomy:read")
"""What a token can be allowed, in the order in which people see it."""
DAYS = (30, 90, 180, 365)
"""For how many days a token can be made."""
MOST_TOKENS = 20
"""Tokens in force that one person can have."""
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM = 36
_CHECK = 6
_TAIL = 4
_FORM = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{_RANDOM + _CHECK}}}")
_ADDRESS = 45
# A program asks many times a minute; knowing when it last did is worth one write in that time.
_USE_IS_NEWS = dt.timedelta(minutes=1)


class TokenError(ValueError):
    """A token cannot be made as asked.

    ``reason`` is ``name``, ``scopes``, ``days`` or ``many``.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as lists show it, without the token; ``ended`` names why it no longer works."""

    id: int
    name: str
    hint: str
    scopes: tuple[str, ...]
    owner: str
    owner_login: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    last_used_from: str
    ended: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose token a program shows, with unit and industries loaded, and what it allows."""

    token_id: int
    user: User
    scopes: frozenset[str]
    last_used_at: dt.datetime | None
    last_used_from: str

    def is_news(self, address: str, now: dt.datetime) -> bool:
        """Whether a use from a network address is worth remembering beside the last one."""
        if self.last_used_at is None or self.last_used_from != address:
            return True
        return now - self.last_used_at >= _USE_IS_NEWS


def make_token(
    session: Session,
    user_id: int,
    name: str,
    scopes: Collection[str],
    days: int,
    now: dt.datetime,
) -> str:
    """Make a token for a person and return it: the only time that it can be seen.

    Raises :class:`TokenError`.
    """
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_TOKEN_NAME:
        raise TokenError("name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise TokenError("scopes")
    if days not in DAYS:
        raise TokenError("days")
    if sum(not each.ended for each in tokens_of(session, user_id, now)) >= MOST_TOKENS:
        raise TokenError("many")
    token = _new()
    row = ApiToken(
        user_id=user_id,
        name=named,
        token_hash=_hash(token),
        tail=token[-_TAIL:],
        scopes=[each for each in SCOPES if each in scopes],
        created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )
    session.add(row)
    session.flush()
    _audit(session, Act.TOKEN_MADE, row)
    return token


def tokens_of(session: Session, user_id: int, now: dt.datetime) -> list[TokenView]:
    """A person's tokens, the newest first, with those that have ended."""
    return _views(session, now, ApiToken.user_id == user_id)


def all_tokens(session: Session, now: dt.datetime) -> list[TokenView]:
    """Everybody's tokens, the newest first."""
    return _views(session, now, sa.true())


def revoke_token(
    session: Session, token_id: int, now: dt.datetime, *, owner_id: int | None, by_id: int | None
) -> bool:
    """End a token; return whether there was one to end.

    ``owner_id`` limits this to one person's tokens; ``None`` is for administrators. ``by_id`` is
    who ends it, ``None`` for the command line.
    """
    row = session.get(ApiToken, token_id)
    if row is None or row.revoked_at is not None or owner_id not in (None, row.user_id):
        return False
    row.revoked_at, row.revoked_by_id = now, by_id
    _audit(session, Act.TOKEN_REVOKED, row)
    return True


def bearer(session: Session, token: str, now: dt.datetime) -> Bearer | None:
    """Whose token this is, or ``None`` where it is none, has ended, or its owner may not sign in.

    The database looks for a hash of what was shown, so the time that this takes tells nothing
    about any token.
    """
    if not is_token(token):
        return None
    row = session.execute(
        sa.select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.token_hash == _hash(token))
        .options(joinedload(User.unit), selectinload(User.industries))
    ).first()
    if row is None or _ended(row[0], row[1], now):
        return None
    found, user = row
    return Bearer(found.id, user, frozenset(found.scopes), found.last_used_at, found.last_used_from)


def note_use(session: Session, token_id: int, address: str, now: dt.datetime) -> None:
    """Remember when, and from which network address, a token was used."""
    session.execute(
        sa.update(ApiToken)
        .where(ApiToken.id == token_id)
        .values(last_used_at=now, last_used_from=address[:_ADDRESS])
    )


def is_token(text: str) -> bool:
    """Whether a text has the form of a token, its checksum included."""
    if not _FORM.fullmatch(text):
        return False
    given = text.removeprefix(PREFIX)
    return hmac.compare_digest(given[_RANDOM:], _checksum(given[:_RANDOM]))


def _views(session: Session, now: dt.datetime, wanted: sa.ColumnElement[bool]) -> list[TokenView]:
    rows = session.execute(
        sa.select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(wanted)
        .order_by(ApiToken.id.desc())
    )
    return [
        TokenView(
            id=row.id,
            name=row.name,
            hint=f"{PREFIX}…{row.tail}",
            scopes=tuple(row.scopes),
            owner=user.name,
            owner_login=user.login,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            last_used_from=row.last_used_from,
            ended=_ended(row, user, now),
        )
        for row, user in rows
    ]


def _audit(session: Session, act: Act, row: ApiToken) -> None:
    owner = session.scalar(sa.select(User.login).where(User.id == row.user_id))
    details = {"name": row.name, "login": owner, "scopes": row.scopes}
    audit.record(session, act, Subject("token", row.id), details=details)


def _ended(row: ApiToken, user: User, now: dt.datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= now:
        return "expired"
    # A colleague who may no longer sign in has no program that may.
    if user.deactivated_at is not None:
        return "owner"
    return ""


def _new() -> str:
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{PREFIX}{random}{_checksum(random)}"


def _checksum(text: str) -> str:
    value, digits = zlib.crc32(text.encode()), []
    for _ in range(_CHECK):
        value, digit = divmod(value, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
