"""The web server's worker tells each request how long it waited for a thread."""

import math
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from portal.web.worker import Worker, seconds_waited


class Connection:
    """A connection whose client has sent nothing yet; it notes what its thread knows."""

    initialized = data_ready = False
    waited = -1.0
    waits_since = math.inf

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    def wait_for_data(self, timeout: float) -> bool:
        self.waited = seconds_waited()
        return False


class Clock:
    """A clock that is set by hand."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


def worker() -> Any:
    made = Worker(1, 1, [], None, 30, Config(), None)
    made.tmp.close()
    made.tpool = ThreadPoolExecutor(max_workers=1)
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


def test_a_worker_takes_in_no_more_than_it_has_threads_for() -> None:
    serving, busy = worker(), threading.Event()
    serving.cfg.set("threads", 2)
    serving.handle = lambda conn: busy.wait() and conn.sock.close()
    serving.poller = selectors.DefaultSelector()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving.sockets = [listener]
        clients = [socket.create_connection(listener.getsockname()) for _each in range(3)]
        serving.set_accept_enabled(True)
        while serving.poller.get_map():
            serving.wait_for_and_dispatch_events(10)
        assert serving.nr_conns == 2
        # The third is any worker's: this one takes it when it has answered another.
        finish(serving, clients[0])
        serving.set_accept_enabled(True)
        assert len(serving.poller.get_map()) == 1
        busy.set()
        serving.tpool.shutdown()
    for client in clients:
        client.close()
