"""Setting a password: one's own, by a link, or from the command line."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.accounts import links, sessions, throttle
from portal.accounts.errors import AccountError
from portal.accounts.events import Act, note, note_own
from portal.accounts.passwords import check_password, hash_password, matches
from portal.accounts.sign_in import EVERYONE, may_use_password
from portal.accounts.throttle import ACCOUNT, key
from portal.db import Database
from portal.models import Identity, User


def change_password(
    db: Database, settings: Settings, user_id: int, old: str, new: str, token: str, now: dt.datetime
) -> int:
    """Change one's own password; every session but that of ``token`` ends. Return how many did.

    Raises :class:`AccountError` where the old password is wrong or the new one is refused, and
    :class:`TooManyAttempts` after many wrong ones: a session left open is no way to guess it.
    """
    one = key(ACCOUNT, "change", user_id)
    with db.write() as session:
        throttle.attempt(session, [one], now)
    with db.read() as session:
        user = session.get_one(User, user_id)
    if not user.password_hash or not may_use_password(user, settings):
        raise AccountError("password-elsewhere")
    if not matches(user.password_hash, old):
        raise AccountError("password-wrong")
    hashed = _checked(user, new)
    with db.write() as session:
        throttle.forgive(session, one)
        kept = session.get_one(User, user_id, with_for_update=True)
        kept.password_hash = hashed
        ended = sessions.end_sessions(session, user_id, but=token)
        links.end_links(session, user_id)
        note(session, Act.PASSWORD_CHANGED, kept, sessions=ended)
    return ended


def confirm_password(db: Database, user_id: int, password: str, now: dt.datetime) -> None:
    """Make sure that it is the person who sits there, before something that protects them goes.

    Raises :class:`AccountError` for a wrong password and :class:`TooManyAttempts`. Who has no
    password here has shown who they are elsewhere, and passes.
    """
    one = key(ACCOUNT, "change", user_id)
    with db.read() as session:
        stored = session.get_one(User, user_id).password_hash
    if not stored:
        return
    with db.write() as session:
        throttle.attempt(session, [one], now)
    if not matches(stored, password):
        raise AccountError("password-wrong")
    with db.write() as session:
        throttle.forgive(session, one)


def set_by_link(db: Database, token: str, new: str, now: dt.datetime) -> User:
    """Set the password of the account that a link belongs to; the link and all sessions end.

    Raises :class:`AccountError` for a link that opens nothing, which is told from a password that
    is refused: that leaves the link as it was.
    """
    with db.read() as session:
        user = links.user_of_link(session, token, now)
    if user is None:
        raise AccountError("link-gone")
    hashed = _checked(user, new)
    with db.write() as session:
        found = links.use_link(session, token, now)
        if found is None:
            raise AccountError("link-gone")
        found.password_hash = hashed
        links.end_links(session, found.id)
        ended = sessions.end_sessions(session, found.id)
        throttle.forgive(session, key(ACCOUNT, "account", found.login))
        note_own(session, Act.PASSWORD_RESET, found, sessions=ended)
        return found


def set_password(session: Session, user: User, new: str) -> None:
    """Set somebody's password from the command line, or take it away with an empty one."""
    user.password_hash = _checked(user, new) if new else ""
    ended = sessions.end_sessions(session, user.id)
    links.end_links(session, user.id)
    note(session, Act.PASSWORD_RESET, user, sessions=ended)


def reset_is_possible(settings: Settings) -> bool:
    """Whether passwords are kept here for more than administrators."""
    return settings.password_login == EVERYONE


def may_set_password(session: Session, user: User, settings: Settings) -> bool:
    """Whether a person may have a password here by their own doing.

    Who comes from a provider and has none stays without: when the provider shuts somebody out,
    no password must be left as another way in.
    """
    if not may_use_password(user, settings):
        return False
    known = sa.select(Identity.subject).where(Identity.user_id == user.id).limit(1)
    return bool(user.password_hash) or session.scalar(known) is None


def _checked(user: User, new: str) -> str:
    check_password(new, (user.login, user.name, user.email or ""))
    return hash_password(new)
