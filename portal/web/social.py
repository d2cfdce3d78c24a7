"""What colleagues say of documents: favourites, votes, comments, uses and problems."""

import datetime as dt
from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import applications, comments, opinions, problems
from portal.catalogue.comments import Said
from portal.catalogue.mentions import LONGEST_CALL
from portal.catalogue.plain_text import TextRefused
from portal.catalogue.social import colleagues_like
from portal.db import utcnow
from portal.models import EventKind, UseOutcome
from portal.recommend import record_event
from portal.web.addresses import document_url, here, safe_path
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.messages import LazyText, gettext, lazy_gettext, listed
from portal.web.pager import Link
from portal.web.viewer import current_user_id, current_viewer

# Said on the document's page only: other parts of it have messages of their own.
MESSAGE = "social"
LONGEST_ECHO = 20
NUMBER = "<int(max=2147483647):number>"
VOTES: Mapping[str, bool | None] = {"useful": True, "not-useful": False, "none": None}
OUTCOMES: Mapping[UseOutcome, LazyText] = {
    UseOutcome.WON: lazy_gettext("赢单"),
    UseOutcome.ONGOING: lazy_gettext("进行中"),
    UseOutcome.LOST: lazy_gettext("丢单"),
    UseOutcome.NONE: lazy_gettext("不涉及成交"),
}
FIELDS: Mapping[str, LazyText] = {
    "comment": lazy_gettext("评论"),
    "customer": lazy_gettext("客户或项目"),
    "note": lazy_gettext("说明"),
    "problem": lazy_gettext("问题"),
    "answer": lazy_gettext("答复"),
}

blueprint = Blueprint("social", __name__)


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    # The document's page, which another page group makes, shows outcomes too.
    state.app.jinja_env.globals.update(OUTCOMES=OUTCOMES)


