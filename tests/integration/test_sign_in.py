"""Signing in against a real database: sessions, waits, devices, links; time is an argument."""

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import argon2
import pytest

from portal.accounts import (
    AccountError,
    SignedIn,
    SignInRefused,
    TooManyAttempts,
    add_user,
    links,
    people,
    sessions,
    sign_in,
)
from portal.accounts.credentials import change_password, set_by_link
from portal.accounts.sessions import Life, Visit
from portal.models import Role, Throttle, User, UserSession
from portal.services import Services

NOON = dt.datetime(2026, 11, 28, 4, 0, tzinfo=dt.UTC)
OLD, NEW = "岭海-通信-2026-秋", "台灯 三月 绿皮火车 江边"
DESK = Visit("192.0.2.10", "Mozilla/5.0 Edg/142.0", known_device="desk")
ELSEWHERE = Visit("198.51.100.7")
KEY = "a key of tests that is long enough to be one"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def person(services: Services) -> int:
    with services.db.write() as session:
        return add_user(
            session,
            login="heping",
            name="何平",
            role=Role.ACCOUNT_MANAGER,
            unit="nanyu",
            password=OLD,
        ).id


def enter(
    services: Services,
    visit: Visit = DESK,
    password: str = OLD,
    now: dt.datetime = NOON,
    login: str = "heping",
) -> str:
    done = sign_in(services.db, services.settings, login, password, visit, now)
    assert isinstance(done, SignedIn)
    return done.token


def lives(services: Services, token: str, now: dt.datetime = NOON) -> bool:
    life = Life.of(services.settings)
    with services.db.read() as session:
        return sessions.session_of(session, token, life, now) is not None


def guess(services: Services, times: int, visit: Visit = ELSEWHERE, login: str = "heping") -> None:
    for number in range(times):
        with pytest.raises((SignInRefused, TooManyAttempts)):
            enter(services, visit, f"guess number {number}", login=login)


def test_a_session_is_a_row_that_holds_no_token(services: Services, person: int) -> None:
    token = enter(services)
    assert lives(services, token)
    with services.db.read() as session:
        row = session.query(UserSession).one()
        assert (row.user_id, row.address, row.device) == (person, DESK.address, DESK.device)
        assert token not in row.token_hash
        assert session.get_one(User, person).signed_in_at == NOON


def test_a_session_ends_unused_and_ends_at_last(services: Services, person: int) -> None:
    life = Life.of(services.settings)
    assert life == Life(2 * HOUR, 12 * HOUR)
    token, now = enter(services), NOON
    assert not lives(services, token, NOON + life.idle)
    while now + HOUR < NOON + life.longest:
        now += HOUR
        assert lives(services, token, now)
        with services.db.write() as session:
            row = session.query(UserSession).one()
            sessions.touch(session, row.id, now)
    assert not lives(services, token, NOON + life.longest)


def test_signing_in_clears_away_what_is_over(services: Services, person: int) -> None:
    enter(services)
    enter(services, now=NOON + 13 * HOUR)
    with services.db.read() as session:
        assert session.query(UserSession).count() == 1


def test_a_hash_of_older_parameters_is_renewed_by_signing_in(
    services: Services, person: int
) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192).hash(OLD)
    with services.db.write() as session:
        session.get_one(User, person).password_hash = weak
    enter(services)
    with services.db.read() as session:
        renewed = session.get_one(User, person).password_hash
    assert renewed != weak
    enter(services)
    with services.db.read() as session:
        assert session.get_one(User, person).password_hash == renewed


def test_guesses_from_elsewhere_close_the_account_there_and_not_at_the_desk(
    services: Services, person: int
) -> None:
    guess(services, 12)
    with pytest.raises(TooManyAttempts) as refused:
        enter(services, ELSEWHERE)
    assert NOON < refused.value.until <= NOON + dt.timedelta(minutes=15)
    assert lives(services, enter(services, DESK))
    # The right password from the desk takes nothing off the stranger's wait.
    with pytest.raises(TooManyAttempts):
        enter(services, ELSEWHERE)
    assert enter(services, ELSEWHERE, now=refused.value.until)


