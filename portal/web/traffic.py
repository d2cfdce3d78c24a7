"""Every request: its name, a log line, and figures. Neither holds an address or what was asked."""

import logging
import time

from flask import Flask, g, request
from werkzeug.wrappers import Response

from portal.monitor import logs
from portal.monitor.metrics import REQUEST_SECONDS, REQUESTS
from portal.services import Services

HEADER = "X-Request-ID"
NO_ROUTE = "none"
# What machines ask for all the time is counted, and would only hide what people do in the log.
UNLOGGED = frozenset({"static", "health.health", "health.ready", "health.metrics"})
# One name for each method that may be counted: a client may send any word as its method.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_log = logging.getLogger("portal.request")


def init_app(app: Flask, _services: Services) -> None:
    """Name each request before anything else happens to it, and tell how it ended."""
    app.before_request(_begin)
    app.after_request(_end)
    app.jinja_env.globals.update(request_id=logs.request_id)


def _begin() -> None:
    g.begun = time.perf_counter()
    logs.begin_request(request.headers.get(HEADER))


def _end(response: Response) -> Response:
    response.headers[HEADER] = logs.request_id()
    seconds = time.perf_counter() - g.begun
    route = request.url_rule.rule if request.url_rule else NO_ROUTE
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(route, method, str(response.status_code)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
    if request.endpoint not in UNLOGGED:
        _tell(method, route, response.status_code, seconds * 1000)
    return response


def _tell(method: str, route: str, status: int, milliseconds: float) -> None:
    person = _person_id()
    _log.info(
        "%s %s %d in %.1f ms, person %s",
        *(method, route, status, milliseconds, person or "-"),
        extra={
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(milliseconds, 1),
            "person": person,
        },
    )


def _person_id() -> int | None:
    # Only where the page has asked who reads: the log line alone is no reason to ask the database.
    person = g.get("_login_user")
    viewer = getattr(person, "viewer", None)
    return viewer.user_id if viewer is not None else None
