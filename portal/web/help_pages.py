"""How to use the portal: the help page, and the tour of the home that each person sees once."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from portal.accounts.tour import mark_toured
from portal.db import utcnow
from portal.web.context import services
from portal.web.viewer import current_user_id

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("")
def show() -> str:
    """What one can do here, with questions that run."""
    return render_template("help/show.html")


@blueprint.post("/tour")
def toured() -> Response:
    """The person has seen the tour, or enough of it."""
    with services().db.write() as session:
        mark_toured(session, current_user_id(), utcnow())
    return Response(status=204)
