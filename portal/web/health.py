"""What monitors, load balancers and Prometheus ask."""

import hmac
import ipaddress

from flask import Blueprint, abort, jsonify, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.monitor.metrics import CONTENT_TYPE, exposition
from portal.operations import readiness
from portal.operations.collector import StateCollector
from portal.web.context import services
from portal.web.viewer import current_person

# What proxies add, when somebody else stands behind the address that a request comes from.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> Response:
    """200 while this process can answer at all: it looks at nothing else."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when the portal can do its work, else 503; why not is for operators alone."""
    found = readiness(services())
    body: dict[str, object] = {"status": "ok" if found.is_ready else "unavailable"}
    if _is_operator():
        body["checks"] = dict(found.checks)
    return jsonify(body), 200 if found.is_ready else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Every process's figures in Prometheus's text form."""
    if not _is_monitor():
        abort(404)
    text = exposition(StateCollector(services()))
    return Response(text, content_type=CONTENT_TYPE)


def _is_operator() -> bool:
    if _is_monitor():
        return True
    try:
        person = current_person()
    except SQLAlchemyError:
        return False  # what cannot be asked who reads tells nothing
    return person is not None and person.is_administrator


def _is_monitor() -> bool:
    """Whether the request carries the token, or where there is none, comes from this machine."""
    token = services().settings.metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
