"""What administrators do with accounts: find, change, deactivate, invite, reset."""

import datetime as dt
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.accounts import links, second_factor, sessions
from portal.accounts.errors import AccountError
from portal.accounts.events import Act, note
from portal.accounts.mail_addresses import set_address
from portal.accounts.service import check_name, find_user, industries_by_code, unit_by_code
from portal.models import Identity, Role, SecondFactor, Unit, User
from portal.permissions import Permission, demand

ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True, slots=True)
class Facts:
    """What administrators settle for a person. ``unit`` and ``industries`` are codes."""

    name: str
    role: Role
    unit: str
    industries: tuple[str, ...]
    email: str

    @classmethod
    def of(cls, user: User) -> Self:
        """The facts of a person with unit and industries."""
        return cls(
            name=user.name,
            role=Role(user.role),
            unit=user.unit.code,
            industries=tuple(term.code for term in user.industries),
            email=user.email or "",
        )


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as administrators see them. Times are aware.

    ``providers`` are the addresses at which the person signs in elsewhere.
    """

    id: int
    login: str
    facts: Facts
    unit_zh: str
    unit_en: str
    created_at: dt.datetime
    signed_in_at: dt.datetime | None
    deactivated_at: dt.datetime | None
    has_password: bool
    has_second_factor: bool
    providers: tuple[str, ...]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people to list; an empty field does not narrow. ``state`` is active or inactive."""

    text: str = ""
    role: str = ""
    unit: str = ""
    state: str = ""


def find_people(
    session: Session, wanted: PeopleFilter, offset: int = 0, limit: int | None = None
) -> tuple[tuple[PersonView, ...], int]:
    """People by name, and how many there are in all."""
    demand(Permission.ADMINISTER)
    query = _narrowed(wanted)
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.options(joinedload(User.unit), selectinload(User.industries))
        .order_by(User.deactivated_at.is_not(None), User.login)
        .offset(offset)
        .limit(limit)
    ).all()
    return _views(session, list(rows)), total


def person_view(session: Session, user_id: int) -> PersonView | None:
    """One person, or ``None``."""
    demand(Permission.ADMINISTER)
    query = sa.select(User).where(User.id == user_id)
    rows = session.scalars(query.options(joinedload(User.unit), selectinload(User.industries)))
    return next(iter(_views(session, list(rows))), None)


def units(session: Session) -> tuple[tuple[str, str, str], ...]:
    """Code, Chinese and English name of every unit."""
    rows = session.scalars(sa.select(Unit).order_by(Unit.id))
    return tuple((row.code, row.zh, row.en) for row in rows)


def change_person(session: Session, user_id: int, wanted: Facts, actor_id: int | None) -> User:
    """Give a person other facts. Raises :class:`AccountError`; nobody changes their own role.

    ``actor_id`` is the administrator, ``None`` on the command line.
    """
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    if user.id == actor_id and wanted.role != user.role:
        raise AccountError("oneself")
    change_facts(session, user, wanted)
    set_address(session, user.login, wanted.email)
    return user


def change_facts(session: Session, user: User, wanted: Facts, provider: str = "") -> None:
    """Change name, role, unit and industries where they differ, and write down what did.

    ``provider`` is who says so where no administrator does.
    """
    before = Facts.of(user)
    if before.role == Role.ADMINISTRATOR and wanted.role != Role.ADMINISTRATOR:
        _keep_an_administrator(session, user)
    check_name(wanted.name)
    home = unit_by_code(session, wanted.unit)
    terms = industries_by_code(session, wanted.industries)
    user.name, user.role, user.unit, user.industries = wanted.name.strip(), wanted.role, home, terms
    changed = {
        field: [getattr(before, field), getattr(wanted, field)]
        for field in ("name", "role", "unit", "industries")
        if getattr(before, field) != getattr(wanted, field)
    }
    if changed:
        note(session, Act.ACCOUNT_CHANGED, user, **changed, **_source(provider))


def deactivate(session: Session, user_id: int, actor_id: int | None, now: dt.datetime) -> User:
    """Shut somebody out: sessions and links end at once. What they wrote stays.

    Raises :class:`AccountError` for oneself and for the last administrator.
    """
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    if user.id == actor_id:
        raise AccountError("oneself")
    _keep_an_administrator(session, user)
    if user.deactivated_at is None:
        user.deactivated_at = now
        ended = sessions.end_sessions(session, user.id)
        links.end_links(session, user.id)
        note(session, Act.ACCOUNT_DEACTIVATED, user, sessions=ended)
    return user


