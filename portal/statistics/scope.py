"""What is counted: the use of documents that were published for everyone."""

import sqlalchemy as sa

from portal.models import Document, Visibility

FOR_EVERYONE = (Document.visibility == Visibility.EVERYONE) & Document.published_at.is_not(None)
"""Documents whose use says nothing that any colleague may not know.

Figures are made once for all who see them, none of whom reads everything. Use of a document that
was archived since stays counted: it was read when everybody could.
"""


def counts(document_id: sa.SQLColumnExpression[int]) -> sa.ColumnElement[bool]:
    """Whether the use of the document with this number is counted."""
    return document_id.in_(sa.select(Document.id).where(FOR_EVERYONE))
