"""What is written when the answer has gone out, so that no reader waits for the database.

Nobody was told that it is written, so its commit does not wait for the disk either: hundreds of
answers a second would otherwise keep the database's one writer busy with syncs. In a web worker a
thread writes it, what a tenth of a second brought at once: whoever holds the database's lock then
keeps no page waiting, and what connections have read stays good for longer.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from typing import cast

from flask import Flask, after_this_request, current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from portal.db import Database, is_busy
from portal.web.context import services

GATHERING_SECONDS = 0.1
MOST_AT_ONCE = 50
_SCRIBE = "scribe"
_log = logging.getLogger(__name__)

Write = Callable[[Session], object]


class Scribe:
    """A thread that writes down what it is given, a few at once, until it is stopped."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._given: queue.SimpleQueue[Write] = queue.SimpleQueue()
        self._something, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name="scribe", daemon=True)
        self._thread.start()

    def give(self, write: Write) -> None:
        """Have it written soon; a failure is logged."""
        self._given.put(write)
        self._something.set()

    def stop(self) -> None:
        """Return when everything that was given is written. Nothing may be given afterwards."""
        self._stopping.set()
        self._something.set()
        self._thread.join()

    def _work(self) -> None:
        while self._something.wait():
            self._stopping.wait(GATHERING_SECONDS)
            self._something.clear()
            given = [self._given.get() for _each in range(self._given.qsize())]
            for start in range(0, len(given), MOST_AT_ONCE):
                write_all(self._database, given[start : start + MOST_AT_ONCE])
            if self._stopping.is_set():
                return


def begin(app: Flask) -> None:
    """Let a thread of this process write from now on what its answers leave behind."""
    with app.app_context():
        app.extensions[_SCRIBE] = Scribe(services().db)


def end(app: Flask) -> None:
    """Return when everything is written, if there is such a thread."""
    scribe = app.extensions.pop(_SCRIBE, None)
    if scribe is not None:
        scribe.stop()


def after_the_answer(write: Write) -> None:
    """Write when the answer has gone out; a failure is logged and is nobody's."""
    database, scribe = services().db, current_app.extensions.get(_SCRIBE)

    def run() -> None:
        if scribe is not None:
            scribe.give(write)
        else:
            write_all(database, [write])

    @after_this_request
    def attach(response: Response) -> Response:
        if response.direct_passthrough:
            # A file goes to the server as it is, past the response's own closing.
            response.response = ClosingIterator(cast("Iterable[bytes]", response.response), run)
        else:
            response.call_on_close(run)
        return response


def write_all(database: Database, writes: list[Write]) -> None:
    """Write all at once, or each by itself where one of them fails; failures are logged."""
    try:
        with database.write(durable=False) as opened:
            for write in writes:
                write(opened)
    except Exception as error:
        # Each by itself would wait as long again for a database that is locked.
        if len(writes) == 1 or (isinstance(error, OperationalError) and is_busy(error)):
            log_failure(error)
        else:
            for write in writes:
                write_all(database, [write])


def log_failure(error: Exception) -> None:
    """Say that something was not written, without what it was."""
    # The kind alone: a database's message may quote the values, and with them what was typed.
    _log.error("the trace of a request was not written: %s", type(error).__name__)
