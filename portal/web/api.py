"""The JSON interface for programs: the same questions and the same answers as the results page."""

from dataclasses import replace
from pathlib import Path

from flask import Blueprint, jsonify, request, send_file
from werkzeug.wrappers import Response

from portal.search import FILTERS, MAX_PAGE_SIZE, BadRequest, SearchRequest, page_as_json
from portal.web import addresses
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.traces import note_api_search
from portal.web.viewer import current_viewer

DESCRIPTION = Path(__file__).with_name("openapi.json")
PARAMETERS = ("q", *FILTERS, "match", "sort", "page", "limit")

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
def search() -> Response:
    """Documents that answer the question in the address."""
    asked = _asked()
    found = services().search.search(asked, current_viewer())
    note_api_search(asked, found)
    return jsonify(page_as_json(found))


@blueprint.get("/openapi.json")
def description() -> Response:
    """What this interface takes and gives, as OpenAPI 3.1."""
    return send_file(DESCRIPTION, mimetype="application/json")


def _asked() -> SearchRequest:
    # A program must not believe that a misspelt filter narrowed its answer.
    for name in request.args:
        if name not in PARAMETERS:
            names = "、".join(PARAMETERS)
            raise BadRequest(gettext("没有这个参数。可用的参数：%(names)s", names=names), name)
    asked = addresses.parse_search(request.args)
    return replace(asked, page_size=_limit(request.args.get("limit") or str(asked.page_size)))


def _limit(value: str) -> int:
    limit = addresses.page_number(value)
    if limit is None or limit > MAX_PAGE_SIZE:
        raise BadRequest(gettext("每页条数应在 1 到 %(most)s 之间。", most=MAX_PAGE_SIZE), "limit")
    return limit
