"""What readers say of documents: favourites, votes, comments, uses and problems."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

LONGEST_COMMENT = 2000
LONGEST_CUSTOMER = 120
LONGEST_NOTE = 1000


class UseOutcome(StrEnum):
    """What became of the work that a document was used for."""

    WON = "won"
    LOST = "lost"
    ONGOING = "ongoing"
    NONE = "none"


class Favourite(Base):
    """A person keeps a document at hand."""

    __tablename__ = "favourites"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(
        sa.ForeignKey("documents.id"), primary_key=True, index=True
    )
    at: Mapped[dt.datetime]


class Usefulness(Base):
    """Whether a document was useful to a person: one vote each, which can be changed."""

    __tablename__ = "usefulness"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    useful: Mapped[bool]
    at: Mapped[dt.datetime]


class Comment(Base):
    """What a person says under a document, as plain text.

    A deleted comment keeps its row, so that it can be seen who deleted it, but not its text.
    """

    __tablename__ = "comments"
    __table_args__ = (sa.Index("ix_comments_document_id_at", "document_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime]
    edited_at: Mapped[dt.datetime | None]
    deleted_at: Mapped[dt.datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class CommentMention(Base):
    """A colleague whom a comment calls; ``written`` is the login or name that follows the ``@``."""

    __tablename__ = "comment_mentions"

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comments.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    written: Mapped[str] = mapped_column(sa.String(64))


class Application(Base):
    """A person used a document for a customer or a project. ``outcome`` is a UseOutcome."""

    __tablename__ = "applications"
    __table_args__ = (sa.Index("ix_applications_document_id_at", "document_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    customer: Mapped[str] = mapped_column(sa.String(LONGEST_CUSTOMER))
    outcome: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.String(LONGEST_NOTE))
    at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime | None]


class ProblemReport(Base):
    """Something is wrong with a document. It is open until ``closed_at``."""

    __tablename__ = "problem_reports"
    __table_args__ = (sa.Index("ix_problem_reports_document_id_at", "document_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.String(LONGEST_COMMENT))
    at: Mapped[dt.datetime]
    answer: Mapped[str] = mapped_column(sa.String(LONGEST_COMMENT))
    closed_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))


class ErasedReading(Base):
    """A reader event that its person erased; kept until the day is over, then purged.

    Without it, reading and erasing in turns would make a document hotter each time.
    """

    __tablename__ = "erased_readings"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
