"""Links that let their holder set a password once.

The secret part is computed from a salt in the table and the portal's key. So it can be written
into a mail when the mail is sent, and again if that is repeated, while the table holds nothing
that a thief of the database could use.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import AccountLink, User

RESET_LASTS = dt.timedelta(hours=1)
"""For links that people ask for themselves."""
INVITATION_LASTS = dt.timedelta(days=3)
"""For links that an administrator hands out."""
_PURPOSE = "portal.accounts.link.1"


def make_link(
    session: Session, secret_key: str, user_id: int, lasts: dt.timedelta, now: dt.datetime
) -> AccountLink:
    """A new link for an account; earlier ones of the account open nothing any more."""
    end_links(session, user_id)
    salt = secrets.token_urlsafe(32)
    link = AccountLink(
        user_id=user_id,
        salt=salt,
        token_hash=_digest(token_of(secret_key, salt)),
        created_at=now,
        expires_at=now + lasts,
    )
    session.add(link)
    session.flush()
    return link


def token_of(secret_key: str, salt: str) -> str:
    """The secret part of a link's address."""
    mac = hmac.digest(secret_key.encode(), f"{_PURPOSE}\n{salt}".encode(), "sha256")
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def user_of_link(session: Session, token: str, now: dt.datetime) -> User | None:
    """Whose password a link sets; ``None`` for one that is used, expired or made up."""
    return session.scalar(
        sa.select(User)
        .join(AccountLink, AccountLink.user_id == User.id)
        .where(
            AccountLink.token_hash == _digest(token),
            AccountLink.expires_at > now,
            User.deactivated_at.is_(None),
        )
    )


def use_link(session: Session, token: str, now: dt.datetime) -> User | None:
    """Use a link up and return whose it was; of two who come at once, one gets the person."""
    user = user_of_link(session, token, now)
    used = session.execute(
        sa.delete(AccountLink)
        .where(AccountLink.token_hash == _digest(token))
        .returning(AccountLink.id)
    )
    return user if used.first() is not None else None


def end_links(session: Session, user_id: int) -> None:
    """Make every link of an account useless."""
    session.execute(sa.delete(AccountLink).where(AccountLink.user_id == user_id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
