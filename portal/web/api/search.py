"""The same questions and the same answers as the results page."""

from dataclasses import replace

from flask import jsonify, request
from werkzeug.wrappers import Response

from portal.search import FILTERS, SearchRequest, page_as_json
from portal.web import addresses
from portal.web.api.asked import known_parameters, limit_of
from portal.web.api.group import blueprint
from portal.web.context import services
from portal.web.traces import note_api_search
from portal.web.viewer import current_viewer

PARAMETERS = ("q", *FILTERS, "match", "sort", "page", "limit")


@blueprint.get("/search")
def search() -> Response:
    """Documents that answer the question in the address."""
    asked = _asked()
    found = services().search.search(asked, current_viewer())
    note_api_search(asked, found)
    return jsonify(page_as_json(found))


def _asked() -> SearchRequest:
    known_parameters(*PARAMETERS)
    asked = addresses.parse_search(request.args)
    return replace(asked, page_size=limit_of(asked.page_size))
