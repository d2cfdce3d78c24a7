"""The second step at signing in: turning it on, its recovery codes, and turning it off."""

import io

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.accounts import AccountError, TooManyAttempts, second_factor
from portal.accounts.credentials import confirm_password
from portal.accounts.events import Act, note
from portal.accounts.second_factor import Setup
from portal.db import utcnow
from portal.keys import secret_key
from portal.models import User
from portal.web.account_words import sentence, wait_sentence
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.own_account import DONE, PROBLEM
from portal.web.viewer import current_user_id

blueprint = Blueprint("second_step", __name__, url_prefix="/settings/account/two-step")


@blueprint.get("")
def show() -> Response | str:
    """The secret for the app, as a picture and as letters; nothing is asked at sign-in yet."""
    try:
        return _page(_setup())
    except AccountError:
        return _back(gettext("两步验证已经打开。"), DONE)


@blueprint.post("")
def turn_on() -> Response | str | tuple[str, int]:
    """Turn it on with a first code, and show the recovery codes this once."""
    try:
        with services().db.write() as session:
            codes = second_factor.confirm(
                session, _key(), current_user_id(), request.form.get("code", ""), utcnow()
            )
            note(session, Act.SECOND_FACTOR_ON, session.get_one(User, current_user_id()))
    except AccountError as error:
        if error.code != "code-wrong":
            return _back(sentence(error), PROBLEM)
        return _page(_setup(), sentence(error)), 422
    return render_template("settings/recovery_codes.html", codes=codes, is_new=True)


@blueprint.post("/codes")
def renew_codes() -> Response | str:
    """Make new recovery codes; it takes the password."""
    problem = _unconfirmed()
    if problem:
        return _back(problem, PROBLEM)
    with services().db.write() as session:
        if not second_factor.is_on(session, current_user_id()):
            return _back(gettext("两步验证没有打开。"), PROBLEM)
        codes = second_factor.renew_recovery_codes(session, current_user_id())
        user = session.get_one(User, current_user_id())
        note(session, Act.SECOND_FACTOR_ON, user, recovery_codes="renewed")
    return render_template("settings/recovery_codes.html", codes=codes, is_new=False)


@blueprint.post("/off")
def turn_off() -> Response:
    """Turn it off; it takes the password."""
    problem = _unconfirmed()
    if problem:
        return _back(problem, PROBLEM)
    with services().db.write() as session:
        if second_factor.turn_off(session, current_user_id()):
            note(session, Act.SECOND_FACTOR_OFF, session.get_one(User, current_user_id()))
    return _back(gettext("两步验证已经关闭。"), DONE)


def _setup() -> Setup:
    with services().db.write() as session:
        return second_factor.begin(session, _key(), session.get_one(User, current_user_id()))


def _unconfirmed() -> str:
    """Why the password does not confirm what is asked; empty where it does."""
    typed = request.form.get("password", "")
    try:
        confirm_password(services().db, current_user_id(), typed, utcnow())
    except AccountError as error:
        return sentence(error)
    except TooManyAttempts as error:
        return wait_sentence(error)
    return ""


def _page(setup: Setup, problem: str = "") -> str:
    return render_template(
        "settings/two_step.html", setup=setup, picture=_picture(setup.address), problem=problem
    )


def _picture(address: str) -> Markup:
    """The QR code as SVG, drawn here: the secret is sent to nobody."""
    drawn = io.BytesIO()
    segno.make(address, micro=False).save(
        drawn, kind="svg", xmldecl=False, omitsize=True, border=4, light="#fff", title=None
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - made of squares, not of text


def _key() -> str:
    return secret_key(services().settings)


def _back(words: str, category: str) -> Response:
    flash(words, category)
    return redirect(url_for("own_account.show", _anchor="two-step"), 303)
