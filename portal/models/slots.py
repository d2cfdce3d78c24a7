"""The knowledge map: which document is needed where, what stands there, and what stood there."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class SlotAction(StrEnum):
    """What somebody did with a slot."""

    FILLED = "filled"
    REPLACED = "replaced"
    CONFIRMED = "confirmed"
    CLEARED = "cleared"


class Slot(Base):
    """For this industry, at this stage, one document of this kind is needed.

    ``checked_at`` is when somebody last vouched for the document. It is to be looked at again
    ``refresh_days`` days later (never by time where empty), and whenever the document
    ``source_document_id`` changes. A slot that is no longer needed is retired, its history kept.
    """

    __tablename__ = "slots"
    __table_args__ = (sa.UniqueConstraint("industry_id", "stage_id", "kind_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    industry_id: Mapped[int] = mapped_column(sa.ForeignKey("taxonomy_terms.id"))
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("taxonomy_terms.id"))
    kind_id: Mapped[int] = mapped_column(sa.ForeignKey("taxonomy_terms.id"))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"), index=True)
    filled_at: Mapped[dt.datetime | None]
    filled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    checked_at: Mapped[dt.datetime | None]
    refresh_days: Mapped[int | None]
    source_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    steward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    retired_at: Mapped[dt.datetime | None]


class SlotChange(Base):
    """One line of a slot's history: who put, vouched for or took away which document, and why.

    ``document_id`` is the document that stands there afterwards, or for ``cleared`` the one that
    was taken away.
    """

    __tablename__ = "slot_history"
    __table_args__ = (sa.Index("ix_slot_history_slot_id_at", "slot_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slots.id"))
    action: Mapped[str] = mapped_column(sa.String(16))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(300))
    at: Mapped[dt.datetime]


class SlotCandidate(Base):
    """Place ``rank`` (from 1) of the documents that could stand in a slot, made ahead.

    ``readers`` counts the colleagues who used it, ``won`` the deals that were won with it.
    """

    __tablename__ = "slot_candidates"

    slot_id: Mapped[int] = mapped_column(sa.ForeignKey("slots.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    readers: Mapped[int]
    won: Mapped[int]
