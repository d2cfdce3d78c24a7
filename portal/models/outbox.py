"""The outbox: what the index still has to learn, written with the change itself."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class OutboxEntry(Base):
    """The document named here changed; the indexer brings the index up to its present state.

    Entries carry no action: the indexer looks at the document and adds, replaces or removes it, so
    that handling an entry twice changes nothing.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        # SQLite must not hand out the number of a deleted entry again: order is meaning here.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int]
    created_at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    error: Mapped[str | None] = mapped_column(sa.Text)
