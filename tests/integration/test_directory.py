"""Signing in with the company's directory: a real slapd on loopback."""

import dataclasses
import socket
from collections.abc import Iterator

import pytest

from config import Settings
from portal.accounts import (
    DirectoryUnavailable,
    NotLetIn,
    SignedIn,
    SignInRefused,
    add_user,
    people,
    sign_in,
    user_by_id,
)
from portal.accounts.people import Facts
from portal.accounts.sessions import Visit
from portal.db import utcnow
from portal.models import Role
from portal.services import Services
from tests.integration.directory_office import (
    PASSWORD,
    READER,
    READER_PASSWORD,
    SUFFIX,
    directory_office,
)

OWN = "岭海-通信-2026-秋"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with directory_office(tmp_path_factory.mktemp("directory"), free_port()) as address:
        yield address


@pytest.fixture
def company(services: Services, directory: str) -> Services:
    """A portal that asks the directory."""
    settings = dataclasses.replace(
        services.settings,
        ldap_url=directory,
        ldap_starttls=False,
        ldap_bind_dn=READER,
        ldap_bind_password=READER_PASSWORD,
        ldap_base=f"ou=people,{SUFFIX}",
        ldap_attributes=(
            ("login", "uid"),
            ("name", "cn"),
            ("mail", "mail"),
            ("unit", "departmentNumber"),
            ("role", "employeeType"),
        ),
        sso_units=(("云澜分公司", "yunlan"), ("省公司", "hq")),
        sso_roles=(("知识门户-产品", "product-manager"),),
    )
    return dataclasses.replace(services, settings=settings)


def enter(
    services: Services, login: str, password: str = PASSWORD, settings: Settings | None = None
) -> Facts:
    """Sign in and return what the portal then holds of the person."""
    done = sign_in(
        services.db,
        settings or services.settings,
        login,
        password,
        Visit("192.0.2.1"),
        utcnow(),
    )
    assert isinstance(done, SignedIn)
    with services.db.read() as session:
        user = user_by_id(session, done.user_id)
    assert user is not None
    return Facts.of(user)


def test_it_works(company: Services) -> None:
    assert enter(company, "qianwen") == Facts(
        name="钱文",
        role=Role.PRODUCT_MANAGER,
        unit="yunlan",
        industries=(),
        email="qianwen@lh.example.cn",
    )
    assert enter(company, "sunli").role == Role.ACCOUNT_MANAGER
    assert enter(company, "qianwen").unit == "yunlan"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("qianwen", "别的密码"),
        ("qianwen", ""),
        ("nobody", PASSWORD),
        ("*", PASSWORD),
        ("qian*", PASSWORD),
        ("qianwen)(uid=*", PASSWORD),
        ("", PASSWORD),
        ("qianwen\x00", PASSWORD),
    ],
)
def test_nobody_else_gets_in(company: Services, login: str, password: str) -> None:
    with pytest.raises(SignInRefused):
        enter(company, login, password)


def test_what_administrators_change_is_brought_up_to_date_by_what_is_mapped(
    company: Services,
) -> None:
    facts = enter(company, "qianwen")
    with company.db.write() as session:
        number = people.person_id(session, "qianwen")
        changed = dataclasses.replace(facts, unit="hq", industries=("education",))
        people.change_person(session, number, changed, None)
    again = enter(company, "qianwen")
    assert (again.unit, again.industries) == ("yunlan", ("education",))


def test_an_account_made_beforehand_is_taken_up(company: Services) -> None:
    with company.db.write() as session:
        user = add_user(session, login="sunli", name="孙莉", role=Role.BUSINESS_MANAGER, unit="hq")
        before = user.id
    assert enter(company, "sunli").role == Role.BUSINESS_MANAGER
    with company.db.read() as session:
        assert people.person_id(session, "sunli") == before


def test_an_account_with_a_password_of_its_own_is_not(company: Services) -> None:
    with company.db.write() as session:
        add_user(
            session,
            login="sunli",
            name="另一位孙莉",
            role=Role.ADMINISTRATOR,
            unit="hq",
            password=OWN,
        )
    with pytest.raises(NotLetIn, match="login-taken"):
        enter(company, "sunli")
    assert enter(company, "sunli", OWN).name == "另一位孙莉"


def test_who_is_deactivated_here_stays_out(company: Services) -> None:
    enter(company, "sunli")
    with company.db.write() as session:
        people.deactivate(session, people.person_id(session, "sunli"), None, utcnow())
    with pytest.raises(NotLetIn, match="deactivated"):
        enter(company, "sunli")


def test_without_making_accounts_only_known_people_come_in(company: Services) -> None:
    settings = dataclasses.replace(company.settings, sso_create=False)
    with pytest.raises(NotLetIn, match="no-account"):
        enter(company, "qianwen", settings=settings)


def test_administrators_get_in_while_the_directory_is_away(company: Services) -> None:
    with company.db.write() as session:
        add_user(
            session,
            login="guanliyuan",
            name="管理员",
            role=Role.ADMINISTRATOR,
            unit="hq",
            password=OWN,
        )
    settings = dataclasses.replace(
        company.settings,
        ldap_url=f"ldap://127.0.0.1:{free_port()}",
        password_login="administrators",
    )
    assert enter(company, "guanliyuan", OWN, settings).role == Role.ADMINISTRATOR
    with pytest.raises(DirectoryUnavailable):
        enter(company, "qianwen", settings=settings)


def test_a_portal_that_may_not_search_says_so(company: Services) -> None:
    settings = dataclasses.replace(company.settings, ldap_bind_password="旧的密码")
    with pytest.raises(DirectoryUnavailable, match="bind"):
        enter(company, "qianwen", settings=settings)
