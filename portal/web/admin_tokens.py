"""Everybody's API tokens, for administrators: who lets which program in, and to stop it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts import tokens
from portal.db import utcnow
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.tokens import TOKEN_ID, soon_over
from portal.web.viewer import current_user_id

blueprint = Blueprint("admin_tokens", __name__, url_prefix="/admin/tokens")


@blueprint.get("")
def show() -> str:
    """All tokens, the newest first."""
    with services().db.read() as session:
        found = tokens.all_tokens(session, utcnow())
    return render_template("admin/tokens.html", tokens=found, soon_over=soon_over)


@blueprint.post(f"/{TOKEN_ID}/revoke")
def revoke(token_id: int) -> Response:
    """End anybody's token."""
    with services().db.write() as session:
        ended = tokens.revoke_token(
            session, token_id, utcnow(), owner_id=None, by_id=current_user_id()
        )
    if ended:
        flash(gettext("令牌已撤销，用它的程序马上就不能再访问。"), "done")
    return redirect(url_for("admin_tokens.show"), 303)
