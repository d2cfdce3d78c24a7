"""Pages are made one after the other in each process.

Threads of one process share one interpreter, and each statement of a page lets another thread take
it. Four pages at once so take turns hundreds of times, and all four take longer than one after the
other would. So a page waits for its turn, but not for long: one that takes its time is joined.
"""

import threading
from collections.abc import Iterable
from typing import Any

from flask import Flask

from portal.services import Services

LONGEST_TURN_SECONDS = 0.1
_READING = frozenset({"GET", "HEAD"})


def init_app(app: Flask, _services: Services) -> None:
    """Let requests that read wait for their turn; what is written after the answer needs none."""
    turn, make = threading.Lock(), app.wsgi_app

    def in_turn(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_mine = environ["REQUEST_METHOD"] in _READING and turn.acquire(
            timeout=LONGEST_TURN_SECONDS
        )
        try:
            return make(environ, start_response)
        finally:
            if is_mine:
                turn.release()

    app.wsgi_app = in_turn  # type: ignore[method-assign]
