"""All codes by which documents are keyed, with their names."""

from flask import jsonify
from werkzeug.wrappers import Response

from portal.web.api.asked import known_parameters
from portal.web.api.conditional import conditional
from portal.web.api.group import blueprint
from portal.web.context import services


@blueprint.get("/taxonomy")
def taxonomy() -> Response:
    """Every facet with its codes, in the order in which people see them."""
    known_parameters()
    facets = {
        facet: [
            {"code": term.code, "zh": term.zh, "en": term.en, "phase": term.phase or None}
            for term in terms
        ]
        for facet, terms in services().taxonomy().terms.items()
    }
    return conditional(jsonify({"facets": facets}))
