"""People: administrators find, add, change, invite, deactivate them, and reset what was lost."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.accounts import AccountError, add_user, people
from portal.accounts.mail_addresses import set_address
from portal.accounts.people import Facts, PeopleFilter, PersonView
from portal.db import utcnow
from portal.models import Role
from portal.push.account_mail import Invitation, invite
from portal.web.account_words import ROLE_NAMES, sentence
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.messages import gettext, ngettext
from portal.web.pager import make_pager
from portal.web.viewer import current_user_id

PAGE = 50
PERSON = "<int:user_id>"

blueprint = Blueprint("admin_people", __name__, url_prefix="/admin/people")


@blueprint.get("")
def show() -> str:
    """The people that fit what is asked for, by pages."""
    page = page_number(request.args.get("page", "1"))
    if page is None:
        abort(404)
    wanted = PeopleFilter(
        **{
            name: request.args.get(name, "").strip()[:64]
            for name in ("text", "role", "unit", "state")
        }
    )
    with services().db.read() as session:
        found, total = people.find_people(session, wanted, (page - 1) * PAGE, PAGE)
        units = people.units(session)
    pages = max(1, -(-total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "admin/people.html",
        people=found,
        total=total,
        wanted=wanted,
        units=units,
        role_names=ROLE_NAMES,
        taxonomy=services().taxonomy(),
        pager=make_pager(page, pages, lambda each: _list_url(wanted, each)),
    )


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Any:
    """Add a person, who then sets a password with a link."""
    if request.method == "GET":
        return _form(None, _empty())
    facts, login = _facts(), request.form.get("login", "").strip()
    try:
        with services().db.write() as session:
            user = add_user(
                session,
                login=login,
                name=facts.name,
                role=facts.role,
                unit=facts.unit,
                industries=facts.industries,
            )
            set_address(session, user.login, facts.email)
            invitation = invite(session, services().settings, user.id, utcnow())
    except AccountError as error:
        return _form(None, facts, sentence(error), login), 422
    return _invited(invitation, is_new=True)


@blueprint.route(f"/{PERSON}", methods=["GET", "POST"])
def edit(user_id: int) -> Any:
    """A person: what administrators settle, and what they can do for them."""
    with services().db.read() as session:
        person = _person(session, user_id)
    if request.method == "GET":
        return _form(person, person.facts)
    facts = _facts()
    try:
        with services().db.write() as session:
            people.change_person(session, user_id, facts, current_user_id())
    except AccountError as error:
        return _form(person, facts, sentence(error)), 422
    return _back(user_id, gettext("已保存。"))


@blueprint.post(f"/{PERSON}/link")
def link(user_id: int) -> Any:
    """Give a person a link for setting a password."""
    try:
        with services().db.write() as session:
            _person(session, user_id)
            invitation = invite(session, services().settings, user_id, utcnow())
    except AccountError as error:
        return _back(user_id, sentence(error), "problem")
    return _invited(invitation, is_new=False)


@blueprint.post(f"/{PERSON}/deactivate")
def deactivate(user_id: int) -> Response:
    """Shut a person out at once."""
    try:
        with services().db.write() as session:
            _person(session, user_id)
            people.deactivate(session, user_id, current_user_id(), utcnow())
    except AccountError as error:
        return _back(user_id, sentence(error), "problem")
    return _back(user_id, gettext("账号停用了，所有设备上的登录都已结束。"))


@blueprint.post(f"/{PERSON}/reactivate")
def reactivate(user_id: int) -> Response:
    """Let a person in again."""
    with services().db.write() as session:
        _person(session, user_id)
        people.reactivate(session, user_id)
    return _back(user_id, gettext("账号恢复了，原来的密码仍然有效。"))


@blueprint.post(f"/{PERSON}/sign-out")
def sign_out(user_id: int) -> Response:
    """End every session of a person."""
    with services().db.write() as session:
        _person(session, user_id)
        count = people.end_all_sessions(session, user_id)
    return _back(user_id, ngettext("结束了 %(num)s 处登录。", "结束了 %(num)s 处登录。", count))


@blueprint.post(f"/{PERSON}/two-step")
def two_step(user_id: int) -> Response:
    """Take away the second step of a person who has lost the phone."""
    with services().db.write() as session:
        _person(session, user_id)
        was_on = people.reset_second_factor(session, user_id)
    done = gettext("两步验证重置了，下次登录只要密码。")
    return _back(user_id, done if was_on else gettext("两步验证没有打开。"))


def _person(session: Session, user_id: int) -> PersonView:
    person = people.person_view(session, user_id)
    if person is None:
        abort(404)
    return person


def _facts() -> Facts:
    role = request.form.get("role", "")
    if role not in set(Role):
        abort(400)
    return Facts(
        name=request.form.get("name", "").strip(),
        role=Role(role),
        unit=request.form.get("unit", ""),
        industries=tuple(request.form.getlist("industries")),
        email=request.form.get("email", "").strip(),
    )


def _empty() -> Facts:
    return Facts(name="", role=Role.ACCOUNT_MANAGER, unit="hq", industries=(), email="")


def _form(person: PersonView | None, facts: Facts, problem: str = "", login: str = "") -> str:
    with services().db.read() as session:
        units = people.units(session)
    return render_template(
        "admin/person.html",
        person=person,
        facts=facts,
        login=person.login if person else login,
        problem=problem,
        units=units,
        role_names=ROLE_NAMES,
        taxonomy=services().taxonomy(),
    )


def _invited(invitation: Invitation, *, is_new: bool) -> str:
    return render_template("admin/invited.html", invitation=invitation, is_new=is_new)


def _list_url(wanted: PeopleFilter, page: int) -> str:
    chosen = {name: getattr(wanted, name) or None for name in ("text", "role", "unit", "state")}
    return url_for("admin_people.show", page=page if page > 1 else None, **chosen)


def _back(user_id: int, words: str, category: str = "done") -> Response:
    flash(words, category)
    return redirect(url_for("admin_people.edit", user_id=user_id), 303)
