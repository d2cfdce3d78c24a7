"""The mail address of a person: who it belongs to, and giving one."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.accounts.errors import AccountError
from portal.accounts.service import find_user
from portal.audit import Act, Subject
from portal.models import User

LONGEST = 254
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+\.[^\s@<>,;:\"()\[\]\\]+\Z")


def person_by_address(session: Session, address: str) -> User | None:
    """The person with a mail address, or ``None``."""
    return session.scalar(sa.select(User).where(User.email == address.strip().lower()))


def set_address(session: Session, login: str, address: str) -> None:
    """Give a person a mail address, or take it away with an empty one.

    Raises :class:`AccountError` for an unknown login, for what is no address, and for an address
    that somebody else has.
    """
    user = find_user(session, login)
    if user is None:
        raise AccountError("unknown-login", login=login)
    wanted = checked_address(session, address, user.id) or None
    if wanted != user.email:
        user.email = wanted
        details = {"login": login, "changed": ["email"]}
        audit.record(session, Act.ACCOUNT_CHANGED, Subject("user", user.id), details=details)


def checked_address(session: Session, address: str, user_id: int | None) -> str:
    """The address in lower case, empty as it may be, where this person may have it.

    ``user_id`` is ``None`` for somebody who is only just being added.
    """
    plain = address.strip().lower()
    if plain and (len(plain) > LONGEST or not _ADDRESS.match(plain)):
        raise AccountError("address-form", address=address)
    owner = person_by_address(session, plain) if plain else None
    if owner is not None and owner.id != user_id:
        raise AccountError("address-taken", address=plain, name=owner.name, login=owner.login)
    return plain
