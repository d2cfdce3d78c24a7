"""The front page: a search box, ways in by industry and stage, and what is new."""

from flask import Blueprint, render_template

from portal.catalogue import newest_for
from portal.web.context import services
from portal.web.viewer import current_viewer

blueprint = Blueprint("front", __name__)


@blueprint.get("/")
def home() -> str:
    """The front page."""
    with services().db.read() as session:
        newest = newest_for(session, current_viewer())
    return render_template("front.html", newest=newest, taxonomy=services().taxonomy())
