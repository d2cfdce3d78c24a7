"""The lists that find people, each in full, and saying that a recommendation is none of mine."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.db import utcnow
from portal.models import ListName
from portal.recommend.lists import (
    dismiss,
    dismissed_by,
    list_for,
    recommended_at,
    undo_dismissal,
)
from portal.web.access import to_sign_in
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.documents import DOCUMENT_ID
from portal.web.messages import gettext, lazy_gettext
from portal.web.viewer import current_person, current_viewer

ADDRESSES = {
    "recommended": ListName.RECOMMENDED,
    "hot": ListName.HOTTEST,
    "newest": ListName.NEWEST,
}
TITLES = {
    "recommended": lazy_gettext("为您推荐"),
    "hot": lazy_gettext("最热"),
    "newest": lazy_gettext("最新"),
}

blueprint = Blueprint("recommendations", __name__)


@blueprint.get("/lists/<name>")
def show(name: str) -> str | Response:
    """One list in full, over all industries or for ``?industry=``."""
    if name not in ADDRESSES:
        abort(404)
    person = current_person()
    if name == "recommended" and person is None:
        return to_sign_in()
    taxonomy = services().taxonomy()
    industry = request.args.get("industry", "")
    if industry and industry not in taxonomy.codes("industry"):
        abort(404)
    viewer = current_viewer()
    with services().db.read() as session:
        items = list_for(session, viewer, ADDRESSES[name], industry)
        dismissed = dismissed_by(session, viewer) if name == "recommended" else []
        made_at = recommended_at(session, viewer) if name == "recommended" else None
    return render_template(
        "recommendations/list.html",
        name=name,
        titles=TITLES if person is not None else {key: TITLES[key] for key in ("hot", "newest")},
        items=items,
        industry=industry,
        taxonomy=taxonomy,
        dismissed=dismissed,
        made_at=made_at,
    )


@blueprint.post(f"/recommendations/{DOCUMENT_ID}/dismiss")
def refuse(document_id: int) -> Response:
    """Never recommend a document to this person again."""
    with services().db.write() as session:
        dismiss(session, current_viewer(), document_id, utcnow())
    flash(gettext("记下了，不会再推荐这份资料，相近的也会少一些。"), "dismissed")
    flash(str(document_id), "dismissed-document")
    return redirect(_back(), 303)


@blueprint.post(f"/recommendations/{DOCUMENT_ID}/restore")
def restore(document_id: int) -> Response:
    """Allow a dismissed document to be recommended again."""
    with services().db.write() as session:
        undo_dismissal(session, current_viewer(), document_id)
    flash(gettext("好的，以后还可能推荐这份资料。"), "dismissed")
    return redirect(_back(), 303)


def _back() -> str:
    wanted = request.form.get("next")
    return safe_path(wanted) if wanted else url_for("recommendations.show", name="recommended")
