"""A forgotten password: asking for a link by mail, and setting a new one with it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.accounts import AccountError, TooManyAttempts
from portal.accounts.credentials import reset_is_possible, set_by_link
from portal.accounts.links import user_of_link
from portal.db import utcnow
from portal.push.account_alerts import Event, tell
from portal.push.account_mail import ask_reset
from portal.push.channels import mail_configured
from portal.web import viewer
from portal.web.account_words import sentence, wait_header, wait_sentence
from portal.web.context import services
from portal.web.devices import place, visit
from portal.web.forms import ForgottenForm, NewPasswordForm
from portal.web.messages import gettext

Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]

blueprint = Blueprint("passwords", __name__, url_prefix="/password")


@blueprint.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> Answer:
    """Ask for a link by mail; the answer is the same whether or not there is such an account."""
    form = ForgottenForm()
    settings = services().settings
    if not (mail_configured(settings) and reset_is_possible(settings)):
        return render_template("accounts/forgotten.html", form=form, state="unavailable")
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form, state="asks", problem="")
    try:
        ask_reset(services().db, settings, form.who.data, visit(), utcnow())
    except TooManyAttempts as error:
        page = render_template(
            "accounts/forgotten.html", form=form, state="asks", problem=wait_sentence(error)
        )
        return page, 429, wait_header(error)
    return render_template("accounts/forgotten.html", form=form, state="sent")


@blueprint.route("/new/<token>", methods=["GET", "POST"])
def new(token: str) -> Answer:
    """Set a password with a link. Opening it alone uses nothing up: mail scanners open links."""
    form = NewPasswordForm()
    with services().db.read() as session:
        user = user_of_link(session, token, utcnow())
    if user is None:
        return render_template("accounts/link_gone.html"), 404
    if not form.validate_on_submit():
        return _page(form, user, _first(form))
    try:
        set_by_link(services().db, token, form.new.data, utcnow())
    except AccountError as error:
        return _page(form, user, sentence(error))
    if user.password_hash:
        built = services()
        tell(built.db, built.settings, user.id, Event.PASSWORD, place(), utcnow())
    viewer.forget()
    flash(gettext("密码设置好了，请用它登录。其他设备上的登录都已结束。"), "signed-out")
    return redirect(url_for("accounts.sign_in"), 303)


def _page(form: Any, user: Any, problem: str) -> str | tuple[str, int]:
    page = render_template("accounts/new.html", form=form, user=user, problem=problem)
    return (page, 422) if problem else page


def _first(form: Any) -> str:
    return next((str(each) for found in form.errors.values() for each in found), "")
