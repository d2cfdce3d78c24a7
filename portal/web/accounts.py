"""Signing in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import authenticate
from portal.accounts.traces import note_sign_in, note_sign_out
from portal.web import viewer
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.forms import SignInForm
from portal.web.messages import gettext

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in page; whatever is wrong with login or password, it says the same."""
    form = SignInForm(next=request.args.get("next"))
    if viewer.current_person() is not None:
        return redirect(safe_path(form.next.data), 303)
    if request.method == "GET":
        return render_template("login.html", form=form, problem="")
    if form.validate_on_submit():
        with services().db.read() as session:
            user = authenticate(session, form.login.data, form.password.data)
            note_sign_in(services().db, form.login.data, user)
            if user is not None:
                viewer.sign_in(user)
                return redirect(safe_path(form.next.data), 303)
    problem = gettext("登录名或密码不正确，请检查后再试。")
    return render_template("login.html", form=form, problem=problem), 422


@blueprint.post("/logout")
def sign_out() -> Response:
    """End the session and go to the front page."""
    if viewer.current_person() is not None:
        note_sign_out(services().db)
    viewer.sign_out()
    return redirect(url_for("front.home"), 303)
