"""Personal feed addresses: made, found by their token, taken back.

A token is derived from the portal's secret key and the row, so that a person can be shown the
address again, while the database alone, where only its SHA-256 is, gives no address away.
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue import Viewer
from portal.models import FeedAddress, SavedSearch, User

_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
_BYTES = 16


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who reads at a personal address: ``saved_search_id`` is ``None`` for industries' feeds."""

    address_id: int
    user_id: int
    viewer: Viewer
    saved_search_id: int | None


@dataclass(frozen=True, slots=True)
class Address:
    """A personal address as its owner sees it.

    ``token`` is empty where the portal's secret key has changed since, and with it all addresses.
    """

    id: int
    token: str
    created_at: dt.datetime
    saved_search_id: int | None


def make_address(
    session: Session,
    secret: str,
    user_id: int,
    now: dt.datetime,
    saved_search_id: int | None = None,
) -> str:
    """Make a person's address anew and return its token; an older one ends."""
    for row in _current(session, user_id):
        if row.saved_search_id == saved_search_id:
            row.revoked_at = now
    row = FeedAddress(
        user_id=user_id, saved_search_id=saved_search_id, token_hash="", created_at=now
    )
    token = _token(secret, row)
    row.token_hash = _hash(token)
    session.add(row)
    session.flush()
    _audit(session, Act.FEED_ADDRESS_MADE, row)
    return token


def revoke_address(session: Session, user_id: int, address_id: int, now: dt.datetime) -> bool:
    """End one of a person's addresses; return whether there was one to end."""
    row = session.get(FeedAddress, address_id)
    if row is None or row.user_id != user_id or row.revoked_at is not None:
        return False
    row.revoked_at = now
    _audit(session, Act.FEED_ADDRESS_REVOKED, row)
    return True


def _audit(session: Session, act: Act, row: FeedAddress) -> None:
    details = {"saved_search": row.saved_search_id}
    subject = Subject("feed-address", row.id)
    audit.record(session, act, subject, actor_id=row.user_id, details=details)


def revoke_saved_search(session: Session, saved_search_id: int, now: dt.datetime) -> None:
    """End the address of a saved search, if it has one."""
    session.execute(
        sa.update(FeedAddress)
        .where(FeedAddress.saved_search_id == saved_search_id, FeedAddress.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def addresses_of(session: Session, secret: str, user_id: int) -> list[Address]:
    """A person's addresses that still work, the oldest first."""
    found = []
    for row in _current(session, user_id):
        token = _token(secret, row)
        known = hmac.compare_digest(_hash(token), row.token_hash)
        found.append(Address(row.id, token if known else "", row.created_at, row.saved_search_id))
    return found


def subscriber(session: Session, token: str) -> Subscriber | None:
    """Who reads at an address, or ``None`` for one that was guessed or taken back.

    The database looks for a hash of what was given, so the time that this takes tells nothing
    about any token; whatever is wrong, one row is looked for and one comparison made.
    """
    given = _hash(token if _TOKEN.fullmatch(token) else "")
    row = session.execute(
        sa.select(FeedAddress, User)
        .join(User, User.id == FeedAddress.user_id)
        .where(FeedAddress.token_hash == given)
    ).first()
    stored = row[0].token_hash if row is not None else _hash("nobody's")
    fits = hmac.compare_digest(stored, given)
    if row is None or not fits or row[0].revoked_at is not None or not _may_read(row[1]):
        return None
    address, user = row
    return Subscriber(address.id, user.id, Viewer.of(user), address.saved_search_id)


def saved_search_of(session: Session, found: Subscriber) -> SavedSearch | None:
    """The saved search that an address is for."""
    if found.saved_search_id is None:
        return None
    return session.get(SavedSearch, found.saved_search_id)


def _may_read(user: User) -> bool:
    # A colleague who may no longer sign in reads at no address either.
    return user.deactivated_at is None


def _current(session: Session, user_id: int) -> list[FeedAddress]:
    return list(
        session.scalars(
            sa.select(FeedAddress)
            .where(FeedAddress.user_id == user_id, FeedAddress.revoked_at.is_(None))
            .order_by(FeedAddress.id)
        )
    )


def _token(secret: str, row: FeedAddress) -> str:
    facts = f"feed address {row.user_id} {row.saved_search_id} {row.created_at.isoformat()}"
    digest = hmac.digest(secret.encode(), facts.encode(), "sha256")[:_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