def reactivate(session: Session, user_id: int) -> User:
    """Let somebody in again, with the password they had."""
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    if user.deactivated_at is not None:
        user.deactivated_at = None
        note(session, Act.ACCOUNT_REACTIVATED, user)
    return user


def end_all_sessions(session: Session, user_id: int) -> int:
    """End every session of somebody; return how many."""
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    count = sessions.end_sessions(session, user.id)
    note(session, Act.SESSION_REVOKED, user, sessions=count)
    return count


def reset_second_factor(session: Session, user_id: int) -> bool:
    """Take away the second factor of somebody who has lost it; return whether there was one."""
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    was_on = second_factor.turn_off(session, user.id)
    if was_on:
        note(session, Act.SECOND_FACTOR_OFF, user)
    return was_on


def invite(
    session: Session, secret_key: str, user_id: int, now: dt.datetime
) -> tuple[User, int, str]:
    """A link with which somebody sets a password; return the person, its number and its secret.

    A password that the person has stays good until then.
    """
    demand(Permission.ADMINISTER)
    user = _locked(session, user_id)
    if user.deactivated_at is not None:
        raise AccountError("deactivated", login=user.login)
    link = links.make_link(session, secret_key, user.id, links.INVITATION_LASTS, now)
    note(session, Act.PASSWORD_RESET_ASKED, user, by="administrator")
    return user, link.id, links.token_of(secret_key, link.salt)


def _locked(session: Session, user_id: int) -> User:
    user = session.scalar(
        sa.select(User)
        .where(User.id == user_id)
        .options(joinedload(User.unit), selectinload(User.industries))
        .with_for_update(of=User)
    )
    if user is None:
        raise AccountError("unknown-login", login=user_id)
    return user


def _keep_an_administrator(session: Session, user: User) -> None:
    if user.role != Role.ADMINISTRATOR or user.deactivated_at is not None:
        return
    others = sa.select(User.id).where(
        User.role == Role.ADMINISTRATOR, User.deactivated_at.is_(None), User.id != user.id
    )
    if not session.scalars(others.with_for_update()).all():
        raise AccountError("last-administrator")


def _narrowed(wanted: PeopleFilter) -> sa.Select[User]:
    query = sa.select(User)
    if wanted.text:
        query = query.where(
            sa.or_(
                *(
                    column.icontains(wanted.text, autoescape=True)
                    for column in (User.login, User.name, User.email)
                )
            )
        )
    if wanted.role:
        query = query.where(User.role == wanted.role)
    if wanted.unit:
        query = query.where(User.unit.has(Unit.code == wanted.unit))
    if wanted.state == ACTIVE:
        query = query.where(User.deactivated_at.is_(None))
    elif wanted.state == INACTIVE:
        query = query.where(User.deactivated_at.is_not(None))
    return query


def _views(session: Session, users: list[User]) -> tuple[PersonView, ...]:
    ids = [user.id for user in users]
    confirmed = set(
        session.scalars(
            sa.select(SecondFactor.user_id).where(
                SecondFactor.user_id.in_(ids), SecondFactor.confirmed_at.is_not(None)
            )
        )
    )
    providers: dict[int, list[str]] = {}
    for row in session.scalars(sa.select(Identity).where(Identity.user_id.in_(ids))):
        providers.setdefault(row.user_id, []).append(row.provider)
    return tuple(
        PersonView(
            id=user.id,
            login=user.login,
            facts=Facts.of(user),
            unit_zh=user.unit.zh,
            unit_en=user.unit.en,
            created_at=user.created_at,
            signed_in_at=user.signed_in_at,
            deactivated_at=user.deactivated_at,
            has_password=bool(user.password_hash),
            has_second_factor=user.id in confirmed,
            providers=tuple(sorted(providers.get(user.id, ()))),
            is_demo=user.is_demo,
        )
        for user in users
    )


def _source(provider: str) -> dict[str, str]:
    return {"provider": provider} if provider else {}


def person_id(session: Session, login: str) -> int:
    """The number of the person with a login; :class:`AccountError` if there is none."""
    user = find_user(session, login)
    if user is None:
        raise AccountError("unknown-login", login=login)
    return user.id
