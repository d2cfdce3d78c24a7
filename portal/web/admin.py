"""The administrators' front page."""

from flask import Blueprint, render_template

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
def home() -> str:
    """What administrators can see and change."""
    return render_template("admin/home.html")
