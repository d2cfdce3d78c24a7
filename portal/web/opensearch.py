"""What a browser needs to search the portal from its address bar: OpenSearch 1.1.

https://github.com/dewitt/opensearch/blob/master/opensearch-1-1-draft-6.md and, for suggestions,
the OpenSearch Suggestions extension 1.1.
"""

from urllib.parse import urljoin

from flask import Blueprint, abort, jsonify, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.search import SearchRequest
from portal.search.types import Suggestion
from portal.web.addresses import document_url, search_url
from portal.web.context import services
from portal.web.language import html_language
from portal.web.messages import gettext
from portal.web.viewer import current_viewer

MEDIA_TYPE = "application/opensearchdescription+xml"
SUGGESTIONS_TYPE = "application/x-suggestions+json"

blueprint = Blueprint("opensearch", __name__)


@blueprint.get("/opensearch.xml")
def description() -> Response:
    """Where and how this portal is searched, in absolute addresses of the host that was asked."""
    if not request.host:
        abort(400)  # what was asked for is no host's name
    answer = make_response(
        render_template(
            "opensearch.xml",
            # The format allows no more than 16, 48 and 1024 characters here.
            short_name=gettext("知识门户"),
            long_name=gettext("知识门户搜索"),
            description=gettext("查找方案、资费、案例等资料，直接打开所在的页。"),
            html_language=html_language(),
            home=url_for("front.home", _external=True),
            icon=url_for("static", filename="favicon.svg", _external=True),
            results=url_for("search.results", _external=True),
            answers=url_for("api.search", _external=True),
            suggestions=url_for("opensearch.suggestions", _external=True),
            itself=url_for("opensearch.description", _external=True),
        )
    )
    answer.content_type = f"{MEDIA_TYPE}; charset=utf-8"
    return answer


@blueprint.get("/suggest/opensearch")
def suggestions() -> Response:
    """What was typed, and what may be meant: texts, descriptions and addresses, in parallel."""
    typed = request.args.get("q", "")
    found = services().search.suggest(typed, current_viewer())
    answer = jsonify(
        [
            typed,
            [each.text for each in found],
            [each.within for each in found],
            [_address(each) for each in found],
        ]
    )
    answer.content_type = SUGGESTIONS_TYPE
    return answer


def _address(suggestion: Suggestion) -> str:
    if suggestion.document is None:
        path = search_url(SearchRequest(suggestion.text))
    else:
        path = document_url(suggestion.document, suggestion.ordinal)
    return urljoin(request.host_url, path)
