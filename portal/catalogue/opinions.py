"""Favourites, and whether a document was useful."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.social import act_alone, require_readable, signed_in
from portal.catalogue.types import DocumentSummary, Viewer
from portal.models import Favourite, Usefulness


@dataclass(frozen=True, slots=True)
class Opinions:
    """How many keep a document and found it useful or not, and what the viewer chose.

    ``my_vote`` is ``None`` for a viewer who has not voted.
    """

    favourites: int
    is_favourite: bool
    useful: int
    not_useful: int
    my_vote: bool | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that a person keeps, since when."""

    document: DocumentSummary
    at: dt.datetime


def set_favourite(
    session: Session, viewer: Viewer, document_id: int, wanted: bool, now: dt.datetime
) -> bool:
    """Keep a document at hand, or no longer; return whether that changed anything.

    Raises ``DocumentNotFound`` when a document that the viewer may not read is to be kept.
    """
    user_id = signed_in(viewer)
    act_alone(session, user_id)
    kept = session.get(Favourite, (user_id, document_id))
    if wanted:
        require_readable(session, viewer, document_id)
    if wanted and kept is None:
        session.add(Favourite(user_id=user_id, document_id=document_id, at=now))
    elif not wanted and kept is not None:
        session.delete(kept)
    return wanted == (kept is None)


def vote(
    session: Session, viewer: Viewer, document_id: int, useful: bool | None, now: dt.datetime
) -> None:
    """Say that a document was useful or not, or take that back with ``None``."""
    require_readable(session, viewer, document_id)
    user_id = signed_in(viewer)
    act_alone(session, user_id)
    known = session.get(Usefulness, (document_id, user_id))
    if useful is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(Usefulness(document_id=document_id, user_id=user_id, useful=useful, at=now))
    elif known.useful != useful:
        known.useful, known.at = useful, now


def opinions_of(session: Session, viewer: Viewer, document_id: int) -> Opinions:
    """The opinions on a document that the caller has found readable."""
    kept = session.scalars(
        sa.select(Favourite.user_id).where(Favourite.document_id == document_id)
    ).all()
    votes = {
        row.user_id: row.useful
        for row in session.execute(
            sa.select(Usefulness.user_id, Usefulness.useful).where(
                Usefulness.document_id == document_id
            )
        )
    }
    useful = sum(votes.values())
    return Opinions(
        favourites=len(kept),
        is_favourite=viewer.user_id in kept,
        useful=useful,
        not_useful=len(votes) - useful,
        my_vote=votes.get(viewer.user_id) if viewer.user_id is not None else None,
    )


def favourites_for(session: Session, viewer: Viewer) -> list[Kept]:
    """The documents that the viewer keeps and may still read, the latest first."""
    rows = session.execute(
        sa.select(Favourite.document_id, Favourite.at)
        .where(Favourite.user_id == signed_in(viewer))
        .order_by(Favourite.at.desc(), Favourite.document_id.desc())
    ).all()
    found = documents_for(session, viewer, [row.document_id for row in rows])
    return [Kept(found[row.document_id], row.at) for row in rows if row.document_id in found]
