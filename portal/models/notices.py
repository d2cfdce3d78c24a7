"""What the portal has to tell one person."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class NoticeKind(StrEnum):
    """What a notice is about; each person settles for each kind how it arrives."""

    REVIEW_ASKED = "review-asked"
    RETURNED = "returned"
    PUBLISHED = "published"
    COMMENT = "comment"
    MENTION = "mention"
    PROBLEM_REPORTED = "problem-reported"
    NEW_VERSION = "new-version"
    REVIEW_DUE = "review-due"
    SLOT_DUE = "slot-due"
    ALERT = "alert"
    REQUEST_ASKED = "request-asked"
    REQUEST_ANSWERED = "request-answered"
    APPLIED = "applied"
    PROBLEM_ANSWERED = "problem-answered"
    JOB_FAILED = "job-failed"
    WEBHOOK_STOPPED = "webhook-stopped"


class Notice(Base):
    """One thing told to one person. ``data`` holds what the sentence needs, by name.

    ``key`` makes a notice that is posted again by a repeated job the same notice.
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "key"),
        sa.Index("ix_notices_user_id_at", "user_id", "at"),
        sa.Index("ix_notices_user_id_read_at", "user_id", "read_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(sa.String(24))
    key: Mapped[str] = mapped_column(sa.String(128))
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None]
