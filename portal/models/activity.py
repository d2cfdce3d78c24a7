"""What readers did with documents."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class EventKind(StrEnum):
    """What a reader did."""

    VIEW = "view"
    DOWNLOAD = "download"
    FAVOURITE = "favourite"
    APPLY = "apply"
    SEARCH_OPEN = "search-open"


class ReaderEvent(Base):
    """A person did something with somebody else's document; kept once for each kind and day.

    ``day`` is the day in the portal's time zone.
    """

    __tablename__ = "reader_events"
    __table_args__ = (
        sa.UniqueConstraint("document_id", "user_id", "kind", "day"),
        # Holds all that the recommendations read of an event.
        sa.Index("ix_reader_events_user_id_at", "user_id", "at", "document_id"),
        sa.Index("ix_reader_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    day: Mapped[dt.date]
    at: Mapped[dt.datetime]


class RefusedEvent(Base):
    """An event that was not counted because the document has gone or may not be seen.

    ``document_id`` and ``user_id`` may be numbers of nothing.
    """

    __tablename__ = "refused_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int]
    user_id: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[dt.datetime] = mapped_column(index=True)
