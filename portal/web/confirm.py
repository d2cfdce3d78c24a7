"""Asking for the password once more, before an administrator changes accounts."""

import datetime as dt
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import AccountError, TooManyAttempts
from portal.accounts.credentials import confirm_password
from portal.db import utcnow
from portal.models import User
from portal.web import viewer
from portal.web.account_words import sentence, wait_header, wait_sentence
from portal.web.addresses import here, safe_path
from portal.web.context import services
from portal.web.forms import ConfirmForm
from portal.web.messages import gettext

LASTS = dt.timedelta(minutes=15)
# Whoever was let in to a form has time to fill it in: nothing that was typed is lost.
LASTS_FOR_FORMS = 2 * LASTS

blueprint = Blueprint("confirm", __name__)


@blueprint.route("/confirm", methods=["GET", "POST"])
def show() -> Any:
    """Ask for the password, or lead whoever has none here to the sign-in page."""
    form = ConfirmForm(next=request.args.get("next"))
    has_password = _has_password()
    if not form.validate_on_submit():
        return _page(form, has_password)
    if not has_password:
        viewer.sign_out()
        return redirect(url_for("accounts.sign_in", next=form.next.data or None), 303)
    try:
        confirm_password(
            services().db, viewer.current_user_id(), form.password.data or "", utcnow()
        )
    except AccountError as error:
        return _page(form, has_password, sentence(error)), 422
    except TooManyAttempts as error:
        return _page(form, has_password, wait_sentence(error)), 429, wait_header(error)
    viewer.note_proof(utcnow())
    return redirect(safe_path(form.next.data), 303)


def is_due() -> bool:
    """Whether it is too long ago that this person has shown who they are."""
    lasts = LASTS if request.method in ("GET", "HEAD") else LASTS_FOR_FORMS
    return not viewer.has_proof_since(utcnow() - lasts)


def to_confirm() -> Response:
    """The answer that asks for the password, and leads back to the page afterwards."""
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("confirm.show", next=here()), 303)
    person = (request.view_args or {}).get("user_id")
    page = url_for("admin_people.edit", user_id=person) if person else "/admin/people"
    flash(gettext("刚才的改动没有做：先要再输入一次密码。"), "confirm-problem")
    return redirect(url_for("confirm.show", next=page), 303)


def _has_password() -> bool:
    with services().db.read() as session:
        return bool(session.get_one(User, viewer.current_user_id()).password_hash)


def _page(form: ConfirmForm, has_password: bool, problem: str = "") -> str:
    return render_template(
        "accounts/confirm.html", form=form, has_password=has_password, problem=problem
    )
