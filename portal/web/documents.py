"""A document's own page, and the original file."""

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.catalogue import DocumentSummary, DocumentView, document_for
from portal.catalogue.drafts import Leaflet, leaflet_for
from portal.catalogue.originals import Original, take_original
from portal.search import IndexUnavailable
from portal.web.addresses import PART_SECTIONS, page_number, part_url
from portal.web.body import blocks
from portal.web.context import services
from portal.web.discussion import discussion
from portal.web.downloads import send_stored
from portal.web.life import life
from portal.web.offline import allow_copy
from portal.web.pager import make_pager
from portal.web.traces import note_download, note_view
from portal.web.viewer import current_viewer

# The largest number that every supported database takes as a key.
DOCUMENT_ID = "<int(max=2147483647):document_id>"

blueprint = Blueprint("documents", __name__)


@blueprint.get(f"/documents/{DOCUMENT_ID}")
def show(document_id: int) -> Response:
    """The document's text, section by section, in parts where it is very long."""
    document = _document(document_id)
    parts = max(1, -(-len(document.sections) // PART_SECTIONS))
    part = page_number(request.args.get("part", "1"))
    if part is None or part > parts:
        abort(404)
    note_view(document_id)
    page = render_template(
        "document.html",
        document=document,
        sections=document.sections[(part - 1) * PART_SECTIONS : part * PART_SECTIONS],
        pager=make_pager(part, parts, lambda each: part_url(document_id, each)),
        taxonomy=services().taxonomy(),
        blocks=blocks,
        similar=_similar(document_id),
        discussion=discussion(document_id),
        life=life(document_id),
        leaflet=_leaflet(document_id),
    )
    return allow_copy(make_response(page), document.summary.visibility)


@blueprint.get(f"/documents/{DOCUMENT_ID}/original")
def original(document_id: int) -> Response:
    """The file as it was uploaded, always as a download."""
    return send_original(take_original(services().db, current_viewer(), document_id))


def send_original(original: Original) -> Response:
    """A stored file as an answer: always a download, named as it was uploaded."""
    note_download(original.document_id)
    return send_stored(original)


def _leaflet(document_id: int) -> Leaflet:
    with services().db.read() as session:
        return leaflet_for(session, current_viewer(), document_id)


def _similar(document_id: int) -> list[DocumentSummary]:
    try:
        return services().search.similar(document_id, current_viewer())
    except IndexUnavailable:
        return []  # the document itself comes from the database and can be read


def _document(document_id: int) -> DocumentView:
    with services().db.read() as session:
        return document_for(session, current_viewer(), document_id)
