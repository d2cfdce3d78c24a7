"""What a monitor or a load balancer asks."""

from flask import Blueprint, current_app, jsonify
from werkzeug.wrappers import Response

from portal.web.context import services

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def health() -> tuple[Response, int]:
    """200 when the database and the index answer, else 503; the body says which does not."""
    database, index = _database(), _index()
    healthy = database == "ok" and index is not None
    body = {"status": "ok" if healthy else "unavailable", "database": database, "index": index}
    return jsonify(body), 200 if healthy else 503


def _database() -> str:
    try:
        services().db.ping()
    except Exception:
        current_app.logger.exception("the database does not answer")
        return "unavailable"
    return "ok"


def _index() -> int | None:
    try:
        return services().search.documents()
    except Exception:
        current_app.logger.exception("the index does not answer")
        return None
