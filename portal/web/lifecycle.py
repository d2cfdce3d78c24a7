"""The steps of a document's life that its page offers."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import DocumentSummary, LifeCycleError, document_for, documents_for
from portal.catalogue.lifecycle import change_status
from portal.catalogue.revisions import withdraw_version
from portal.catalogue.transitions import Action
from portal.catalogue.validity import confirm, hand_over
from portal.db import utcnow
from portal.search import IndexUnavailable, SearchRequest
from portal.web.addresses import document_url
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.life import SENTENCES, life
from portal.web.messages import gettext
from portal.web.viewer import current_viewer

DONE, PROBLEM = "life", "life-problem"
CHOICES = 10
STEP = "<any(withdraw, archive, restore):step>"

blueprint = Blueprint("lifecycle", __name__)


@blueprint.post(f"/documents/{DOCUMENT_ID}/{STEP}")
def take(document_id: int, step: str) -> Response:
    """Take a step that needs no choice; drafts are handed in from the page that edits them."""
    action = Action(step)
    done = {
        Action.WITHDRAW: gettext("已撤回，现在又是草稿，可以继续修改。"),
        Action.ARCHIVE: gettext("已归档，不再能被搜索到。需要时可以恢复。"),
        Action.RESTORE: gettext("已恢复发布，同事们又可以找到它了。"),
    }[action]
    return attempt(
        document_id,
        lambda session: change_status(session, current_viewer(), document_id, action, utcnow()),
        done,
    )


@blueprint.post(f"/documents/{DOCUMENT_ID}/confirm")
def still_valid(document_id: int) -> Response:
    """Note that the document still holds."""
    return attempt(
        document_id,
        lambda session: confirm(session, current_viewer(), document_id, utcnow()),
        gettext("谢谢确认。到下一个复核日期前会再提醒您。"),
    )


@blueprint.post(f"/documents/{DOCUMENT_ID}/steward")
def steward(document_id: int) -> Response:
    """Let somebody else keep the document current."""
    login = request.form.get("login", "")
    return attempt(
        document_id,
        lambda session: hand_over(session, current_viewer(), document_id, login, utcnow()),
        gettext("已更换维护人。"),
    )


@blueprint.post(f"/documents/{DOCUMENT_ID}/withdraw-version")
def take_back(document_id: int) -> Response:
    """Take back the new version that waits for a decision."""
    return attempt(
        document_id,
        lambda session: withdraw_version(session, current_viewer(), document_id, utcnow()),
        gettext("已撤回新版本。它还在版本历史里，同事们看到的仍是现在的版本。"),
    )


@blueprint.get(f"/documents/{DOCUMENT_ID}/supersede")
def choose_successor(document_id: int) -> str:
    """Documents that could take over: like it, or found by words."""
    if Action.SUPERSEDE not in life(document_id).actions:
        abort(404)
    words = request.args.get("q", "").strip()
    with services().db.read() as session:
        document = document_for(session, current_viewer(), document_id)
    return render_template(
        "review/supersede.html",
        document=document,
        words=words,
        candidates=_candidates(document_id, words),
        taxonomy=services().taxonomy(),
    )


@blueprint.post(f"/documents/{DOCUMENT_ID}/supersede")
def supersede(document_id: int) -> Response:
    """Let another document take over."""
    chosen = request.form.get("successor", "")
    successor_id = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
    return attempt(
        document_id,
        lambda session: change_status(
            session,
            current_viewer(),
            document_id,
            Action.SUPERSEDE,
            utcnow(),
            successor_id=min(successor_id, 2**31 - 1),
        ),
        gettext("已标明由新的资料取代，下载过它的同事会收到通知。"),
    )


def attempt(document_id: int, step: Callable[[Session], object], done: str) -> Response:
    """Take a step, say how it went, and lead back to the document or, if it is out of sight, on."""
    try:
        with services().db.write() as session:
            step(session)
    except LifeCycleError as error:
        flash(str(SENTENCES[error.code]), PROBLEM)
    else:
        flash(done, DONE)
    with services().db.read() as session:
        readable = documents_for(session, current_viewer(), [document_id])
    return redirect(document_url(document_id) if readable else url_for("review.queue"), 303)


def _candidates(document_id: int, words: str) -> list[DocumentSummary]:
    search = services().search
    try:
        if not words:
            found = search.similar(document_id, current_viewer())
        else:
            page = search.search(SearchRequest(words, page_size=CHOICES), current_viewer())
            found = [hit.document for hit in page.hits]
    except IndexUnavailable:
        return []
    return [each for each in found if each.id != document_id and each.status == "published"]
