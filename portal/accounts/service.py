"""Adding people, and finding the person behind a login."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal import audit
from portal.accounts.errors import AccountError
from portal.accounts.passwords import check_password, hash_password
from portal.audit import Act, Subject
from portal.db import utcnow
from portal.models import Role, TaxonomyTerm, Unit, User

IMPORT_LOGIN = "import"
LONGEST_NAME = 64
_LOGIN = re.compile(rf"\S{{1,{LONGEST_NAME}}}\Z")


def find_user(session: Session, login: str) -> User | None:
    """The person with a login, or ``None``."""
    if "\0" in login:
        return None  # PostgreSQL refuses the question
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
    """Add a person; without a password the person can author but not sign in by one.

    ``unit`` is a unit's code, ``industries`` are industry codes. Raises :class:`AccountError` for a
    login that is taken or holds white space, a missing name, an unknown unit or industry, or a
    password that is too short or too easily guessed.
    """
    check_login(session, login)
    check_name(name)
    if password:
        check_password(password, (login, name))
    user = User(
        login=login,
        name=name.strip(),
        role=role,
        unit=unit_by_code(session, unit),
        industries=industries_by_code(session, industries),
        is_demo=is_demo,
        password_hash=hash_password(password) if password else "",
        created_at=utcnow(),
    )
    session.add(user)
    session.flush()
    details = {"login": login, "role": role, "unit": unit, "industries": list(industries)}
    audit.record(session, Act.ACCOUNT_ADDED, Subject("user", user.id), details=details)
    return user


def check_login(session: Session, login: str) -> None:
    """Raise :class:`AccountError` for a login that cannot be typed or is taken."""
    if not _LOGIN.match(login):
        raise AccountError("login-form", longest=LONGEST_NAME)
    if find_user(session, login) is not None:
        raise AccountError("login-taken", login=login)


def check_name(name: str) -> None:
    """Raise :class:`AccountError` for a name that is missing or too long."""
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise AccountError("name-form", longest=LONGEST_NAME)


def unit_by_code(session: Session, code: str) -> Unit:
    """The unit of a code; :class:`AccountError` names the codes there are."""
    found = {unit.code: unit for unit in session.scalars(sa.select(Unit).order_by(Unit.id))}
    if code not in found:
        raise AccountError("unknown-unit", unit=code, units="、".join(found))
    return found[code]


def industries_by_code(session: Session, codes: tuple[str, ...]) -> list[TaxonomyTerm]:
    """The industries of the codes in their order; :class:`AccountError` names what is unknown."""
    rows = session.scalars(
        sa.select(TaxonomyTerm)
        .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.position)
    )
    terms = {term.code: term for term in rows}
    unknown = "、".join(sorted(set(codes) - set(terms)))
    if unknown:
        raise AccountError("unknown-industry", industries=unknown, known="、".join(terms))
    return [term for code, term in terms.items() if code in codes]
