"""Codes of an app and recovery codes; the clock is an argument."""

import datetime as dt

import pyotp
import pytest

from portal.accounts import add_user, second_factor
from portal.accounts.errors import AccountError
from portal.models import Role, SecondFactor, User
from portal.services import Services

KEY = "a key of tests that is long enough to be one"
NOON = dt.datetime(2026, 11, 28, 4, 0, tzinfo=dt.UTC)
STEP = dt.timedelta(seconds=second_factor.STEP_SECONDS)


@pytest.fixture
def person(services: Services) -> int:
    with services.db.write() as session:
        return add_user(
            session, login="zhoumin", name="周敏", role=Role.ACCOUNT_MANAGER, unit="yunlan"
        ).id


@pytest.fixture
def app(services: Services, person: int) -> pyotp.TOTP:
    """The authenticator of somebody who has turned the second factor on at noon."""
    with services.db.write() as session:
        setup = second_factor.begin(session, KEY, session.get_one(User, person))
        authenticator = pyotp.TOTP(setup.secret)
        second_factor.confirm(session, KEY, person, authenticator.at(NOON), NOON)
    return authenticator


def accepts(services: Services, person: int, code: str, now: dt.datetime, key: str = KEY) -> bool:
    with services.db.write() as session:
        return second_factor.accept(session, key, person, code, now)


def test_it_works(services: Services, person: int, app: pyotp.TOTP) -> None:
    later = NOON + 2 * STEP
    assert accepts(services, person, app.at(later), later)


def test_a_code_opens_once(services: Services, person: int, app: pyotp.TOTP) -> None:
    later = NOON + 2 * STEP
    assert accepts(services, person, app.at(later), later)
    assert not accepts(services, person, app.at(later), later)
    assert not accepts(services, person, app.at(NOON), NOON)


def test_an_earlier_code_is_used_up_with_a_later_one(
    services: Services, person: int, app: pyotp.TOTP
) -> None:
    later = NOON + 3 * STEP
    assert accepts(services, person, app.at(later), later)
    assert not accepts(services, person, app.at(later - STEP), later)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(
    services: Services, person: int, app: pyotp.TOTP, steps: int, is_right: bool
) -> None:
    later = NOON + 10 * STEP
    assert accepts(services, person, app.at(later + steps * STEP), later) == is_right


@pytest.mark.parametrize("code", ["", "000000x", "12345", "１２３４５６", "\x00", "零" * 60])
def test_anything_else_is_refused(
    services: Services, person: int, app: pyotp.TOTP, code: str
) -> None:
    assert not accepts(services, person, code, NOON + 10 * STEP)
    assert app.verify(app.at(NOON), for_time=NOON)


def test_a_recovery_code_opens_once_however_it_is_typed(
    services: Services, person: int, app: pyotp.TOTP
) -> None:
    with services.db.write() as session:
        first, second, *rest = second_factor.renew_recovery_codes(session, person)
    assert len(rest) == 8
    assert accepts(services, person, first.upper().replace("-", " "), NOON)
    assert not accepts(services, person, first, NOON)
    assert accepts(services, person, second, NOON)
    with services.db.read() as session:
        assert second_factor.standing_of(session, person).codes_left == 8
    assert app.secret


def test_nothing_is_asked_before_a_first_code_has_confirmed_it(
    services: Services, person: int
) -> None:
    with services.db.write() as session:
        setup = second_factor.begin(session, KEY, session.get_one(User, person))
        again = second_factor.begin(session, KEY, session.get_one(User, person))
        assert again == setup
        with pytest.raises(AccountError):
            second_factor.confirm(session, KEY, person, "000000", NOON)
        assert not second_factor.is_on(session, person)


def test_the_secret_does_not_stand_in_the_database(
    services: Services, person: int, app: pyotp.TOTP
) -> None:
    with services.db.read() as session:
        stored = session.get_one(SecondFactor, person).secret
    assert app.secret not in stored
    later = NOON + 4 * STEP
    assert not accepts(services, person, app.at(later), later, key="another key " * 3)
    assert accepts(services, person, app.at(later), later)


def test_turning_it_off_forgets_everything(
    services: Services, person: int, app: pyotp.TOTP
) -> None:
    with services.db.write() as session:
        assert second_factor.turn_off(session, person)
        assert not second_factor.turn_off(session, person)
        assert second_factor.standing_of(session, person) == second_factor.Standing(False, 0)
    later = NOON + 4 * STEP
    assert not accepts(services, person, app.at(later), later)
