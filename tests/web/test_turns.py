"""Pages of one process are made one after the other, and none waits long for its turn."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask

from portal.web import turns
from tests.web.stock import Stock


class Portal:
    """An application whose every page waits until it is told to go on."""

    def __init__(self, stock: Stock) -> None:
        self.entered = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.app = Flask("turns")
        self.app.wsgi_app = self._page  # type: ignore[method-assign]
        turns.init_app(self.app, stock.services)

    def _page(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.entered.release()
        assert self.go_on.wait(20)
        start_response("200 OK", [])
        return [b"page"]

    def ask(self, method: str) -> threading.Thread:
        thread = threading.Thread(target=lambda: self.app.test_client().open("/", method=method))
        thread.start()
        return thread

    def end(self, asked: list[threading.Thread]) -> None:
        self.go_on.set()
        for thread in asked:
            thread.join(20)


def test_a_page_that_takes_its_time_is_joined_by_the_next(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_TURN_SECONDS", 0.05)
    portal = Portal(stock)
    asked = [portal.ask("GET"), portal.ask("GET")]
    assert portal.entered.acquire(timeout=20)
    assert portal.entered.acquire(timeout=20)
    portal.end(asked)
    # Both turns are over: the next page has its own at once.
    assert portal.app.test_client().get("/").data == b"page"


def test_a_page_waits_for_its_turn_and_what_is_sent_does_not(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "LONGEST_TURN_SECONDS", 60)
    portal = Portal(stock)
    asked = [portal.ask("GET")]
    assert portal.entered.acquire(timeout=20)
    asked.append(portal.ask("GET"))
    asked.append(portal.ask("POST"))
    assert portal.entered.acquire(timeout=20)
    assert not portal.entered.acquire(blocking=False)
    portal.end(asked)
    assert portal.entered.acquire(timeout=20)
