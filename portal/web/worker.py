"""The web server's worker: gunicorn's with threads, which also knows how long requests waited.

A worker takes all connections in at once, and they wait for one of its threads.
"""

import contextvars
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

_waited = contextvars.ContextVar("waited", default=0.0)


def seconds_waited() -> float:
    """How long the request that this thread answers had waited for it; 0 without this worker."""
    return _waited.get()


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker whose requests know how long they waited for a thread."""

    def enqueue_req(self, conn: Any) -> None:
        """Let a connection that has a request wait for a thread."""
        conn.waits_since = time.monotonic()
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer a connection's request, in one of the threads."""
        _waited.set(time.monotonic() - conn.waits_since)
        return super().handle(conn)
