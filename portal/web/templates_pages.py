"""Templates: marking a document as one, and filling a copy in."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError
from portal.catalogue.drafts import LONGEST_TITLE, mark_template
from portal.db import utcnow
from portal.ingest import Outcome
from portal.ingest.templates import LONGEST_VALUE, Copy, Template, copy_template, template_for
from portal.models import EventKind
from portal.recommend import record_event
from portal.web.addresses import document_url
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.messages import gettext
from portal.web.sentences import said
from portal.web.upload import duplicate_answer
from portal.web.viewer import current_person, current_user_id, current_viewer

# What a copy is not called any more: 整体方案模板（中小学版）.
_TEMPLATE = re.compile("模板(?=（|$)")

blueprint = Blueprint("templates", __name__)


@blueprint.post(f"/documents/{DOCUMENT_ID}/template")
def mark(document_id: int) -> Response:
    """Make the document a template, or an ordinary one again."""
    wanted = request.form.get("wanted") == "yes"
    try:
        with services().db.write() as session:
            mark_template(session, current_viewer(), document_id, is_template=wanted)
    except LifeCycleError:
        abort(403)
    told = gettext("已设为模板，同事可以直接填空生成。") if wanted else gettext("已取消模板。")
    flash(told, "upload")
    return redirect(document_url(document_id), 303)


@blueprint.get(f"/documents/{DOCUMENT_ID}/copy")
def ask(document_id: int) -> str:
    """The form that asks for what goes into the blanks."""
    return _page(_template(document_id), "", {}, "")


@blueprint.post(f"/documents/{DOCUMENT_ID}/copy")
def fill_in(document_id: int) -> Response | tuple[str, int]:
    """Make the copy, which is a draft of whoever asks, and go on to it."""
    template = _template(document_id)
    title = " ".join(request.form.get("title", "").split())[:LONGEST_TITLE]
    values = {
        blank: request.form.get(f"blank-{number}", "")[:LONGEST_VALUE]
        for number, blank in enumerate(template.blanks)
    }
    if not title:
        return _page(template, title, values, gettext("请先给新文件起个名字。")), 422
    person = current_person()
    copy = Copy(title, values, current_user_id(), person.name if person else "", utcnow())
    outcome = copy_template(
        services().db,
        services().blobs,
        services().taxonomy(),
        template,
        copy,
        services().limits,
    )
    if outcome.status != "added":
        return _page(template, title, values, _problem(outcome)), 422
    with services().db.write() as session:
        now = utcnow().astimezone(services().settings.timezone)
        record_event(session, current_user_id(), document_id, EventKind.APPLY, now)
    flash(gettext("已按模板生成草稿，请核对后提交。"), "upload")
    return redirect(url_for("drafts.edit", document_id=outcome.document_id), 303)


def _page(template: Template, title: str, values: dict[str, str], problem: str) -> str:
    return render_template(
        "upload/copy.html",
        template=template,
        title=title or _TEMPLATE.sub("", template.document.summary.title),
        values=values,
        problem=problem,
        longest={"title": LONGEST_TITLE, "value": LONGEST_VALUE},
    )


def _template(document_id: int) -> Template:
    return template_for(
        services().db, services().blobs, current_viewer(), document_id, services().limits
    )


def _problem(outcome: Outcome) -> str:
    if outcome.status == "duplicate":
        return duplicate_answer(outcome).message
    return said(outcome.message)
