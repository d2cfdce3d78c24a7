"""The nightly digest: the archive by month, and each night's page."""

import datetime as dt

from flask import Blueprint, abort, make_response, render_template
from werkzeug.wrappers import Response

from portal.db import utcnow
from portal.push.digest_pages import archive, issue_on, mark_read, page_of
from portal.web.context import services
from portal.web.viewer import current_viewer

blueprint = Blueprint("digest", __name__, url_prefix="/digest")


@blueprint.get("/")
def index() -> str:
    """All digests of whoever is signed in, by month."""
    with services().db.read() as session:
        months = archive(session, _signed_in())
    return render_template("digest/archive.html", months=months)


@blueprint.get("/<day>")
def show(day: str) -> Response:
    """One night's digest, as it was made, without what may not be read any more."""
    user_id = _signed_in()
    try:
        date = dt.date.fromisoformat(day)
    except ValueError:
        abort(404)
    with services().db.read() as session:
        issue = issue_on(session, user_id, date)
        if issue is None:
            abort(404)
        page = page_of(services().settings, session, issue, services().taxonomy())
    with services().db.write() as session:
        mark_read(session, issue.id, utcnow())
    return make_response(page)


def _signed_in() -> int:
    user_id = current_viewer().user_id
    if user_id is None:
        abort(404)
    return user_id
