"""Adding people and checking their passwords."""

import functools
import re

import argon2
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import audit
from portal.audit import Act, Subject
from portal.db import utcnow
from portal.models import Role, TaxonomyTerm, Unit, User

MINIMUM_PASSWORD = 10
IMPORT_LOGIN = "import"
LONGEST_NAME = 64
_LOGIN = re.compile(rf"\S{{1,{LONGEST_NAME}}}\Z")


class AccountError(ValueError):
    """An account cannot be made as asked; the message says why."""


@functools.cache
def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher()


@functools.cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def authenticate(session: Session, login: str, password: str) -> User | None:
    """The person with this login and password, else ``None``.

    An unknown login costs the same time as a wrong password, so that neither tells who exists.
    """
    user = session.scalar(sa.select(User).where(User.login == login))
    stored = user.password_hash if user is not None and user.password_hash else _decoy()
    try:
        _hasher().verify(stored, password)
    except argon2.exceptions.VerificationError:
        return None
    return user if user is not None and user.password_hash else None


def find_user(session: Session, login: str) -> User | None:
    """The person with a login, or ``None``."""
    return session.scalar(sa.select(User).where(User.login == login))


def logins(session: Session) -> dict[str, int]:
    """Everyone's number by login."""
    return {row.login: row.id for row in session.execute(sa.select(User.login, User.id))}


def import_user(session: Session) -> User:
    """The author of what is taken in from the command line; nobody can sign in as it."""
    return find_user(session, IMPORT_LOGIN) or add_user(
        session, login=IMPORT_LOGIN, name="批量导入", role=Role.PRODUCT_MANAGER, unit="hq"
    )


def user_by_id(session: Session, user_id: int) -> User | None:
    """A person with unit and industries loaded, or ``None``."""
    return session.scalar(
        sa.select(User)
        .where(User.id == user_id)
        .options(joinedload(User.unit), selectinload(User.industries))
    )


def keep_language(session: Session, user_id: int, code: str) -> None:
    """Remember the language in which a person wants to be spoken to, on pages and in mails."""
    session.execute(sa.update(User).where(User.id == user_id).values(language=code))


def add_user(
    session: Session,
    *,
    login: str,
    name: str,
    role: Role,
    unit: str,
    industries: tuple[str, ...] = (),
    password: str = "",
    is_demo: bool = False,
) -> User:
    """Add a person; without a password the person can author but not sign in.

    ``unit`` is a unit's code, ``industries`` are industry codes. Raises :class:`AccountError` for a
    login that is taken or holds white space, a missing name, an unknown unit or industry, or a
    password of fewer than 10 characters.
    """
    _check(session, login, name, password)
    home = _unit(session, unit)
    terms = _industries(session, industries)
    user = User(
        login=login,
        name=name,
        role=role,
        unit=home,
        industries=terms,
        is_demo=is_demo,
        password_hash=_hasher().hash(password) if password else "",
        created_at=utcnow(),
    )
    session.add(user)
    session.flush()
    details = {"login": login, "role": role, "unit": unit, "industries": list(industries)}
    audit.record(session, Act.ACCOUNT_ADDED, Subject("user", user.id), details=details)
    return user


def _check(session: Session, login: str, name: str, password: str) -> None:
    if not _LOGIN.match(login):
        raise AccountError(f"登录名应为 1 到 {LONGEST_NAME} 个字符，不含空格")
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise AccountError(f"姓名应为 1 到 {LONGEST_NAME} 个字符")
    if password and len(password) < MINIMUM_PASSWORD:
        raise AccountError(f"密码至少需要 {MINIMUM_PASSWORD} 个字符")
    if find_user(session, login) is not None:
        raise AccountError(f"登录名 {login} 已被使用")


def _unit(session: Session, code: str) -> Unit:
    units = {unit.code: unit for unit in session.scalars(sa.select(Unit).order_by(Unit.id))}
    if code not in units:
        raise AccountError(f"没有代码为 {code} 的单位。可用的代码：{'、'.join(units)}")
    return units[code]


def _industries(session: Session, codes: tuple[str, ...]) -> list[TaxonomyTerm]:
    rows = session.scalars(
        sa.select(TaxonomyTerm)
        .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.position)
    )
    terms = {term.code: term for term in rows}
    unknown = sorted(set(codes) - set(terms))
    if unknown:
        raise AccountError(f"未知的行业代码：{'、'.join(unknown)}。可用的代码：{'、'.join(terms)}")
    return [term for code, term in terms.items() if code in codes]
