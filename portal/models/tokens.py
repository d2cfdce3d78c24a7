"""Tokens by which programs act for a person."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

LONGEST_TOKEN_NAME = 60
"""Characters of the name that a person gives a token."""


class ApiToken(Base):
    """What a program shows to act for a person. The token is not stored, only its SHA-256.

    ``tail`` is its last characters, by which its owner knows it again. ``last_used_from`` is a
    network address. A token ends at ``expires_at``, or with ``revoked_at`` before that.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (sa.Index("ix_api_tokens_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(sa.String(LONGEST_TOKEN_NAME))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    tail: Mapped[str] = mapped_column(sa.String(8))
    scopes: Mapped[list[str]] = mapped_column(sa.JSON)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    last_used_at: Mapped[dt.datetime | None]
    last_used_from: Mapped[str] = mapped_column(sa.String(45), default="", server_default="")
