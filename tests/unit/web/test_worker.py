"""The web worker takes in what it can answer, and tells each request how long it waited."""

import logging
import math
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from portal.web.pool import LONGEST_TURN_SECONDS, Pool
from portal.web.worker import Worker, seconds_waited
from tests.unit.web.clock import Clock


class Connection:
    """A connection with a request; it notes what its thread knows."""

    initialized = False
    data_ready = True
    waited = -1.0
    waits_since = math.inf

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def init(self) -> None:
        self.waited = seconds_waited()
        raise StopIteration


def worker() -> Any:
    made = Worker(1, 1, [], None, 30, Config(), logging.getLogger("worker"))
    made.tmp.close()
    made.poller = selectors.DefaultSelector()
    made.tpool = Pool(most=1)
    made.method_queue = SimpleNamespace(defer=lambda *_values: None)
    return made


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: the portal's and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=10)
        ours, _address = listener.accept()
    with ours, client:
        yield ours, client


def finish(serving: Any, ours: socket.socket) -> None:
    """End a connection whose request was answered, as a worker's main thread does."""
    conn, done = TConn(Config(), ours, None, None), Future[bool]()
    done.set_result(False)
    before = serving.nr_conns = max(1, serving.nr_conns)
    serving.finish_request(conn, done)
    assert serving.nr_conns == before - 1


def test_a_client_that_keeps_its_end_open_keeps_nobody_waiting() -> None:
    with pair() as (ours, client):
        ours.sendall(b"answer")
        finish(worker(), ours)
        # Closed although the client has neither read nor closed anything.
        assert ours.fileno() == -1
        assert client.recv(100) == b"answer"
        assert client.recv(100) == b""


def test_a_client_that_is_still_sending_gets_its_answer() -> None:
    serving = worker()
    with pair() as (ours, client):
        client.sendall(b"more than will be read")
        ours.sendall(b"too much")
        finish(serving, ours)
        client.sendall(b"and more")
        assert client.recv(100) == b"too much"
        client.close()
        serving._closing.shutdown()
        assert ours.fileno() == -1


def test_a_request_knows_how_long_all_threads_were_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, busy, queue = Clock(), threading.Event(), worker()
    monkeypatch.setattr("portal.web.worker.time", clock)
    queue.tpool.submit(busy.wait)
    # These sockets are not of the kind of which the kernel knows when something came.
    ours, client = socket.socketpair()
    with ours, client:
        late, prompt = Connection(ours), Connection(ours)
        queue.enqueue_req(late)
        clock.now += 3.5
        busy.set()
        queue.tpool.submit(bool).result(timeout=10)
        queue.enqueue_req(prompt)
        queue.tpool.shutdown()
    assert (late.waited, prompt.waited) == (3.5, 0.0)
    assert seconds_waited() == 0.0


def test_a_request_knows_how_long_it_lay_where_no_worker_had_taken_it() -> None:
    serving, deadline = worker(), time.monotonic() + 10
    with pair() as (ours, client):
        client.sendall(b"GET / HTTP/1.1")
        lying = Connection(ours)
        while lying.waited < 0.02 and time.monotonic() < deadline:
            serving.handle(lying)
        assert 0.02 <= lying.waited < 10


@contextmanager
def listening(serving: Any, clients: int) -> Iterator[list[socket.socket]]:
    """Clients that have connected to a worker, which has not looked yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as open_sockets:
        address = listener.getsockname()
        asking = [
            open_sockets.enter_context(socket.create_connection(address)) for _ in range(clients)
        ]
        serving.sockets = [listener]
        serving.set_accept_enabled(True)
        yield asking


def look(serving: Any, until: Callable[[], bool]) -> None:
    """Let a worker see to its connections until something is so, or for ten seconds."""
    deadline = time.monotonic() + 10
    while not until() and time.monotonic() < deadline:
        serving.wait_for_and_dispatch_events(0.01)
    assert until()


def test_a_worker_takes_in_no_request_that_would_wait_for_another() -> None:
    serving, busy = worker(), threading.Event()
    serving.tpool = Pool(most=2)
    serving.handle = lambda conn: busy.wait(20) and conn.sock.close()
    with listening(serving, 3) as clients:
        for client in clients:
            client.sendall(b"GET / HTTP/1.1")
        look(serving, lambda: not serving._accepting)
        # The others are any worker's: this one takes the next when the first takes its time.
        assert serving.nr_conns == 1
        look(serving, lambda: serving.tpool.places == 2)
        serving.set_accept_enabled(True)
        look(serving, lambda: not serving._accepting)
        assert serving.nr_conns == 2
        # And a further one when it has answered one of them.
        finish(serving, clients[0])
        serving.set_accept_enabled(True)
        assert serving._accepting
        busy.set()
        serving.tpool.shutdown()


def test_who_connects_and_asks_nothing_keeps_nobody_waiting() -> None:
    serving, answered = worker(), list[Any]()
    serving.handle = lambda conn: answered.append(conn.sock.close())
    with listening(serving, 2) as (silent, asking):
        look(serving, lambda: serving.nr_conns == 2)
        assert answered == []
        asking.sendall(b"GET / HTTP/1.1")
        look(serving, lambda: len(answered) == 1)
        assert serving.nr_conns == 2
        silent.sendall(b"GET / HTTP/1.1")
        finish(serving, asking)
        look(serving, lambda: len(answered) == 2)
        serving.tpool.shutdown()


def test_who_asks_again_and_again_does_not_shut_out_who_comes_for_the_first_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serving, busy, clock = worker(), threading.Event(), Clock()
    monkeypatch.setattr("portal.web.worker.time", clock)
    serving.handle = lambda conn: busy.wait(20) and conn.sock.close()
    with listening(serving, 2) as clients:
        for client in clients:
            client.sendall(b"GET / HTTP/1.1")
        look(serving, lambda: not serving._accepting)
        serving.set_accept_enabled(True)
        assert not serving._accepting
        clock.now += LONGEST_TURN_SECONDS
        serving.set_accept_enabled(True)
        look(serving, lambda: not serving._accepting)
        assert serving.nr_conns == 2
        busy.set()
        serving.tpool.shutdown()
