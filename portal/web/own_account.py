"""One's own account: the password, and the devices on which one is signed in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import AccountError, TooManyAttempts, sessions
from portal.accounts.credentials import change_password, may_set_password
from portal.accounts.events import Act, note
from portal.accounts.second_factor import standing_of
from portal.accounts.sessions import Life
from portal.db import utcnow
from portal.models import User
from portal.push.account_alerts import Event, tell
from portal.web.account_words import METHOD_NAMES, ROLE_NAMES, sentence, wait_sentence
from portal.web.context import services
from portal.web.devices import device_name, place
from portal.web.messages import gettext, ngettext
from portal.web.viewer import current_token, current_user_id

DONE, PROBLEM = "account", "account-problem"

blueprint = Blueprint("own_account", __name__, url_prefix="/settings/account")


@blueprint.get("")
def show() -> str:
    """Password, second step and sessions on one page."""
    settings, user_id = services().settings, current_user_id()
    with services().db.read() as session:
        user = session.get_one(User, user_id)
        mine = sessions.sessions_of(session, user_id, current_token(), Life.of(settings), utcnow())
        second = standing_of(session, user_id)
        has_password = bool(user.password_hash) and may_set_password(session, user, settings)
    return render_template(
        "settings/account.html",
        user=user,
        sessions=mine,
        second=second,
        has_password=has_password,
        device_name=device_name,
        method_names=METHOD_NAMES,
        role_names=ROLE_NAMES,
    )


@blueprint.post("/password")
def password() -> Response:
    """Change the password; sessions on other devices end."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _back("password", gettext("两次输入的新密码不一样，没有改动。"), PROBLEM)
    old = request.form.get("old", "")
    try:
        ended = change_password(
            services().db,
            services().settings,
            current_user_id(),
            old,
            new,
            current_token(),
            utcnow(),
        )
    except AccountError as error:
        return _back("password", sentence(error), PROBLEM)
    except TooManyAttempts as error:
        return _back("password", wait_sentence(error), PROBLEM)
    tell(
        services().db,
        services().settings,
        current_user_id(),
        Event.PASSWORD,
        place(),
        utcnow(),
    )
    return _back("password", gettext("密码改好了。") + _ended(ended), DONE)


@blueprint.post("/sessions/<int:session_id>/end")
def end_session(session_id: int) -> Response:
    """Sign out on one device."""
    with services().db.write() as session:
        if sessions.end_session(session, current_user_id(), session_id):
            note(session, Act.SESSION_REVOKED, session.get_one(User, current_user_id()), sessions=1)
    return _back("sessions", gettext("那台设备上的登录已经结束。"), DONE)


@blueprint.post("/sessions/end")
def end_others() -> Response:
    """Sign out everywhere else."""
    with services().db.write() as session:
        user = session.get_one(User, current_user_id())
        ended = sessions.end_sessions(session, user.id, but=current_token())
        note(session, Act.SESSION_REVOKED, user, sessions=ended)
    return _back("sessions", _ended(ended) or gettext("没有别的设备登录着。"), DONE)


def _ended(count: int) -> str:
    if not count:
        return ""
    return ngettext("另外 %(num)s 处登录已经结束。", "另外 %(num)s 处登录已经结束。", count)


def _back(anchor: str, words: str, category: str) -> Response:
    flash(words, category)
    return redirect(url_for("own_account.show", _anchor=anchor), 303)
