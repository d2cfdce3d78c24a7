"""Addresses of other systems that are told what happens to documents."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.models.push import DeliveryState

LONGEST_WEBHOOK_NAME = 60
LONGEST_TARGET = 500


class WebhookEvent(StrEnum):
    """What a webhook can be told."""

    PUBLISHED = "document.published"
    UPDATED = "document.updated"
    SUPERSEDED = "document.superseded"
    ARCHIVED = "document.archived"


class Webhook(Base):
    """A subscription. ``industries`` are codes, none for all.

    Of its secrets only the salt is stored (portal/push/signing.py). The previous one still signs
    until ``previous_until``. ``failing_since`` is when the failures began that nothing has
    interrupted; ``stopped_at`` is set while nothing is sent, with the reason in ``stopped_why``.
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_WEBHOOK_NAME))
    address: Mapped[str] = mapped_column(sa.String(LONGEST_TARGET))
    events: Mapped[list[str]] = mapped_column(sa.JSON)
    industries: Mapped[list[str]] = mapped_column(sa.JSON)
    with_restricted: Mapped[bool]
    salt: Mapped[str] = mapped_column(sa.String(32))
    previous_salt: Mapped[str] = mapped_column(sa.String(32))
    previous_until: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]
    failing_since: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
    stopped_why: Mapped[str] = mapped_column(sa.String(16))


class WebhookDelivery(Base):
    """One message to one webhook; ``state`` is a DeliveryState.

    It is written in the transaction of what it tells of. ``key`` names the occasion, and
    ``message`` what the receiver knows the message by, however often it is sent.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("webhook_id", "key"),
        sa.Index("ix_webhook_deliveries_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhooks.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(sa.String(64))
    message: Mapped[str] = mapped_column(sa.String(40), unique=True)
    event: Mapped[str] = mapped_column(sa.String(32))
    document_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(sa.String(16), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    next_try_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None]
    answer: Mapped[str] = mapped_column(sa.String(200), default="")
