"""How long the next attempt waits; the clock is an argument."""

import datetime as dt

import pytest

from portal.accounts.errors import TooManyAttempts
from portal.accounts.throttle import (
    ACCOUNT,
    ADDRESS,
    MAIL,
    Key,
    Rule,
    attempt,
    forgive,
    key,
    purge,
    take_back,
)
from portal.db import utcnow
from portal.models import Throttle
from portal.services import Services

NOON = dt.datetime(2026, 11, 28, 4, 0, tzinfo=dt.UTC)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
LINWEI = key(ACCOUNT, "account", "linwei")


def tried(services: Services, now: dt.datetime, *keys: Key) -> dt.datetime | None:
    """Try once; return until when it is refused, or nothing where it is let through."""
    try:
        with services.db.write() as session:
            attempt(session, keys or [LINWEI], now)
    except TooManyAttempts as refused:
        return refused.until
    return None


def fail(services: Services, times: int, *keys: Key) -> dt.datetime:
    """Fail so often, each time as soon as one is let; return when the last one was."""
    now = NOON
    for _ in range(times):
        while (until := tried(services, now, *keys)) is not None:
            now = until
    return now


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (5, 0), (6, 10), (7, 20), (8, 40), (11, 320), (12, 640), (13, 900), (10**6, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert ACCOUNT.wait(failures) == seconds * SECOND


@pytest.mark.parametrize("rule", [ACCOUNT, ADDRESS, MAIL])
def test_a_count_outlives_the_longest_wait(rule: Rule) -> None:
    assert rule.forget >= rule.longest


def test_a_day_allows_a_guesser_hardly_a_hundred_guesses_at_one_account(
    services: Services,
) -> None:
    guesses, now = 0, NOON
    while now < NOON + dt.timedelta(days=1):
        until = tried(services, now)
        guesses, now = (guesses + 1, now) if until is None else (guesses, until)
    assert 90 < guesses <= 110


def test_five_mistakes_cost_nothing_and_the_sixth_costs_ten_seconds(services: Services) -> None:
    now = fail(services, 6)
    assert now == NOON
    assert tried(services, NOON + 9 * SECOND) == NOON + 10 * SECOND
    assert tried(services, NOON + 10 * SECOND) is None


def test_knocking_at_a_closed_door_keeps_it_closed_no_longer(services: Services) -> None:
    fail(services, 6)
    for second in range(10):
        assert tried(services, NOON + second * SECOND) == NOON + 10 * SECOND
    assert tried(services, NOON + 10 * SECOND) is None


def test_what_is_refused_for_one_key_counts_for_none(services: Services) -> None:
    fail(services, 6)
    address = key(ADDRESS, "address", "192.0.2.1")
    for _ in range(40):
        assert tried(services, NOON, LINWEI, address) is not None
    assert tried(services, NOON, address) is None
    with services.db.read() as session:
        assert session.get_one(Throttle, address.name).failures == 1


def test_after_a_quiet_day_the_count_starts_anew(services: Services) -> None:
    last = fail(services, 12)
    later = last + ACCOUNT.forget + SECOND
    assert [tried(services, later) for _ in range(6)] == [None] * 6


def test_getting_in_forgets_the_account_and_takes_one_back_from_the_address(
    services: Services,
) -> None:
    address = key(ADDRESS, "address", "192.0.2.1")
    fail(services, 5, LINWEI, address)
    with services.db.write() as session:
        forgive(session, LINWEI)
        take_back(session, address, NOON)
    with services.db.read() as session:
        assert session.get(Throttle, LINWEI.name) is None
        assert session.get_one(Throttle, address.name).failures == 4


def test_the_table_does_not_say_who_was_tried(services: Services) -> None:
    fail(services, 1)
    with services.db.read() as session:
        names = [row.key for row in session.query(Throttle)]
    assert names == [LINWEI.name]
    assert "linwei" not in names[0]


def test_what_no_longer_counts_is_removed(services: Services) -> None:
    fail(services, 3)
    with services.db.write() as session:
        purge(session, NOON + dt.timedelta(days=2))
    with services.db.read() as session:
        assert session.get(Throttle, LINWEI.name) is None
    assert tried(services, utcnow()) is None
