"""What a kept question finds, for pushing: in the index and, once more, in the database."""

from collections.abc import Collection

from portal.catalogue import Viewer, documents_for
from portal.models import Status
from portal.search import SearchRequest
from portal.services import Services


def matching_published(
    services: Services, request: SearchRequest, viewer: Viewer, among: Collection[int] | None
) -> frozenset[int]:
    """The published documents that a request finds for a viewer, checked with the database too."""
    found = services.search.matching(request, viewer, among)
    if not found:
        return found
    with services.db.read() as session:
        readable = documents_for(session, viewer, sorted(found))
    return frozenset(number for number, each in readable.items() if each.status == Status.PUBLISHED)
