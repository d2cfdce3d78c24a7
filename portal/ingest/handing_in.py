"""Handing a draft in: what has to be settled before anybody is asked to review it."""

import datetime as dt

from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.catalogue.drafts import draft_for
from portal.catalogue.lifecycle import change_status
from portal.catalogue.transitions import Action
from portal.ingest.duplicates import undecided

TWINS = "twins"


class NotReady(ValueError):
    """A draft cannot be handed in yet.

    ``missing`` names facets without a code, or is ``("twins",)`` where a document that is much
    like it still waits for the author's choice.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        self.missing = missing
        super().__init__("、".join(missing))


def hand_in(
    session: Session,
    viewer: Viewer,
    document_id: int,
    action: Action,
    now: dt.datetime,
    comment: str = "",
) -> None:
    """Submit a draft for review, or publish it at once where its author may.

    Raises :class:`NotReady`, and what :func:`portal.catalogue.lifecycle.change_status` does.
    """
    missing = draft_for(session, viewer, document_id).details.missing
    if missing:
        raise NotReady(missing)
    if undecided(session, viewer, document_id):
        raise NotReady((TWINS,))
    change_status(session, viewer, document_id, action, now, comment)
