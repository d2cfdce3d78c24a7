"""What the search box offers while someone types, for static/suggest.js."""

from itertools import groupby
from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from portal.search import SearchRequest, Suggestion
from portal.web.addresses import document_url, search_url
from portal.web.context import services
from portal.web.messages import gettext, lazy_gettext, ngettext
from portal.web.viewer import current_viewer

KINDS = {
    "query": lazy_gettext("同事搜过"),
    "title": lazy_gettext("资料"),
    "heading": lazy_gettext("章节"),
}

blueprint = Blueprint("suggest", __name__)


@blueprint.get("/suggest")
def suggestions() -> Response:
    """Suggestions in groups of one kind, and a sentence that says how many there are."""
    found = services().search.suggest(request.args.get("q", ""), current_viewer())
    return jsonify(
        status=_status(len(found)),
        groups=[
            {"name": str(KINDS[kind]), "options": [_option(each) for each in group]}
            for kind, group in groupby(found, key=lambda each: each.kind)
        ],
    )


def suggestion_url(suggestion: Suggestion) -> str:
    """Where following a suggestion leads: the document, its section, or the results."""
    if suggestion.document is None:
        return search_url(SearchRequest(suggestion.text))
    return document_url(suggestion.document, suggestion.ordinal)


def _option(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "text": suggestion.text,
        "within": suggestion.within,
        "url": suggestion_url(suggestion),
    }


def _status(count: int) -> str:
    if not count:
        return gettext("没有建议")
    return ngettext("%(num)s 条建议，用上下键选择", "%(num)s 条建议，用上下键选择", count)
