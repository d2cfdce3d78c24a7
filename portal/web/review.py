"""What waits for review: the queue, the page to read and decide on, handing on."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError, SectionView, document_for
from portal.catalogue.difference import Difference, compare
from portal.catalogue.lifecycle import change_status
from portal.catalogue.review import managers, own_unpublished, queue_for, reassign
from portal.catalogue.revisions import decide_version
from portal.catalogue.standing import standing
from portal.catalogue.transitions import Action
from portal.catalogue.versions import sections_for
from portal.db import utcnow
from portal.web.addresses import PART_SECTIONS, page_number
from portal.web.body import blocks
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.life import SENTENCES, life
from portal.web.lifecycle import DONE, PROBLEM
from portal.web.messages import gettext
from portal.web.pager import make_pager
from portal.web.viewer import current_viewer

blueprint = Blueprint("review", __name__, url_prefix="/review")


@blueprint.get("")
def queue() -> str:
    """What waits for this person, and what this person handed in."""
    with services().db.read() as session:
        waiting = queue_for(session, current_viewer(), utcnow(), services().settings.timezone)
        own = own_unpublished(session, current_viewer())
    return render_template(
        "review/queue.html", waiting=waiting, own=own, taxonomy=services().taxonomy()
    )


@blueprint.get(f"/{DOCUMENT_ID}")
def show(document_id: int) -> Response | str:
    """The text that waits, with what is new in it, and the decision."""
    stands = life(document_id)
    if not stands.may_decide:
        return redirect(url_for("documents.show", document_id=document_id), 303)
    page = page_number(request.args.get("page", "1"))
    with services().db.read() as session:
        viewer = current_viewer()
        document = document_for(session, viewer, document_id)
        number = stands.proposed or document.summary.version
        sections = sections_for(session, viewer, document_id, number)
        others = managers(session, standing(session, viewer, document_id, change=False))
    pages = max(1, -(-len(sections) // PART_SECTIONS))
    if page is None or page > pages:
        abort(404)
    return render_template(
        "review/decide.html",
        document=document,
        life=stands,
        number=number,
        sections=sections[(page - 1) * PART_SECTIONS : page * PART_SECTIONS],
        difference=_difference(document.sections, sections) if stands.proposed else None,
        managers=others,
        taxonomy=services().taxonomy(),
        blocks=blocks,
        pager=make_pager(
            page, pages, lambda each: url_for("review.show", document_id=document_id, page=each)
        ),
    )


@blueprint.post(f"/{DOCUMENT_ID}")
def decide(document_id: int) -> Response:
    """Publish or return what was read."""
    decision = request.form.get("decision", "")
    number = page_number(request.form.get("version", ""))
    if decision not in ("publish", "return") or number is None:
        abort(400)
    comment = request.form.get("comment", "")
    try:
        with services().db.write() as session:
            _decide(session, document_id, decision, number, comment)
    except LifeCycleError as error:
        flash(str(SENTENCES[error.code]), PROBLEM)
        return redirect(url_for("review.show", document_id=document_id), 303)
    published = gettext("已发布，作者会收到通知。")
    flash(published if decision == "publish" else gettext("已退回，作者会看到您的意见。"), DONE)
    return redirect(url_for("review.queue"), 303)


@blueprint.post(f"/{DOCUMENT_ID}/reassign")
def hand_on(document_id: int) -> Response:
    """Let another manager decide."""
    chosen = page_number(request.form.get("reviewer", ""))
    try:
        with services().db.write() as session:
            reassign(session, current_viewer(), document_id, chosen or 0, utcnow())
    except LifeCycleError as error:
        flash(str(SENTENCES[error.code]), PROBLEM)
        return redirect(url_for("review.show", document_id=document_id), 303)
    flash(gettext("已转交，对方会收到通知。"), DONE)
    return redirect(url_for("review.queue"), 303)


def _decide(session: Session, document_id: int, decision: str, number: int, comment: str) -> None:
    viewer, now, accept = current_viewer(), utcnow(), decision == "publish"
    held = standing(session, viewer, document_id)
    if held.document.proposed_number is not None:
        decide_version(session, viewer, document_id, number, now, comment, accept=accept)
        return
    action = Action.PUBLISH if accept else Action.RETURN
    change_status(session, viewer, document_id, action, now, comment, version=number)


def _difference(older: tuple[SectionView, ...], newer: tuple[SectionView, ...]) -> Difference:
    return compare(older, newer)
