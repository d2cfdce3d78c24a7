"""One thread works at a time, until what it does takes long; then the next one goes on."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from portal.web import pool as pools
from portal.web.pool import LONGEST_TURN_SECONDS, Pool
from tests.unit.web.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(pools, "time", made)
    return made


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Whoever waits for it goes on at the end of the test at the latest."""
    made = threading.Event()
    yield made
    made.set()


@pytest.fixture
def pool(clock: Clock, gate: threading.Event) -> Iterator[Pool]:
    made = Pool(2)
    yield made
    gate.set()
    made.shutdown()


def held(pool: Pool, gate: threading.Event) -> "Future[bool]":
    """A job that has begun, and ends when the gate is opened."""
    begun = threading.Event()

    def hold() -> bool:
        begun.set()
        return gate.wait(20)

    job = pool.submit(hold)
    assert begun.wait(20)
    return job


def test_one_thread_does_everything_that_is_quick(pool: Pool) -> None:
    threads = {pool.submit(threading.get_ident).result(20) for _each in range(20)}
    assert len(threads) == 1


def test_the_next_waits_for_its_turn(pool: Pool, gate: threading.Event, clock: Clock) -> None:
    first = held(pool, gate)
    second = pool.submit(threading.get_ident)
    clock.now += LONGEST_TURN_SECONDS / 2
    pool.relieve()
    assert pool.places == 1
    assert pool.patience() == pytest.approx(LONGEST_TURN_SECONDS / 2)
    assert not second.done()
    gate.set()
    assert first.result(20)
    assert second.result(20) != threading.get_ident()


def test_who_takes_long_is_left_aside(pool: Pool, gate: threading.Event, clock: Clock) -> None:
    slow = held(pool, gate)
    quick = pool.submit(threading.get_ident)
    clock.now += LONGEST_TURN_SECONDS
    assert pool.patience() == 0
    pool.relieve()
    assert quick.result(20) != threading.get_ident()
    assert not slow.done()
    # Only that thread is missing: the place beside it serves all the others.
    assert pool.places == 2
    gate.set()
    assert slow.result(20)


def test_there_are_no_more_threads_than_allowed(
    pool: Pool, gate: threading.Event, clock: Clock
) -> None:
    for _each in range(2):
        held(pool, gate)
        clock.now += LONGEST_TURN_SECONDS
        pool.relieve()
    third = pool.submit(threading.get_ident)
    assert pool.places == 2
    assert pool.patience() == float("inf")
    pool.relieve()
    assert not third.done()
    gate.set()
    assert third.result(20) != threading.get_ident()


def test_a_failure_is_told_and_the_thread_goes_on(pool: Pool) -> None:
    def fail() -> None:
        raise LookupError("没有这一页")

    assert isinstance(pool.submit(fail).exception(20), LookupError)
    assert pool.submit(bool).result(20) is False


def test_what_was_taken_is_done_before_the_end(pool: Pool, gate: threading.Event) -> None:
    first = held(pool, gate)
    second, third = pool.submit(str, "第二页"), pool.submit(str, "第三页")
    pool.shutdown(wait=False)
    with pytest.raises(RuntimeError):
        pool.submit(bool)
    gate.set()
    assert first.result(20)
    assert (second.result(20), third.result(20)) == ("第二页", "第三页")


def test_what_has_not_begun_can_be_cancelled(pool: Pool, gate: threading.Event) -> None:
    first, second = held(pool, gate), pool.submit(str, "第二页")
    pool.shutdown(wait=False, cancel_futures=True)
    assert second.cancelled()
    gate.set()
    assert first.result(20)