def test_an_address_that_tries_many_accounts_has_to_wait(services: Services, person: int) -> None:
    for number in range(35):
        guess(services, 1, login=f"nobody{number}")
    with pytest.raises(TooManyAttempts):
        enter(services, ELSEWHERE)
    assert enter(services, Visit("198.51.100.8"))
    assert enter(services, dataclasses.replace(DESK, address=ELSEWHERE.address))


def test_one_subscribers_many_ipv6_addresses_are_one(services: Services, person: int) -> None:
    for number in range(35):
        guess(services, 1, Visit(f"2001:db8:1:2::{number:x}"), login=f"nobody{number}")
    with pytest.raises(TooManyAttempts):
        enter(services, Visit("2001:db8:1:2:ffff::1"))
    assert enter(services, Visit("2001:db8:1:3::1"))


def test_guesses_that_come_at_once_are_all_counted(services: Services, person: int) -> None:
    def one(number: int) -> type[Exception]:
        with pytest.raises((SignInRefused, TooManyAttempts)) as caught:
            enter(services, ELSEWHERE, f"guess number {number}")
        return caught.type

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(one, range(16)))
    assert outcomes.count(SignInRefused) == 6
    assert outcomes.count(TooManyAttempts) == 10


def test_waits_outlive_a_restart(services: Services, person: int) -> None:
    guess(services, 8)
    services.db.dispose()
    with services.db.read() as session:
        assert max(row.failures for row in session.query(Throttle)) == 6
    with pytest.raises(TooManyAttempts):
        enter(services, ELSEWHERE)


def test_changing_the_password_ends_the_other_sessions(services: Services, person: int) -> None:
    here, there = enter(services), enter(services, ELSEWHERE)
    ended = change_password(services.db, services.settings, person, OLD, NEW, here, NOON)
    assert ended == 1
    assert (lives(services, here), lives(services, there)) == (True, False)
    with pytest.raises(SignInRefused):
        enter(services)
    assert enter(services, password=NEW)


def test_a_session_left_open_is_no_way_to_guess_the_password(
    services: Services, person: int
) -> None:
    token = enter(services)
    for number in range(6):
        with pytest.raises(AccountError):
            change_password(
                services.db, services.settings, person, f"guess {number}", NEW, token, NOON
            )
    with pytest.raises(TooManyAttempts):
        change_password(services.db, services.settings, person, OLD, NEW, token, NOON)


def link_of(services: Services, person: int, now: dt.datetime = NOON) -> str:
    with services.db.write() as session:
        link = links.make_link(session, KEY, person, links.RESET_LASTS, now)
        assert links.token_of(KEY, link.salt) not in (link.salt, link.token_hash)
        return links.token_of(KEY, link.salt)


def test_a_link_sets_the_password_once_and_ends_all_sessions(
    services: Services, person: int
) -> None:
    session_token, token = enter(services), link_of(services, person)
    set_by_link(services.db, token, NEW, NOON)
    assert not lives(services, session_token)
    assert enter(services, password=NEW)
    with pytest.raises(AccountError, match="已经用过"):
        set_by_link(services.db, token, OLD, NOON)


def test_a_link_expires_and_a_later_one_replaces_it(services: Services, person: int) -> None:
    first, second = link_of(services, person), link_of(services, person)
    for token, now in ((first, NOON), (second, NOON + links.RESET_LASTS), ("made up", NOON)):
        with pytest.raises(AccountError, match="链接"):
            set_by_link(services.db, token, NEW, now)
    set_by_link(services.db, second, NEW, NOON + links.RESET_LASTS - dt.timedelta(seconds=1))


def test_a_refused_password_leaves_the_link_as_it_was(services: Services, person: int) -> None:
    token = link_of(services, person)
    with pytest.raises(AccountError, match="至少"):
        set_by_link(services.db, token, "太短", NOON)
    assert set_by_link(services.db, token, NEW, NOON).login == "heping"


def test_deactivating_ends_sessions_and_links_at_once(services: Services, person: int) -> None:
    session_token, token = enter(services), link_of(services, person)
    with services.db.write() as session:
        people.deactivate(session, person, None, NOON)
    assert not lives(services, session_token)
    with pytest.raises(SignInRefused):
        enter(services)
    with pytest.raises(AccountError):
        set_by_link(services.db, token, NEW, NOON)
    with services.db.write() as session:
        people.reactivate(session, person)
    assert enter(services)
