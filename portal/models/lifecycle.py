"""What happened to documents on their way, and how long each kind counts as current."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.people import User

LONGEST_COMMENT = 2000


class DocumentChange(Base):
    """One step of a document's life: what was done, by whom, when, and in which words.

    ``actor_id`` is empty for the command line. ``version`` is the version that was read after the
    step. ``action`` is one of :class:`portal.catalogue.transitions.Action` or one that leaves the
    status as it is (:class:`portal.catalogue.transitions.Step`).
    """

    __tablename__ = "document_changes"
    __table_args__ = (sa.Index("ix_document_changes_document_id_id", "document_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    action: Mapped[str] = mapped_column(sa.String(24))
    from_status: Mapped[str] = mapped_column(sa.String(16))
    to_status: Mapped[str] = mapped_column(sa.String(16))
    version: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    comment: Mapped[str] = mapped_column(sa.String(LONGEST_COMMENT))
    at: Mapped[dt.datetime]

    actor: Mapped[User | None] = relationship()


class ReviewPeriod(Base):
    """After how many days a document of a kind is to be checked; ``kind`` is a code.

    The empty code stands for documents without a kind, and for kinds that are not listed.
    """

    __tablename__ = "review_periods"

    kind: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    days: Mapped[int]
