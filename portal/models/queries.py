"""What people asked the search, and what they opened from the answers."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

LONGEST_TEXT = 500
"""Characters of a question that the log keeps."""


class Search(Base):
    """One answered question, with one set of filters.

    ``token`` names it in the links of its results. ``person`` is the same for all searches of one
    person, or of one browser session of a visitor; empty where even that is unknown. ``folded`` is
    the text by which questions are compared. ``question_id`` leads from a repetition with other
    filters to the row that first asked the text, which has none. ``errand_at`` is when this person
    began to look for what this search looks for (see portal/search/querylog.py).
    """

    __tablename__ = "searches"
    __table_args__ = (
        sa.Index("ix_searches_person_at", "person", "at"),
        sa.Index("ix_searches_hits_at", "hits", "at"),
        # Holds all that the lists of questions count, in the order in which they group it.
        sa.Index(
            "ix_searches_folded_at_hits_question_id_person",
            *("folded", "at", "hits", "question_id", "person"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(16), unique=True)
    question_id: Mapped[int | None]
    person: Mapped[str] = mapped_column(sa.String(48))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    folded: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    filters: Mapped[dict[str, list[str]]] = mapped_column(sa.JSON)
    industry: Mapped[str] = mapped_column(sa.String(48))
    hits: Mapped[int]
    relaxed: Mapped[bool]
    substring: Mapped[bool]
    took_ms: Mapped[float]
    at: Mapped[dt.datetime] = mapped_column(index=True)
    errand_at: Mapped[dt.datetime]


class SearchOpen(Base):
    """A document opened from the results of a search, once for each search.

    ``position`` counts from 1 over all pages; ``ordinal`` is the section that the link led to.
    ``find_seconds`` is the time from the errand's first question, on the open that ended it.
    """

    __tablename__ = "search_opens"
    __table_args__ = (sa.UniqueConstraint("search_id", "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(sa.ForeignKey("searches.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    position: Mapped[int | None]
    ordinal: Mapped[int | None]
    at: Mapped[dt.datetime] = mapped_column(index=True)
    find_seconds: Mapped[float | None]
