"""How many colleagues used a document, and what came of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Application, EventKind, ReaderEvent, UseOutcome

USES = (EventKind.DOWNLOAD, EventKind.APPLY)
"""What counts as using a document: reading it alone does not."""


@dataclass(frozen=True, slots=True)
class Use:
    """``readers`` counts the colleagues who took or applied it, ``won`` the deals won with it."""

    readers: int = 0
    won: int = 0


NO_USE = Use()


def use_of(session: Session, document_ids: Collection[int]) -> Mapping[int, Use]:
    """The use of each of the documents, also of those that nobody used."""
    ids = list(document_ids)
    readers = session.execute(
        sa.select(ReaderEvent.document_id, sa.func.count(sa.distinct(ReaderEvent.user_id)))
        .where(ReaderEvent.document_id.in_(ids), ReaderEvent.kind.in_(USES))
        .group_by(ReaderEvent.document_id)
    ).all()
    won = session.execute(
        sa.select(Application.document_id, sa.func.count(Application.id))
        .where(Application.document_id.in_(ids), Application.outcome == UseOutcome.WON)
        .group_by(Application.document_id)
    ).all()
    read, gained = {row[0]: row[1] for row in readers}, {row[0]: row[1] for row in won}
    return {each: Use(read.get(each, 0), gained.get(each, 0)) for each in ids}
