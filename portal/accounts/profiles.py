"""People as another provider describes them, and the accounts here that belong to them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from config_values import Pairs
from portal.accounts.errors import AccountError, NotLetIn
from portal.accounts.mail_addresses import set_address
from portal.accounts.people import Facts, change_facts
from portal.accounts.service import LONGEST_NAME, add_user, find_user, user_by_id
from portal.models import Identity, Role, TaxonomyTerm, Unit, User

Values = Mapping[str, tuple[str, ...]]
"""What a provider says of a person: values by the name of a claim or an attribute."""
LOGIN, NAME, MAIL, ROLE, UNIT, INDUSTRIES = "login", "name", "mail", "role", "unit", "industries"
FIELDS = (LOGIN, NAME, MAIL, ROLE, UNIT, INDUSTRIES)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a provider says of a person, in the portal's words.

    ``provider`` and ``subject`` name the person there for good. ``role``, ``unit`` and
    ``industries`` are ``None`` where the provider says nothing that the settings map.
    """

    provider: str
    subject: str
    login: str
    name: str
    mail: str = ""
    role: Role | None = None
    unit: str | None = None
    industries: tuple[str, ...] | None = None


def profile_of(
    settings: Settings, provider: str, subject: str, names: Pairs, values: Values
) -> Profile:
    """The profile that claims or attributes make; ``names`` says which is which.

    Raises :class:`NotLetIn` where they hold no login.
    """
    found = {field: values.get(name, ()) for field, name in names if field in FIELDS}

    def first(field: str) -> str:
        return next((value.strip() for value in found.get(field, ()) if value.strip()), "")

    login = first(LOGIN)
    if not login:
        raise NotLetIn("no-login")
    roles = _mapped(settings.sso_roles, found.get(ROLE, ()))
    units = _mapped(settings.sso_units, found.get(UNIT, ()))
    industries = _mapped(settings.sso_industries, found.get(INDUSTRIES, ()))
    return Profile(
        provider=provider,
        subject=subject,
        login=login,
        name=first(NAME)[:LONGEST_NAME] or login,
        mail=first(MAIL),
        role=next((Role(role) for role in roles if role in set(Role)), None),
        unit=units[0] if units else None,
        industries=industries or None,
    )


def person_of(session: Session, settings: Settings, profile: Profile, now: dt.datetime) -> User:
    """The account of a person whom a provider has vouched for, brought up to date.

    An account is made where the settings say so. Raises :class:`NotLetIn` where there is none,
    where it is deactivated, and where the login belongs to somebody with a password of their own:
    whoever can choose a login elsewhere must not get another's account by that.
    """
    user = _linked(session, profile) or _adopted(session, profile, now)
    if user is None:
        return _made(session, settings, profile, now)
    if user.deactivated_at is not None:
        raise NotLetIn("deactivated")
    _bring_up_to_date(session, user, profile)
    return user


def _linked(session: Session, profile: Profile) -> User | None:
    row = session.get(Identity, (profile.provider, profile.subject))
    return user_by_id(session, row.user_id) if row is not None else None


def _adopted(session: Session, profile: Profile, now: dt.datetime) -> User | None:
    """An account that was made for this login beforehand and that nobody has a password for."""
    user = find_user(session, profile.login)
    if user is None:
        return None
    taken = sa.select(Identity.subject).where(
        Identity.user_id == user.id, Identity.provider == profile.provider
    )
    if user.password_hash or session.scalar(taken) is not None:
        raise NotLetIn("login-taken")
    _link(session, user, profile, now)
    return user


def _made(session: Session, settings: Settings, profile: Profile, now: dt.datetime) -> User:
    if not settings.sso_create:
        raise NotLetIn("no-account")
    try:
        user = add_user(
            session,
            login=profile.login,
            name=profile.name,
            role=profile.role or Role(settings.sso_role),
            unit=_known_unit(session, profile.unit) or settings.sso_unit,
            industries=_known_industries(session, profile.industries or ()),
        )
    except AccountError as error:
        raise NotLetIn("profile") from error
    _set_mail(session, user, profile.mail)
    _link(session, user, profile, now)
    return user


def _bring_up_to_date(session: Session, user: User, profile: Profile) -> None:
    present = Facts.of(user)
    unit = _known_unit(session, profile.unit)
    industries = profile.industries and _known_industries(session, profile.industries)
    wanted = Facts(
        name=profile.name,
        role=profile.role or present.role,
        unit=unit or present.unit,
        industries=industries or present.industries,
        email=present.email,
    )
    try:
        change_facts(session, user, wanted, provider=profile.provider)
    except AccountError:
        # The last administrator stays one, whatever the provider says.
        return
    _set_mail(session, user, profile.mail)


def _set_mail(session: Session, user: User, address: str) -> None:
    # An address that is none, or another's, keeps nobody from working.
    if address and address.lower() != user.email:
        try:
            set_address(session, user.login, address)
        except AccountError:
            return


def _link(session: Session, user: User, profile: Profile, now: dt.datetime) -> None:
    session.add(
        Identity(provider=profile.provider, subject=profile.subject, user_id=user.id, linked_at=now)
    )


def _mapped(pairs: Pairs, values: Iterable[str]) -> tuple[str, ...]:
    """The codes that values stand for, in the order of the setting; without one, the values."""
    given = [value.strip() for value in values if value.strip()]
    if not pairs:
        return tuple(given)
    folded = {value.casefold() for value in given}
    return tuple(dict.fromkeys(code for value, code in pairs if value.casefold() in folded))


def _known_unit(session: Session, code: str | None) -> str | None:
    return session.scalar(sa.select(Unit.code).where(Unit.code == code)) if code else None


def _known_industries(session: Session, codes: Iterable[str]) -> tuple[str, ...]:
    known = sa.select(TaxonomyTerm.code).where(
        TaxonomyTerm.facet == "industry", TaxonomyTerm.retired_at.is_(None)
    )
    return tuple(code for code in session.scalars(known) if code in set(codes))
