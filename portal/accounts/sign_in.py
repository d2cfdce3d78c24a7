"""Signing in: by password here or in the company's directory, by a provider, and by a code.

Comparing a password takes a tenth of a second by intent, and never happens while the database's
write lock is held.
"""

import datetime as dt
import hashlib
import ipaddress
from dataclasses import dataclass

from sqlalchemy.orm import Session

from config import Settings
from portal.accounts import second_factor, sessions, throttle
from portal.accounts.errors import DirectoryUnavailable, NotLetIn, SignInRefused
from portal.accounts.events import Act, note, note_own
from portal.accounts.passwords import hash_password, is_outdated, matches
from portal.accounts.profiles import Profile, person_of
from portal.accounts.service import find_user, user_by_id
from portal.accounts.sessions import Life, Visit
from portal.accounts.throttle import ACCOUNT, ADDRESS, Key, key
from portal.db import Database
from portal.keys import secret_key
from portal.models import Role, SignInMethod, User

HALF_WAY_LASTS = dt.timedelta(minutes=10)
EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody is signed in: the token for the cookie.

    ``is_new_device`` where it was by password, not for the first time ever, and on a device on
    which this login had not signed in before.
    """

    user_id: int
    login: str
    token: str
    is_new_device: bool = False


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The password was right and a code is still needed, before ``until`` (aware).

    ``mark`` no longer fits once the password has changed.
    """

    user_id: int
    login: str
    method: SignInMethod
    mark: str
    until: dt.datetime


def sign_in(
    db: Database, settings: Settings, login: str, password: str, visit: Visit, now: dt.datetime
) -> SignedIn | HalfWay:
    """Sign somebody in by login and password, or lead them on to the code.

    Raises :class:`SignInRefused`, :class:`TooManyAttempts`, :class:`NotLetIn` for somebody whom
    the directory knows and the portal does not, and :class:`DirectoryUnavailable`.
    """
    keys = _keys(login, visit)
    with db.write() as session:
        wait = throttle.attempt(session, keys, now)
    try:
        user, method = _prove(db, settings, login, password, now)
    except (NotLetIn, DirectoryUnavailable):
        with db.write() as session:
            _right(session, keys, now)
        raise
    except SignInRefused:
        with db.write() as session:
            meant = find_user(session, login)
            note(session, Act.SIGN_IN_FAILED, meant)
            if wait == ACCOUNT.first:
                note(session, Act.ACCOUNT_LOCKED, meant, seconds=int(wait.total_seconds()))
        raise
    with db.write() as session:
        _right(session, keys, now)
        found = user_by_id(session, user.id)
        if found is None or found.deactivated_at is not None:
            raise SignInRefused
        if method == SignInMethod.LOCAL and is_outdated(found.password_hash):
            found.password_hash = hash_password(password)
        if second_factor.is_on(session, found.id):
            until = now + HALF_WAY_LASTS
            return HalfWay(found.id, found.login, method, _mark(found), until)
        return _enter(session, settings, found, visit, method, now)


def finish_with_code(
    db: Database, settings: Settings, half: HalfWay, code: str, visit: Visit, now: dt.datetime
) -> SignedIn:
    """Sign in who has shown the password and now shows a code.

    Raises :class:`SignInRefused` for a wrong or used code and where the way took too long, and
    :class:`TooManyAttempts`.
    """
    one = key(ACCOUNT, "code", half.user_id)
    with db.write() as session:
        throttle.attempt(session, [one], now)
    with db.write() as session:
        user = user_by_id(session, half.user_id)
        is_right = (
            user is not None
            and user.deactivated_at is None
            and now < half.until
            and _mark(user) == half.mark
            and second_factor.accept(session, secret_key(settings), user.id, code, now)
        )
        if user is not None and is_right:
            throttle.forgive(session, one)
            return _enter(session, settings, user, visit, half.method, now)
        note(session, Act.SIGN_IN_FAILED, user, factor="code")
    raise SignInRefused


def sign_in_as(
    db: Database, settings: Settings, profile: Profile, visit: Visit, now: dt.datetime
) -> SignedIn:
    """Sign in whom an OpenID provider has vouched for; a second factor is the provider's affair.

    Raises :class:`NotLetIn` for somebody who has no account here and may not get one.
    """
    with db.write() as session:
        user = person_of(session, settings, profile, now)
        return _enter(session, settings, user, visit, SignInMethod.OPENID, now)


def may_use_password(user: User, settings: Settings) -> bool:
    """Whether a person may sign in with a password kept here."""
    return settings.password_login == EVERYONE or user.role == Role.ADMINISTRATOR


def _prove(
    db: Database, settings: Settings, login: str, password: str, now: dt.datetime
) -> tuple[User, SignInMethod]:
    """Who has this login and password, here or in the directory."""
    with db.read() as session:
        user = find_user(session, login)
    is_right = matches(user.password_hash if user is not None else "", password)
    if user is not None and is_right and may_use_password(user, settings):
        return user, SignInMethod.LOCAL
    profile = _in_directory(settings, login, password) if settings.ldap_url else None
    if profile is None:
        raise SignInRefused
    with db.write() as session:
        return person_of(session, settings, profile, now), SignInMethod.DIRECTORY


def _in_directory(settings: Settings, login: str, password: str) -> Profile | None:
    # Loading ldap3 takes a third of a second, and most portals have no directory.
    from portal.accounts.directory import verify

    return verify(settings, login, password)


def _enter(
    session: Session,
    settings: Settings,
    user: User,
    visit: Visit,
    method: SignInMethod,
    now: dt.datetime,
) -> SignedIn:
    sessions.purge(session, Life.of(settings), now)
    throttle.purge(session, now)
    is_new = not visit.known_device and user.signed_in_at is not None
    token = sessions.open_session(session, user, visit, method, now)
    note_own(session, Act.SIGN_IN, user, method=method.value)
    # A provider knows its people's devices itself, and we know none of theirs.
    return SignedIn(user.id, user.login, token, is_new and method != SignInMethod.OPENID)


def _keys(login: str, visit: Visit) -> list[Key]:
    """What an attempt counts against.

    A device on which this login has signed in before has a count of its own: a stranger's guesses
    close neither the account nor a shared address for the colleague at the usual desk.
    """
    if visit.known_device:
        return [key(ACCOUNT, "device", visit.known_device, login)]
    return [key(ACCOUNT, "account", login), key(ADDRESS, "address", _network(visit.address))]


def _right(session: Session, keys: list[Key], now: dt.datetime) -> None:
    for each in keys:
        if each.rule is ADDRESS:
            throttle.take_back(session, each, now)
        else:
            throttle.forgive(session, each)


def _network(address: str) -> str:
    # One subscriber has a whole /64 of IPv6 addresses to come from.
    try:
        where = ipaddress.ip_address(address)
    except ValueError:
        return address
    if where.version == 4:
        return address
    return str(ipaddress.ip_network((where, 64), strict=False))


def _mark(user: User) -> str:
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]
