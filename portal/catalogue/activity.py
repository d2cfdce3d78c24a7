"""What readers' use has made of documents."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Document


def hotness(session: Session) -> dict[int, float]:
    """The hotness of every document that was ever used, by document number.

    Higher is hotter; the values are logarithms (portal/recommend/hot.py) and only their order
    means something here. A document that nobody used is not in the mapping.
    """
    rows = session.execute(sa.select(Document.id, Document.hot).where(Document.hot.is_not(None)))
    return {document_id: hot for document_id, hot in rows if hot is not None}
