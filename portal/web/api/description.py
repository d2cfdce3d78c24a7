"""What the interface takes and gives, as OpenAPI 3.1."""

from pathlib import Path

from flask import send_file
from werkzeug.wrappers import Response

from portal.web.api.group import blueprint

DESCRIPTION = Path(__file__).parent.with_name("openapi.json")


@blueprint.get("/openapi.json")
def description() -> Response:
    """The description file as it stands."""
    return send_file(DESCRIPTION, mimetype="application/json")
