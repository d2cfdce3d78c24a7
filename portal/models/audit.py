"""The audit log: rows that are only ever added, and the end of their chain."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

LONGEST_SUBJECT = 200


class AuditEntry(Base):
    """One act: who, when, from where, what, about what.

    Names nobody else's row: the log stands by itself when what it speaks of is gone.
    ``details`` is canonical JSON, kept as the text that was hashed. The database refuses to change
    or delete a row, by triggers of its migration; :func:`portal.audit.verify` finds what was done
    regardless.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (sa.Index("ix_audit_entries_subject", "subject_kind", "subject_id"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    actor_login: Mapped[str] = mapped_column(sa.String(64))
    way: Mapped[str] = mapped_column(sa.String(16))
    address: Mapped[str] = mapped_column(sa.String(64))
    action: Mapped[str] = mapped_column(sa.String(48), index=True)
    subject_kind: Mapped[str] = mapped_column(sa.String(32))
    subject_id: Mapped[str] = mapped_column(sa.String(LONGEST_SUBJECT))
    details: Mapped[str] = mapped_column(sa.Text)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))


class AuditHead(Base):
    """Number and hash of the last row. Whoever adds one locks this row until the commit."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
