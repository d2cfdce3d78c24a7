"""What a person did with a document in another program, told to the portal."""

from flask import jsonify
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import applications, opinions
from portal.catalogue.plain_text import TextRefused
from portal.catalogue.social import require_readable
from portal.db import utcnow
from portal.models import EventKind, UseOutcome
from portal.recommend import record_event
from portal.web.api.asked import Body, known_parameters
from portal.web.api.group import blueprint
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.problems import Problem
from portal.web.viewer import current_user_id, current_viewer

KINDS = (EventKind.VIEW, EventKind.DOWNLOAD, EventKind.FAVOURITE, EventKind.APPLY)
MEMBERS = ("document", "kind", "keep", "customer", "outcome", "note")


@blueprint.post("/events")
def record() -> tuple[Response, int]:
    """Record what the person did, by the rules that hold on the portal's own pages."""
    known_parameters()
    body = Body(*MEMBERS)
    document_id, kind = body.number("document"), EventKind(body.choice("kind", KINDS))
    try:
        with services().db.write() as session:
            require_readable(session, current_viewer(), document_id)
            is_counted = _record(session, document_id, kind, body)
    except TextRefused as refused:
        raise _refused(refused) from refused
    return jsonify(counted=is_counted), 201


def _record(session: Session, document_id: int, kind: EventKind, body: Body) -> bool:
    viewer, now = current_viewer(), utcnow()
    if kind == EventKind.FAVOURITE:
        keep = body.truth("keep", True)
        changed = opinions.set_favourite(session, viewer, document_id, keep, now)
        if not (changed and keep):
            return False
    if kind == EventKind.APPLY:
        applications.record_use(
            session,
            viewer,
            document_id,
            body.text("customer"),
            UseOutcome(body.choice("outcome", tuple(UseOutcome))),
            body.text("note", ""),
            now,
        )
    today = now.astimezone(services().settings.timezone)
    return record_event(session, current_user_id(), document_id, kind, today)


def _refused(refused: TextRefused) -> Problem:
    name = refused.field
    if refused.reason == "empty":
        sentence = gettext("“%(name)s”不能是空的。", name=name)
    else:
        sentence = gettext(
            "“%(name)s”太长了，最多 %(longest)s 个字。", name=name, longest=refused.longest
        )
    return Problem("invalid", sentence, field=name)
