"""The JSON interface for programs, under ``/api/v1``.

Every view asks the service that the page of the same name asks. ``portal/web/openapi.json`` says
what each takes and gives, ``docs/api.md`` how to begin.
"""

from portal.web.api import description, documents, drafts, events, group, search, taxonomy
from portal.web.api.description import DESCRIPTION
from portal.web.api.group import SCOPES, blueprint
from portal.web.api.search import PARAMETERS

__all__ = [
    "DESCRIPTION",
    "PARAMETERS",
    "SCOPES",
    "blueprint",
    "description",
    "documents",
    "drafts",
    "events",
    "group",
    "search",
    "taxonomy",
]
