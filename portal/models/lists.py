"""Lists that are made ahead of the page view which shows them, and what they are made from."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

ALL_INDUSTRIES = 0
"""The owner of the lists over all industries."""


class OwnerKind(StrEnum):
    """Whose list it is."""

    INDUSTRY = "industry"
    PERSON = "person"


class ListName(StrEnum):
    """Which list it is; industries own the first two, persons the last."""

    HOTTEST = "hottest"
    NEWEST = "newest"
    RECOMMENDED = "recommended"


class ListEntry(Base):
    """Place ``rank`` (from 1) of a list, and why the document stands there.

    ``owner_id`` is a person, or an industry's term, or ``ALL_INDUSTRIES``. ``reason`` is a code of
    portal/recommend/types.py and ``data`` what its sentence needs, by name; never a title, which
    is looked up on behalf of whoever reads.
    """

    __tablename__ = "list_entries"

    owner_kind: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    owner_id: Mapped[int] = mapped_column(primary_key=True)
    list: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(24))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class Dismissal(Base):
    """A person said that a recommended document is none of theirs: it never comes again."""

    __tablename__ = "dismissals"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    at: Mapped[dt.datetime]


class ListMark(Base):
    """From which inputs a person's recommendations were last made, as a hash, and when."""

    __tablename__ = "list_marks"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    inputs: Mapped[str] = mapped_column(sa.String(40))
    made_at: Mapped[dt.datetime]


class CoReadingModel(Base):
    """What readers of one document also read, as last computed: one row, or none yet.

    ``events`` counts the reader events that it was made from, ``arrays`` is NumPy's npz.
    """

    __tablename__ = "co_reading_models"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime]
    events: Mapped[int]
    arrays: Mapped[bytes] = mapped_column(sa.LargeBinary)


class VersionText(Base):
    """Whether a version's text differs from that of the version before it."""

    __tablename__ = "version_texts"

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"), primary_key=True)
    changed: Mapped[bool]
