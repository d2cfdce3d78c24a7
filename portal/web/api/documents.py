"""Reading: the library page by page, one document, its text, its versions, its files.

What a program reads counts as nobody's reading; a program that shows a document to a person says
so by an event.
"""

from urllib.parse import urlencode

from flask import jsonify, request
from werkzeug.wrappers import Response

from portal.catalogue import TaxonomyError, document_for
from portal.catalogue.drafts import leaflet_for
from portal.catalogue.life import life_of
from portal.catalogue.listing import Wanted, list_documents
from portal.catalogue.originals import Original, take_original
from portal.catalogue.versions import versions_for
from portal.db import utcnow
from portal.models import FACETS, Status
from portal.search import FORMATS, BadRequest
from portal.web.api.asked import known_parameters, limit_of, moment_of, number_of
from portal.web.api.conditional import conditional
from portal.web.api.group import DOCUMENT, blueprint
from portal.web.api.shapes import Json, document_json, section_json, summary_json, version_json
from portal.web.context import services
from portal.web.downloads import send_stored
from portal.web.feeds import root
from portal.web.messages import gettext
from portal.web.viewer import current_viewer

FILTERS = (*FACETS, "format", "status", "author", "published_after")
PAGE = 50


@blueprint.get("/documents")
def document_list() -> Response:
    """The documents that the caller may read, the latest made first."""
    known_parameters(*FILTERS, "limit", "cursor")
    wanted, before, limit = _wanted(), number_of("cursor"), limit_of(PAGE)
    try:
        with services().db.read() as session:
            found = list_documents(
                session, current_viewer(), services().taxonomy(), wanted, limit, before
            )
    except TaxonomyError as error:
        raise BadRequest(_unknown(error), error.facet) from error
    return _page([summary_json(each) for each in found.documents], found.following)


@blueprint.get(DOCUMENT)
def document(document_id: int) -> Response:
    """One document, without its text."""
    known_parameters()
    return conditional(jsonify(one_document(document_id)))


@blueprint.get(f"{DOCUMENT}/sections")
def sections(document_id: int) -> Response:
    """The text of the version that is read, section by section."""
    known_parameters("limit", "cursor")
    after, limit = number_of("cursor") or 0, limit_of(PAGE)
    with services().db.read() as session:
        found = document_for(session, current_viewer(), document_id).sections
    rest = [each for each in found if each.ordinal > after]
    following = rest[limit - 1].ordinal if len(rest) > limit else None
    return conditional(_page([section_json(each) for each in rest[:limit]], following))


@blueprint.get(f"{DOCUMENT}/versions")
def versions(document_id: int) -> Response:
    """The versions that the caller may see, the latest first."""
    known_parameters()
    with services().db.read() as session:
        found = versions_for(session, current_viewer(), document_id)
    return conditional(jsonify(items=[version_json(document_id, each) for each in found]))


@blueprint.get(f"{DOCUMENT}/original")
def original(document_id: int) -> Response:
    """The file of the version that is read."""
    known_parameters()
    return _send(take_original(services().db, current_viewer(), document_id))


@blueprint.get(f"{DOCUMENT}/versions/<int:number>/original")
def version_original(document_id: int, number: int) -> Response:
    """The file of one version."""
    known_parameters()
    return _send(take_original(services().db, current_viewer(), document_id, number))


def one_document(document_id: int) -> Json:
    """The JSON of a document that the caller may read."""
    viewer, zone = current_viewer(), services().settings.timezone
    with services().db.read() as session:
        return document_json(
            document_for(session, viewer, document_id),
            leaflet_for(session, viewer, document_id),
            life_of(session, viewer, document_id, utcnow(), zone),
        )


def _wanted() -> Wanted:
    chosen = {name: _several(name) for name in (*FACETS, "format", "status")}
    return Wanted(
        keys={facet: chosen[facet] for facet in FACETS if chosen[facet]},
        formats=_known("format", chosen["format"], FORMATS),
        statuses=_known("status", chosen["status"], tuple(Status)) or (Status.PUBLISHED,),
        author=request.args.get("author", ""),
        published_after=moment_of("published_after"),
    )


def _several(name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, request.args.getlist(name))))


def _known(name: str, chosen: tuple[str, ...], valid: tuple[str, ...]) -> tuple[str, ...]:
    for each in chosen:
        if each not in valid:
            names = "、".join(valid)
            raise BadRequest(gettext("可用的值：%(names)s", names=names), name)
    return chosen


def _unknown(error: TaxonomyError) -> str:
    return gettext(
        "没有代码“%(code)s”。可用的代码：%(codes)s",
        code=error.code[:40],
        codes="、".join(error.valid),
    )


def _page(items: list[Json], following: int | None) -> Response:
    """A page of a list; the address of the next one stands in the body and in a header."""
    address = None
    if following is not None:
        kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        address = f"{root()}{request.path}?{urlencode([*kept, ('cursor', following)])}"
    answer = jsonify(items=items, next=address)
    if address is not None:
        answer.headers["Link"] = f'<{address}>; rel="next"'
    return answer


def _send(found: Original) -> Response:
    answer = send_stored(found, etag=found.sha256)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
