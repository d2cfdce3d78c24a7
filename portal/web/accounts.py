"""Signing in and out."""

import datetime as dt
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from portal.accounts import (
    DirectoryUnavailable,
    HalfWay,
    NotLetIn,
    SignedIn,
    SignInRefused,
    TooManyAttempts,
    finish_with_code,
)
from portal.accounts import sign_in as sign_in_with_password
from portal.accounts.credentials import reset_is_possible
from portal.db import utcnow
from portal.models import SignInMethod
from portal.push.account_alerts import Event, tell
from portal.push.channels import mail_configured
from portal.web import viewer
from portal.web.account_words import not_let_in, wait_header, wait_sentence
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.devices import place, remember, visit
from portal.web.forms import CodeForm, SignInForm
from portal.web.messages import gettext

Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]
# Where the session remembers who has shown a password and owes a code.
_HALF_WAY = "half_way"

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
def sign_in() -> Answer:
    """The sign-in page; whatever is wrong with login or password, it says the same."""
    form = SignInForm(next=request.args.get("next"))
    if viewer.current_person() is not None:
        return redirect(safe_path(form.next.data), 303)
    if request.method == "GET":
        return _page(form)
    if not form.validate_on_submit():
        return _page(form, _wrong()), 422
    return _sign_in(form)


def _sign_in(form: Any) -> Answer:
    built, login = services(), form.login.data
    try:
        done = sign_in_with_password(
            built.db, built.settings, login, form.password.data, visit(login), utcnow()
        )
    except SignInRefused:
        return _page(form, _wrong()), 422
    except NotLetIn as error:
        return _page(form, not_let_in(error)), 403
    except TooManyAttempts as error:
        return _page(form, wait_sentence(error)), 429, wait_header(error)
    except DirectoryUnavailable as error:
        viewer.log_failure("directory", error)
        sentence = gettext("公司目录现在连不上，用它登录要等一会儿。门户自己的密码不受影响。")
        return _page(form, sentence), 503
    if isinstance(done, HalfWay):
        session.clear()
        session[_HALF_WAY] = _kept(done)
        return redirect(url_for("accounts.code", next=form.next.data or None), 303)
    return enter(done, form.next.data)


@blueprint.route("/login/code", methods=["GET", "POST"])
def code() -> Answer:
    """The second step for those who have turned it on."""
    form = CodeForm(next=request.args.get("next"))
    half = _half_way()
    if half is None:
        again = SignInForm(next=form.next.data)
        return _page(again, gettext("请先输入登录名和密码；如果刚输入过，是等得太久了。")), 422
    if not form.validate_on_submit():
        return _code_page(form)
    built = services()
    try:
        done = finish_with_code(
            built.db, built.settings, half, form.code.data, visit(half.login), utcnow()
        )
    except SignInRefused:
        problem = gettext("验证码不正确，或者已经用过。请等手机上换了新的一组再输入。")
        return _code_page(form, problem), 422
    except TooManyAttempts as error:
        return _code_page(form, wait_sentence(error)), 429, wait_header(error)
    return enter(done, form.next.data)


@blueprint.post("/logout")
def sign_out() -> Response:
    """End the session and go to the front page."""
    viewer.sign_out()
    return redirect(url_for("front.home"), 303)


def enter(done: SignedIn, target: str | None) -> Response:
    """Start the session of who has just signed in, and lead on to where the person was going."""
    viewer.sign_in(done.token)
    if done.is_new_device:
        built = services()
        tell(built.db, built.settings, done.user_id, Event.NEW_DEVICE, place(), utcnow())
    return remember(redirect(safe_path(target), 303), done.login)


def _page(form: FlaskForm, problem: str = "") -> str:
    return render_template(
        "login.html",
        form=form,
        problem=problem,
        provider=services().settings.oidc_label if services().settings.oidc_issuer else "",
        may_reset=mail_configured(services().settings) and reset_is_possible(services().settings),
    )


def _code_page(form: FlaskForm, problem: str = "") -> str:
    return render_template("accounts/code.html", form=form, problem=problem)


def _wrong() -> str:
    return gettext("登录名或密码不正确，请检查后再试。")


def _kept(half: HalfWay) -> dict[str, object]:
    return {
        "user": half.user_id,
        "login": half.login,
        "method": half.method.value,
        "mark": half.mark,
        "until": half.until.isoformat(),
    }


def _half_way() -> HalfWay | None:
    kept = session.get(_HALF_WAY)
    if kept is None:
        return None
    until = dt.datetime.fromisoformat(kept["until"])
    if until <= utcnow():
        return None
    return HalfWay(kept["user"], kept["login"], SignInMethod(kept["method"]), kept["mark"], until)
