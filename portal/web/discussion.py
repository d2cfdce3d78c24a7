"""What colleagues say of a document, for its page."""

from flask import request

from portal.catalogue.discussion import Discussion, discussion_of
from portal.web.context import services
from portal.web.viewer import current_person, current_viewer


def discussion(document_id: int) -> Discussion | None:
    """What is said of a document, for the colleague who is signed in; nothing for visitors."""
    if current_person() is None:
        return None
    with services().db.read() as session:
        whole = request.args.get("comments") == "all"
        return discussion_of(session, current_viewer(), document_id, whole=whole)