@blueprint.post(f"/documents/{DOCUMENT_ID}/favourite")
def favourite(document_id: int) -> Response:
    """Keep the document at hand, or no longer."""
    wanted = request.form.get("wanted") == "yes"
    with services().db.write() as session:
        changed = opinions.set_favourite(session, current_viewer(), document_id, wanted, utcnow())
        if changed and wanted:
            _count(session, document_id, EventKind.FAVOURITE)
    back = request.form.get("next")
    return redirect(safe_path(back) if back else f"{document_url(document_id)}#opinions", 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/vote")
def vote(document_id: int) -> Response:
    """Say whether the document was useful, or take that back."""
    choice = request.form.get("vote", "")
    if choice not in VOTES:
        abort(400)
    with services().db.write() as session:
        opinions.vote(session, current_viewer(), document_id, VOTES[choice], utcnow())
    return redirect(f"{document_url(document_id)}#opinions", 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/comments")
def comment(document_id: int) -> Response | tuple[str, int]:
    """Comment on the document."""

    def keep(session: Session) -> Said:
        return comments.add_comment(
            session, current_viewer(), document_id, _typed("comment"), utcnow()
        )

    return _saying(keep)


@blueprint.post(f"/comments/{NUMBER}/edit")
def edit_comment(number: int) -> Response | tuple[str, int]:
    """Change one's own comment."""

    def keep(session: Session) -> Said:
        return comments.edit_comment(session, current_viewer(), number, _typed("comment"), utcnow())

    return _saying(keep)


@blueprint.post(f"/comments/{NUMBER}/delete")
def delete_comment(number: int) -> Response:
    """Delete a comment."""
    with services().db.write() as session:
        document_id = comments.delete_comment(session, current_viewer(), number, utcnow())
    flash(gettext("评论已删除。"), MESSAGE)
    return redirect(f"{document_url(document_id)}#comments", 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/uses")
def use(document_id: int) -> Response | tuple[str, int]:
    """Note what the document was used for."""
    outcome = request.form.get("outcome", "")
    if outcome not in set(UseOutcome):
        abort(400)
    try:
        with services().db.write() as session:
            applications.record_use(
                session,
                current_viewer(),
                document_id,
                _typed("customer"),
                UseOutcome(outcome),
                _typed("note"),
                utcnow(),
            )
            _count(session, document_id, EventKind.APPLY)
    except TextRefused as refused:
        return _again(refused, ("customer", "note"), {"outcome": outcome})
    flash(gettext("已经记下来了，谢谢您告诉大家。"), MESSAGE)
    return redirect(f"{document_url(document_id)}#uses", 303)


@blueprint.post(f"/uses/{NUMBER}/remove")
def remove_use(number: int) -> Response:
    """Take back a noted use."""
    with services().db.write() as session:
        document_id = applications.remove_use(session, current_viewer(), number)
    flash(gettext("这条使用记录已删除。"), MESSAGE)
    return redirect(f"{document_url(document_id)}#uses", 303)


@blueprint.post(f"/documents/{DOCUMENT_ID}/problems")
def report(document_id: int) -> Response | tuple[str, int]:
    """Say what is wrong with the document."""
    try:
        with services().db.write() as session:
            problems.report_problem(
                session, current_viewer(), document_id, _typed("problem"), utcnow()
            )
    except TextRefused as refused:
        return _again(refused, ("problem",))
    flash(gettext("问题已经转给负责人和管理员，有了答复会通知您。"), MESSAGE)
    return redirect(f"{document_url(document_id)}#problems", 303)


@blueprint.post(f"/problems/{NUMBER}/answer")
def answer(number: int) -> Response | tuple[str, int]:
    """Answer a reported problem and close it."""
    try:
        with services().db.write() as session:
            document_id = problems.answer_problem(
                session, current_viewer(), number, _typed("answer"), utcnow()
            )
    except TextRefused as refused:
        return _again(refused, ("answer",))
    flash(gettext("已答复，并通知了报告问题的同事。"), MESSAGE)
    back = request.form.get("next")
    return redirect(safe_path(back) if back else f"{document_url(document_id)}#problems", 303)


@blueprint.get(f"/documents/{DOCUMENT_ID}/people")
def people(document_id: int) -> Response:
    """Colleagues who can be called in a comment, for the list under what is being typed."""
    beginning = request.args.get("q", "")[:LONGEST_CALL]
    with services().db.read() as session:
        found = colleagues_like(session, current_viewer(), document_id, beginning)
    return jsonify([{"name": each.name, "login": each.login} for each in found])


@blueprint.get("/favourites")
def favourites() -> str:
    """The documents that the colleague keeps."""
    with services().db.read() as session:
        kept = opinions.favourites_for(session, current_viewer())
    return render_template("social/favourites.html", kept=kept, taxonomy=services().taxonomy())


@blueprint.get("/problems")
def problem_list() -> str:
    """The reported problems that the colleague answers for or has reported."""
    is_open = request.args.get("list") != "closed"
    with services().db.read() as session:
        found = problems.problems_for(session, current_viewer(), is_open=is_open)
    tabs = [
        Link(gettext("待处理"), url_for("social.problem_list"), is_open),
        Link(gettext("已答复"), url_for("social.problem_list", list="closed"), not is_open),
    ]
    return render_template("social/problems.html", found=found, tabs=tabs, is_open=is_open)


def _saying(keep: Callable[[Session], Said]) -> Response | tuple[str, int]:
    try:
        with services().db.write() as session:
            said = keep(session)
    except TextRefused as refused:
        return _again(refused, ("comment",))
    if said.unheard:
        names = listed(name[:LONGEST_ECHO] for name in said.unheard)
        flash(
            gettext(
                "评论已发出。没有通知到“%(names)s”：没有这位同事，或者他看不到这份资料。",
                names=names,
            ),
            MESSAGE,
        )
    return redirect(f"{document_url(said.document_id)}#comment-{said.comment_id}", 303)


def _again(
    refused: TextRefused, names: tuple[str, ...], kept: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """The form once more with everything that was typed, and what is wrong with it."""
    name = str(FIELDS[refused.field])
    problem = (
        gettext("%(name)s还是空的，请写几句再提交。", name=name)
        if refused.reason == "empty"
        else gettext(
            "%(name)s太长了，最多 %(longest)s 个字；您写的内容都在下面，删减后再提交。",
            name=name,
            longest=refused.longest,
        )
    )
    fields = [(each, FIELDS[each], _typed(each)) for each in names]
    page = render_template(
        "social/again.html",
        problem=problem,
        wrong=refused.field,
        fields=fields,
        kept={**(kept or {}), "next": _typed("next")},
        action=here(),
    )
    return page, 422


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _count(session: Session, document_id: int, kind: EventKind) -> None:
    now: dt.datetime = utcnow().astimezone(services().settings.timezone)
    record_event(session, current_user_id(), document_id, kind, now)
