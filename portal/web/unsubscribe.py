"""Stopping messages by a link in them, without signing in (RFC 8058)."""

from flask import Blueprint, abort, render_template, request
from flask.blueprints import BlueprintSetupState

from portal.accounts import user_by_id
from portal.keys import secret_key
from portal.notices import settings as reach
from portal.notices.unsubscribe import Stop, TokenExpired, TokenRefused, read_token
from portal.web.context import services

# A signed text of this length holds all that a link needs; a longer one is none of ours.
LONGEST_TOKEN = 300

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.record_once
def _without_form_token(state: BlueprintSetupState) -> None:
    # A mail program sends the POST: it has no session, and the signed link is the permission.
    state.app.extensions["csrf"].exempt(blueprint)


@blueprint.route("/unsubscribe/<token>", methods=["GET", "POST"])
def stop(token: str) -> tuple[str, int]:
    """Ask a person whether to stop, and stop when the button or the mail program says so.

    Opening the link alone changes nothing: mail scanners open links.
    """
    try:
        wanted = _read(token)
    except TokenExpired:
        return render_template("settings/unsubscribe.html", state="expired", stop=None), 410
    except TokenRefused:
        abort(404)
    if request.method != "POST":
        return render_template("settings/unsubscribe.html", state="asks", stop=wanted), 200
    with services().db.write() as session:
        if user_by_id(session, wanted.user_id) is None:
            abort(404)
        reach.choose(session, wanted.user_id, wanted.kind, wanted.channel, False)
    return render_template("settings/unsubscribe.html", state="done", stop=wanted), 200


def _read(token: str) -> Stop:
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused
    return read_token(secret_key(services().settings), token)
