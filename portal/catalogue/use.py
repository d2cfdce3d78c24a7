"""How many colleagues used a document, and what came of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Application, Document, EventKind, ReaderEvent, UseOutcome

USES = (EventKind.DOWNLOAD, EventKind.APPLY)
"""What counts as using a document: reading it alone does not."""


@dataclass(frozen=True, slots=True)
class Use:
    """``readers`` counts the colleagues who took or applied it, ``won`` the deals won with it."""

    readers: int = 0
    won: int = 0


NO_USE = Use()
# Every map and every home page asks this: the statement is built once.
_USE = sa.select(
    Document.id,
    sa.select(sa.func.count(sa.distinct(ReaderEvent.user_id)))
    .where(ReaderEvent.document_id == Document.id, ReaderEvent.kind.in_(USES))
    .scalar_subquery()
    .label("readers"),
    sa.select(sa.func.count(Application.id))
    .where(Application.document_id == Document.id, Application.outcome == UseOutcome.WON)
    .scalar_subquery()
    .label("won"),
).where(Document.id.in_(sa.bindparam("ids", expanding=True)))


def use_of(session: Session, document_ids: Collection[int]) -> Mapping[int, Use]:
    """The use of each of the documents, also of those that nobody used."""
    ids = list(document_ids)
    found = {row.id: Use(row.readers, row.won) for row in session.execute(_USE, {"ids": ids})}
    return {each: found.get(each, NO_USE) for each in ids}
