"""Feeds, saved searches, digests, requests to colleagues, and the ledger of deliveries."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base
from portal.models.queries import LONGEST_TEXT

LONGEST_NAME = 80
"""Characters of a saved search's name."""


class PushMark(Base):
    """One fact that pushing keeps about itself: the installation's own name, how far it has got."""

    __tablename__ = "push_marks"

    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    value: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[dt.datetime]


class SavedSearch(Base):
    """A question that a person keeps, and the ways in which new matches reach that person.

    ``audience`` is a name for what the owner could read at the last look: when it changes, all
    documents are looked at again. ``feed_key`` is the SHA-256 of the token in the feed's address,
    empty while there is no feed.
    """

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    text: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    filters: Mapped[dict[str, list[str]]] = mapped_column(sa.JSON)
    match: Mapped[str] = mapped_column(sa.String(8))
    in_feed: Mapped[bool]
    in_digest: Mapped[bool]
    by_mail: Mapped[bool]
    at_once: Mapped[bool]
    audience: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime]


class SavedSearchMatch(Base):
    """A document that a saved search has found. ``told_at`` is empty while it waits for a digest.

    What matched when the search was saved is no news and was told from the start.
    """

    __tablename__ = "saved_search_matches"
    __table_args__ = (sa.Index("ix_saved_search_matches_told_at", "told_at"),)

    saved_search_id: Mapped[int] = mapped_column(
        sa.ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    found_at: Mapped[dt.datetime]
    told_at: Mapped[dt.datetime | None]


class FeedAddress(Base):
    """A personal feed address. The token is not stored, only its SHA-256.

    ``saved_search_id`` is empty for the address under which a person reads industries.
    """

    __tablename__ = "feed_addresses"
    __table_args__ = (sa.Index("ix_feed_addresses_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    saved_search_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("saved_searches.id", ondelete="CASCADE")
    )
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class FeedState(Base):
    """Since when a feed has said what it says: its ETag and its Last-Modified belong together."""

    __tablename__ = "feed_states"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    etag: Mapped[str] = mapped_column(sa.String(64))
    modified_at: Mapped[dt.datetime]


class DigestIssue(Base):
    """One night's digest of one person. ``day`` is the day in the portal's time zone.

    ``content`` is what was chosen, by numbers and reasons and never by titles, so that what may no
    longer be read can be left out later. ``is_short``: the person had left three issues unread.
    """

    __tablename__ = "digest_issues"
    __table_args__ = (sa.UniqueConstraint("user_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    day: Mapped[dt.date] = mapped_column(index=True)
    made_at: Mapped[dt.datetime]
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    is_short: Mapped[bool]
    read_at: Mapped[dt.datetime | None]


class DigestItem(Base):
    """A document that a digest has shown to a person, who is not shown it again."""

    __tablename__ = "digest_items"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("digest_issues.id"), index=True)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Delivery(Base):
    """One message to one person over one channel, which is sent once.

    ``key`` names the occasion. ``data`` says what the message is made of, by numbers; its words are
    made when it is sent, from what the person may then read. ``address`` is filled where the
    message goes to something else than the person's own address.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        sa.UniqueConstraint("key", "user_id", "channel"),
        sa.Index("ix_deliveries_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(128))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    channel: Mapped[str] = mapped_column(sa.String(8))
    kind: Mapped[str] = mapped_column(sa.String(24))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int]
    created_at: Mapped[dt.datetime]
    next_try_at: Mapped[dt.datetime]
    claimed_at: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    last_error: Mapped[str] = mapped_column(sa.String(300))


class RequestState(StrEnum):
    """Where a request to colleagues stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class KnowledgeRequest(Base):
    """Something that was searched for in vain and that a colleague is asked to add.

    ``folded`` is the text by which questions are compared. ``industry`` is empty where none is
    known: administrators are asked then. ``due_on`` is a day in the portal's time zone.
    ``proposed_document_id`` is a document that came later and that the question finds.
    """

    __tablename__ = "knowledge_requests"
    __table_args__ = (sa.Index("ix_knowledge_requests_state_industry", "state", "industry"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    text: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    folded: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    filters: Mapped[dict[str, list[str]]] = mapped_column(sa.JSON)
    industry: Mapped[str] = mapped_column(sa.String(48))
    state: Mapped[str] = mapped_column(sa.String(16))
    due_on: Mapped[dt.date]
    created_at: Mapped[dt.datetime]
    proposed_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    answered_at: Mapped[dt.datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answer_document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"))
    answer_text: Mapped[str] = mapped_column(sa.Text)


class RequestAsker(Base):
    """A colleague who joined a request that another had already made."""

    __tablename__ = "request_askers"

    request_id: Mapped[int] = mapped_column(
        sa.ForeignKey("knowledge_requests.id"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    at: Mapped[dt.datetime]
