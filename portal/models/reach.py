"""How the portal may reach a person: what each has settled."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

LONGEST_ADDRESS = 500


class Channel(StrEnum):
    """A way to reach a person."""

    PAGE = "page"
    MAIL = "mail"
    CHAT = "chat"


class NoticeChoice(Base):
    """Whether a kind of notice, or the digest, reaches a person by a channel.

    A row stands only for what a person has chosen; without one the default holds
    (portal/notices/settings.py).
    """

    __tablename__ = "notice_choices"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    wanted: Mapped[bool]


class Reach(Base):
    """A person's quiet hours, in the portal's time zone, and chat address.

    No quiet hours where the two times are missing. ``chat_address`` is a group robot's address,
    which is as good as a password, or empty.
    """

    __tablename__ = "reach"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    quiet_from: Mapped[dt.time | None]
    quiet_until: Mapped[dt.time | None]
    chat_address: Mapped[str] = mapped_column(sa.String(LONGEST_ADDRESS), default="")
