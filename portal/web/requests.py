"""Asking colleagues for what a search did not find, and answering such requests."""

import datetime as dt

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.db import utcnow
from portal.push.request_views import (
    RequestView,
    request_for,
    requests_for,
    waiting_requests,
)
from portal.push.requests import LONGEST_ANSWER, MOST_OPEN, RequestError, answer, ask, close
from portal.search import Hit, SearchRequest
from portal.web.addresses import parse_search
from portal.web.context import services
from portal.web.messages import gettext, ngettext
from portal.web.viewer import current_viewer

REQUEST_ID = "<int(max=2147483647):request_id>"
LISTS = ("asked-of-me", "my-own")
PICKS = 8

blueprint = Blueprint("requests", __name__, url_prefix="/requests")


@blueprint.get("")
def show() -> str:
    """The requests that wait for this person, or the person's own."""
    viewer = current_viewer()
    if viewer.user_id is None:
        abort(403)
    with services().db.read() as session:
        waiting = waiting_requests(session, viewer)
        chosen = request.args.get("list") or LISTS[0 if waiting else 1]
        if chosen not in LISTS:
            abort(404)
        rows = requests_for(session, viewer, _today(), chosen)
    return render_template(
        "requests/list.html",
        rows=rows,
        chosen=chosen,
        waiting=waiting,
        taxonomy=services().taxonomy(),
    )


@blueprint.post("")
def make() -> Response:
    """Ask for what a search did not find."""
    asked = parse_search(request.form)
    try:
        with services().db.write() as session:
            request_id, is_new = ask(
                session, current_viewer(), asked, utcnow(), services().settings.timezone
            )
    except RequestError as error:
        flash(_problem(error), "problem")
        return redirect(url_for("requests.show", list="my-own"), 303)
    told = gettext("已经请同事补充，有了答复会告诉您。")
    joined = gettext("已有同事提过同样的请求，有了答复也会告诉您。")
    flash(told if is_new else joined, "done")
    return redirect(url_for("requests.detail", request_id=request_id), 303)


@blueprint.get(f"/{REQUEST_ID}")
def detail(request_id: int) -> str:
    """One request, for those who asked it or may answer it."""
    return _page(_request(request_id), "")


@blueprint.post(f"/{REQUEST_ID}/answer")
def reply(request_id: int) -> Response | tuple[str, int]:
    """Answer with a document, with words, or both."""
    document = request.form.get("document", "")
    number = int(document) if document.isascii() and document.isdecimal() else None
    try:
        with services().db.write() as session:
            told = answer(
                session,
                current_viewer(),
                request_id,
                utcnow(),
                document_id=min(number, 2147483647) if number is not None else None,
                text=request.form.get("text", ""),
            )
    except RequestError as error:
        return _page(_request(request_id), _problem(error)), 422
    flash(
        ngettext("已答复，并告诉了 %(num)s 位同事。", "已答复，并告诉了 %(num)s 位同事。", told),
        "done",
    )
    return redirect(url_for("requests.detail", request_id=request_id), 303)


@blueprint.post(f"/{REQUEST_ID}/close")
def take_back(request_id: int) -> Response:
    """Take back one's own request."""
    with services().db.write() as session:
        if not close(session, current_viewer(), request_id, utcnow()):
            abort(404)
    flash(gettext("请求已撤回。"), "done")
    return redirect(url_for("requests.show", list="my-own"), 303)


def _request(request_id: int) -> RequestView:
    with services().db.read() as session:
        return request_for(session, current_viewer(), request_id, _today())


def _page(view: RequestView, problem: str) -> str:
    looked_for = request.args.get("q", "").strip()
    picks: tuple[Hit, ...] = ()
    if view.may_answer and view.state == "open" and looked_for:
        asked = SearchRequest(looked_for[:500], page_size=PICKS)
        picks = services().search.search(asked, current_viewer()).hits
    return render_template(
        "requests/detail.html",
        row=view,
        picks=picks,
        looked_for=looked_for,
        problem=problem,
        text=request.form.get("text", ""),
        longest=LONGEST_ANSWER,
        taxonomy=services().taxonomy(),
    )


def _today() -> dt.date:
    return utcnow().astimezone(services().settings.timezone).date()


def _problem(error: RequestError) -> str:
    words = {
        "empty": gettext("没有内容，什么都没有提交。请写几句话，或者选一份资料。"),
        "long": gettext("内容太长，没有提交，文字还在。请缩短后再试。"),
        "many": gettext(
            "您还有 %(most)s 个请求没有答复，这一个没有提交。请先撤回不再需要的。", most=MOST_OPEN
        ),
        "settled": gettext("这个请求已经有了答复或已撤回，您的答复没有保存。"),
        "unreadable": gettext("提出请求的同事看不到这份资料，没有提交。请换一份，或者写几句话。"),
    }
    return words[error.reason]
