"""Many at the door at one moment: guesses are counted, and what is good once is good for one."""

import datetime as dt

import pyotp

from portal.accounts import add_user, links, second_factor, throttle
from portal.accounts.credentials import set_by_link
from portal.accounts.errors import AccountError, TooManyAttempts
from portal.accounts.people import deactivate
from portal.db import utcnow
from portal.models import Role, User
from portal.services import Services
from tests.conftest import Library
from tests.integration.races.racing import RUNNERS, race

KEY = "a key that is used in tests only, never outside"
PASSWORD = "岭海-通信-2026-秋"


def test_guesses_at_once_are_counted_like_guesses_in_turn(services: Services) -> None:
    one = throttle.key(throttle.ACCOUNT, "account", "linruoxi")

    def guess(own: Services, _number: int) -> bool:
        try:
            with own.db.write() as session:
                throttle.attempt(session, [one], utcnow())
        except TooManyAttempts:
            return False
        return True

    assert sum(race(services, guess)) == throttle.ACCOUNT.free + 1


def test_a_code_opens_one_session(library: Library) -> None:
    services, person, now = library.services, library.person("linruoxi"), utcnow()
    with services.db.write() as session:
        setup = second_factor.begin(session, KEY, session.get_one(User, person))
        code = pyotp.TOTP(setup.secret).at(now - dt.timedelta(seconds=second_factor.STEP_SECONDS))
        recovery = second_factor.confirm(session, KEY, person, code, now)[0]
    code = pyotp.TOTP(setup.secret).at(now)

    def enter(own: Services, number: int) -> bool:
        with own.db.write() as session:
            return second_factor.accept(session, KEY, person, (code, recovery)[number % 2], now)

    # One with the code of the app, and one with the recovery code.
    assert sum(race(services, enter)) == 2


def test_a_link_sets_one_password(library: Library) -> None:
    services, person = library.services, library.person("linruoxi")
    with services.db.write() as session:
        link = links.make_link(session, KEY, person, links.RESET_LASTS, utcnow())
        token = links.token_of(KEY, link.salt)

    def reset(own: Services, number: int) -> str:
        try:
            set_by_link(own.db, token, f"{PASSWORD}-{number}", utcnow())
        except AccountError as error:
            return error.code
        return "set"

    assert sorted(race(services, reset)) == ["link-gone"] * (RUNNERS - 1) + ["set"]


def test_administrators_who_shut_each_other_out_leave_one(services: Services) -> None:
    with services.db.write() as session:
        people = [
            add_user(session, login=f"guanli{n}", name="管理员", role=Role.ADMINISTRATOR, unit="hq")
            for n in range(RUNNERS)
        ]
        ids = [person.id for person in people]

    def shut_out(own: Services, number: int) -> str:
        try:
            with own.db.write() as session:
                deactivate(session, ids[number], None, utcnow())
        except AccountError as error:
            return error.code
        return "gone"

    assert sorted(race(services, shut_out)) == ["gone"] * (RUNNERS - 1) + ["last-administrator"]
