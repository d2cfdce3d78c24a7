"""Documents, their versions, and the sections (page, slide, sheet, heading) of a version."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.people import Unit, User
from portal.models.taxonomy import TaxonomyTerm


class Status(StrEnum):
    """Where a document stands in its life cycle."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    RETURNED = "returned"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"


class Visibility(StrEnum):
    """Who may read a document besides its author and the administrators."""

    EVERYONE = "everyone"
    UNIT = "unit"
    AUTHOR = "author"


class Document(Base):
    """What colleagues look for: a title, its keys, and the current version's text."""

    __tablename__ = "documents"
    __table_args__ = (
        # Logs, messages and bookmarks name a document by its number, also one that was deleted.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    status: Mapped[str] = mapped_column(sa.String(16))
    visibility: Mapped[str] = mapped_column(sa.String(16))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    created_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    # The version that is read and found; one that waits for approval beside it is proposed.
    current_number: Mapped[int] = mapped_column(default=1, server_default="1")
    proposed_number: Mapped[int | None]
    # Who decides, and since when it waits; both empty unless something waits for a decision. No
    # reviewer while it waits: the administrators.
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    # Who keeps a published document current, and until when it counts as checked.
    steward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    review_due_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    superseded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"), index=True)
    # Forward-decayed (portal/recommend/hot.py): the order never changes with time alone.
    hot: Mapped[float | None] = mapped_column(index=True)
    summary: Mapped[str] = mapped_column(sa.Text, default="", server_default="")
    keywords: Mapped[list[str]] = mapped_column(sa.JSON, default=list, server_default="[]")
    is_template: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    # The document that this one was filled in from.
    template_id: Mapped[int | None] = mapped_column(sa.ForeignKey("documents.id"), index=True)

    author: Mapped[User] = relationship(foreign_keys=author_id)
    unit: Mapped[Unit] = relationship()
    terms: Mapped[list[TaxonomyTerm]] = relationship(
        secondary="document_terms", order_by=TaxonomyTerm.position
    )
    versions: Mapped[list["Version"]] = relationship(
        back_populates="document", order_by="Version.number"
    )

    @property
    def current(self) -> "Version":
        """The version that is read, the only one that search finds."""
        return self.version(self.current_number)

    def version(self, number: int) -> "Version":
        """The version of a number; :class:`LookupError` if there is none."""
        for version in self.versions:
            if version.number == number:
                return version
        raise LookupError(number)


class DocumentTerm(Base):
    """A key or facet value that a document carries."""

    __tablename__ = "document_terms"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    term_id: Mapped[int] = mapped_column(
        sa.ForeignKey("taxonomy_terms.id"), primary_key=True, index=True
    )


class Version(Base):
    """One uploaded file of a document; the bytes lie in the blob store under ``sha256``.

    ``published_at`` says when it first was what readers read; until then only those who work on the
    document may see it.
    """

    __tablename__ = "versions"
    __table_args__ = (sa.UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
    number: Mapped[int]
    file_name: Mapped[str] = mapped_column(sa.String(300))
    format: Mapped[str] = mapped_column(sa.String(8))
    media_type: Mapped[str] = mapped_column(sa.String(128))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    # Unique: the same bytes are never a second document.
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    notices: Mapped[list[str]] = mapped_column(sa.JSON)
    created_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    # Empty for what was uploaded before this was kept.
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    document: Mapped[Document] = relationship(back_populates="versions")
    sections: Mapped[list["Section"]] = relationship(order_by="Section.ordinal")


class Section(Base):
    """A page, slide, sheet or headed part; ``ordinal`` counts from 1 within the version."""

    __tablename__ = "sections"
    __table_args__ = (sa.UniqueConstraint("version_id", "ordinal"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"))
    ordinal: Mapped[int]
    place_kind: Mapped[str] = mapped_column(sa.String(8))
    place_number: Mapped[int | None]
    place_label: Mapped[str] = mapped_column(sa.String(300))
    heading: Mapped[str] = mapped_column(sa.String(300))
    text: Mapped[str] = mapped_column(sa.Text)
