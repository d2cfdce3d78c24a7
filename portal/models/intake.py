"""What could not be taken in and may be tried again, and the mails that were taken in."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class IntakeSource(StrEnum):
    """By which way a file came without anybody sitting in front of the upload page."""

    FOLDER = "folder"
    WATCH = "watch"
    MAIL = "mail"


class IntakeFailure(Base):
    """A file that was not taken in, until it is: ``key`` names its place, so each has one row.

    ``origin`` says where it came from (a path, a sender and subject). ``sha256`` is the original
    in the blob store, ``None`` where it was not safe or not possible to keep. ``filing`` is how the
    file was to be filed, for trying again. ``resolved_at`` is set once the file is in
    (``document_id`` says as what) or an administrator has set it aside.
    """

    __tablename__ = "intake_failures"
    __table_args__ = (sa.Index("ix_intake_failures_resolved_at_at", "resolved_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(8))
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    origin: Mapped[str] = mapped_column(sa.String(500))
    code: Mapped[str] = mapped_column(sa.String(32))
    message: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    filing: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    at: Mapped[dt.datetime]
    retried_at: Mapped[dt.datetime | None]
    resolved_at: Mapped[dt.datetime | None]
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))


class MailedIn(Base):
    """A mail that has been dealt with; ``key`` is the hash of its Message-ID.

    The row is written when every attachment is in or recorded as a failure, and before the message
    is marked as read, so that a mail is never dealt with twice.
    """

    __tablename__ = "mailed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    sender: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(300))
    added: Mapped[int]
    failed: Mapped[int]
    at: Mapped[dt.datetime]
