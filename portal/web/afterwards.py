"""What is written when the answer has gone out, so that no reader waits for the database.

Nobody was told that it is written, so its commit does not wait for the disk either: hundreds of
answers a second would otherwise keep the database's one writer busy with syncs.
"""

import logging
from collections.abc import Callable, Iterable
from typing import cast

from flask import after_this_request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from portal.web.context import services

_log = logging.getLogger(__name__)


def after_the_answer(write: Callable[[Session], object]) -> None:
    """Write when the answer has gone out; a failure is logged and is nobody's."""
    database = services().db

    def run() -> None:
        try:
            with database.write(durable=False) as opened:
                write(opened)
        except Exception as error:
            log_failure(error)

    @after_this_request
    def attach(response: Response) -> Response:
        if response.direct_passthrough:
            # A file goes to the server as it is, past the response's own closing.
            response.response = ClosingIterator(cast("Iterable[bytes]", response.response), run)
        else:
            response.call_on_close(run)
        return response


def log_failure(error: Exception) -> None:
    """Say that something was not written, without what it was."""
    # The kind alone: a database's message may quote the values, and with them what was typed.
    _log.error("the trace of a request was not written: %s", type(error).__name__)
