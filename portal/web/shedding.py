"""Early refusal: who has waited too long is told so at once, and the others are answered.

Where more is asked than can be answered, every request would wait for all before it, longer and
longer, and in the end work would go into answers for which nobody waits any more. So a page that
has waited for :data:`PATIENCE_SECONDS` is refused, which takes a tenth of the time of making it.
What is sent is never refused: it may hold what somebody typed. Nor is what monitors ask, nor a
style sheet, without which a page that was answered could not be read.
"""

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

from portal.services import Services
from portal.web.worker import seconds_waited

PATIENCE_SECONDS = 2.0
RETRY_SECONDS = 5


class TooBusy(ServiceUnavailable):
    """More is asked than can be answered."""


def init_app(app: Flask, _services: Services) -> None:
    """Look before anything else is done for a request."""
    app.before_request(_refuse)


def _refuse() -> None:
    is_sent = request.method not in ("GET", "HEAD")
    is_left = is_sent or request.blueprint == "health" or request.endpoint == "static"
    if seconds_waited() > PATIENCE_SECONDS and not is_left:
        raise TooBusy(retry_after=RETRY_SECONDS)
