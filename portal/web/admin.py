"""The administrators' front page."""

from flask import Blueprint, render_template

from portal.web.viewer import require_administrator

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
blueprint.before_request(require_administrator)


@blueprint.get("")
def home() -> str:
    """What administrators can see and change."""
    return render_template("admin/home.html")
