"""The web server's worker tells each request how long it waited for a thread."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config

from portal.web.worker import Worker, seconds_waited


class Connection:
    """A connection whose client has sent nothing yet; it notes what its thread knows."""

    initialized = data_ready = False
    waited = -1.0

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


def test_a_request_knows_how_long_all_threads_were_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, busy, queue = Clock(), threading.Event(), worker()
    monkeypatch.setattr("portal.web.worker.time", clock)
    queue.tpool.submit(busy.wait)
    late, prompt = Connection(), Connection()
    queue.enqueue_req(late)
    clock.now += 3.5
    busy.set()
    queue.tpool.submit(bool).result(timeout=10)
    queue.enqueue_req(prompt)
    queue.tpool.shutdown()
    assert (late.waited, prompt.waited) == (3.5, 0.0)
    assert seconds_waited() == 0.0
