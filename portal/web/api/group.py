"""The blueprint of the JSON interface, and which scope of a token each of its routes asks for."""

from collections.abc import Mapping

from flask import Blueprint, abort, request

from portal.web.bearer import require_scope

SCOPES: Mapping[str, str] = {
    "api.search": "search",
    "api.document_list": "documents:read",
    "api.document": "documents:read",
    "api.sections": "documents:read",
    "api.versions": "documents:read",
    "api.original": "documents:read",
    "api.version_original": "documents:read",
    "api.take_in": "documents:write",
    "api.change_draft": "documents:write",
    "api.proposals": "documents:write",
    "api.submit": "documents:write",
    "api.add_version": "documents:write",
    "api.record": "events:write",
    "api.taxonomy": "taxonomy:read",
    # Says what the interface is, and nothing about what is in the portal.
    "api.description": "",
}
"""Every route; a token may use those it was made for, as far as its owner may at all."""

DOCUMENT = "/documents/<int:document_id>"
# The largest number that every supported database takes as a key. A route that did not match it
# would answer that the method is wrong, since others share its address.
_LARGEST = 2**31 - 1
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.before_request
def _check() -> None:
    # A route that the table does not know is a mistake of ours, and answers nothing.
    scope = SCOPES[str(request.endpoint)]
    if scope:
        require_scope(scope)
    numbers = (request.view_args or {}).values()
    if any(number > _LARGEST for number in numbers):
        abort(404)
