"""The newest documents, over all industries and for each one."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Document,
    DocumentTerm,
    NewestEntry,
    Status,
    TaxonomyTerm,
    Visibility,
)

LENGTH = 8


def refresh_newest(session: Session) -> int:
    """Make the lists anew from what everyone may read; return how many entries they have.

    Only publication counts: touching a document does not make it new.
    """
    industries = dict(
        session.execute(
            sa.select(TaxonomyTerm.code, TaxonomyTerm.id).where(TaxonomyTerm.facet == "industry")
        ).all()
    )
    session.execute(sa.delete(NewestEntry))
    total = 0
    for code, term_id in [("", None), *industries.items()]:
        ids = session.scalars(_newest(term_id)).all()
        session.add_all(
            NewestEntry(industry=code, rank=rank, document_id=document_id)
            for rank, document_id in enumerate(ids, 1)
        )
        total += len(ids)
    return total


def _newest(term_id: int | None) -> sa.Select[int]:
    query = (
        sa.select(Document.id)
        .where(Document.status == Status.PUBLISHED, Document.visibility == Visibility.EVERYONE)
        .order_by(Document.published_at.desc(), Document.id.desc())
        .limit(LENGTH)
    )
    if term_id is not None:
        query = query.join(DocumentTerm).where(DocumentTerm.term_id == term_id)
    return query
