"""People: who can be added, and who can sign in."""

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.accounts import (
    AccountError,
    SignedIn,
    SignInRefused,
    add_user,
    find_user,
    import_user,
    sign_in,
    user_by_id,
)
from portal.accounts.sessions import Visit
from portal.db import utcnow
from portal.models import Role, User
from portal.services import Services

PASSWORD = "岭海-通信-2026-秋"


@pytest.fixture
def linwei(services: Services) -> int:
    """林薇, industry manager for education and healthcare."""
    with services.db.write() as session:
        return add_user(
            session,
            login="linwei",
            name="林薇",
            role=Role.INDUSTRY_MANAGER,
            unit="hq",
            industries=("healthcare", "education"),
            password=PASSWORD,
        ).id


def refused(services: Services, **changed: object) -> str:
    """Why a person cannot be added; nothing is left behind."""
    given_values: dict[str, object] = {
        "login": "xujing",
        "name": "徐静",
        "role": Role.ACCOUNT_MANAGER,
        "unit": "donglu",
        "password": PASSWORD,
    }
    with pytest.raises(AccountError) as caught, services.db.write() as session:
        add_user(session, **(given_values | changed))  # type: ignore[arg-type]
    with services.db.read() as session:
        assert find_user(session, "xujing") is None
    return str(caught.value)


def enter(services: Services, login: str, password: str) -> int | None:
    """Who gets in with a login and a password."""
    try:
        done = sign_in(
            services.db, services.settings, login, password, Visit("192.0.2.1"), utcnow()
        )
    except SignInRefused:
        return None
    assert isinstance(done, SignedIn)
    return done.user_id


def test_it_works(services: Services, linwei: int) -> None:
    assert enter(services, "linwei", PASSWORD) == linwei


def test_a_person_belongs_to_a_unit_and_to_industries(services: Services, linwei: int) -> None:
    with services.db.read() as session:
        user = user_by_id(session, linwei)
    assert user is not None
    assert user.unit.zh == "省公司"
    assert [term.code for term in user.industries] == ["education", "healthcare"]


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("linwei", "岭海-通信-2026-秋-春"),
        ("linwei", ""),
        ("linwei", PASSWORD + "\x00"),
        ("LINWEI", PASSWORD),
        ("nobody", PASSWORD),
        ("", ""),
        ("linwei' --", PASSWORD),
    ],
)
def test_nobody_else_gets_in(services: Services, linwei: int, login: str, password: str) -> None:
    assert enter(services, login, password) is None
    assert enter(services, "linwei", PASSWORD) == linwei


@given(login=st.text(max_size=30), password=st.text(max_size=30))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_login_and_password_is_only_refused(
    services: Services, login: str, password: str
) -> None:
    assert enter(services, login, password) is None


def test_passwords_are_kept_as_argon2id_and_never_as_they_are(
    services: Services, linwei: int
) -> None:
    with services.db.read() as session:
        stored = session.scalar(sa.select(User.password_hash).where(User.id == linwei))
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored


def test_a_person_without_password_can_author_but_not_sign_in(services: Services) -> None:
    with services.db.write() as session:
        add_user(session, login="guidang", name="归档", role=Role.PRODUCT_MANAGER, unit="hq")
    with services.db.read() as session:
        assert find_user(session, "guidang") is not None
    assert enter(services, "guidang", "") is None
    assert enter(services, "guidang", "nobody has this password") is None


def test_what_comes_from_the_command_line_has_one_author(services: Services) -> None:
    with services.db.write() as session:
        first = import_user(session).id
    with services.db.write() as session:
        assert import_user(session).id == first


def test_a_taken_login_is_refused(services: Services, linwei: int) -> None:
    assert "linwei" in refused(services, login="linwei")
    with services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count(User.id))) == 1
        assert user_by_id(session, linwei) is not None


def test_a_short_password_is_refused(services: Services) -> None:
    assert "12" in refused(services, password="短密码123")


def test_an_unknown_unit_lists_the_units(services: Services) -> None:
    message = refused(services, unit="atlantis")
    assert "atlantis" in message
    assert "yunlan" in message


def test_an_unknown_industry_lists_the_industries(services: Services) -> None:
    message = refused(services, industries=("education", "fishing"))
    assert "fishing" in message
    assert "education" in message


@pytest.mark.parametrize("login", ["", "   ", "林 薇", "lin\nwei", "x" * 65])
def test_a_login_that_cannot_be_typed_is_refused(services: Services, login: str) -> None:
    assert "登录名" in refused(services, login=login)


@pytest.mark.parametrize("name", ["", "  ", "薇" * 65])
def test_a_person_needs_a_name_that_fits(services: Services, name: str) -> None:
    assert "姓名" in refused(services, name=name)
