"""What belongs to signing in: sessions, second factors, links, identities elsewhere, failures."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.people import User

LONGEST_DEVICE = 200


class SignInMethod(StrEnum):
    """How somebody proved who they are."""

    LOCAL = "local"
    DIRECTORY = "directory"
    OPENID = "openid"


class UserSession(Base):
    """Somebody signed in on one device. Ending the session deletes the row.

    ``token_hash`` is the SHA-256 of what the cookie holds. ``device`` is the browser's own
    description of itself, ``address`` where it signed in from.
    """

    __tablename__ = "user_sessions"
    __table_args__ = (sa.Index("ix_user_sessions_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    method: Mapped[str] = mapped_column(sa.String(16))
    device: Mapped[str] = mapped_column(sa.String(LONGEST_DEVICE))
    address: Mapped[str] = mapped_column(sa.String(45))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]

    user: Mapped[User] = relationship()


class Throttle(Base):
    """Failures that were counted against one thing: an account, a device or an address.

    ``key`` names the thing without saying it: the digest of what was typed. ``closed_until`` is
    when the next attempt is let through.
    """

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[dt.datetime]
    closed_until: Mapped[dt.datetime]


class AccountLink(Base):
    """A link that lets its holder set the password of one account, once, until it expires.

    The secret in the address is computed from ``salt`` and the portal's key; the table holds its
    SHA-256 alone, so that a copy of the database opens nothing.
    """

    __tablename__ = "account_links"
    __table_args__ = (sa.Index("ix_account_links_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    salt: Mapped[str] = mapped_column(sa.String(64))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]


class SecondFactor(Base):
    """The codes of an authenticator app (RFC 6238). In force once ``confirmed_at`` is set.

    ``secret`` is encrypted with a key that is not in the database. ``last_step`` is the time step
    of the last code that was accepted: it and every earlier one are used up.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(sa.String(255))
    confirmed_at: Mapped[dt.datetime | None]
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code that stands in for the app once; using it deletes the row. Kept as SHA-256."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)


class Identity(Base):
    """Who a person is at another provider. ``provider`` is an issuer's or a directory's address."""

    __tablename__ = "identities"
    __table_args__ = (sa.Index("ix_identities_user_id", "user_id"),)

    provider: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    linked_at: Mapped[dt.datetime]
