"""Documents as people read them. Every reading function takes the viewer and enforces access."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.types import DocumentSummary, DocumentView, SectionView, Viewer, audiences_of
from portal.db import Reader, utcnow
from portal.models import (
    FACETS,
    Document,
    DocumentTerm,
    ListEntry,
    ListName,
    OwnerKind,
    Section,
    Status,
    TaxonomyTerm,
    Unit,
    User,
    Version,
)
from portal.models.lists import ALL_INDUSTRIES

_SUMMARIES = (
    sa.select(
        Document.id,
        Document.title,
        Document.status,
        Document.visibility,
        Document.author_id,
        Document.unit_id,
        Document.published_at,
        Document.steward_id,
        Document.reviewer_id,
        Document.review_due_at,
        Version.format,
        Version.number,
        User.name,
        User.login,
        Unit.zh,
        Unit.en,
    )
    .join(
        Version,
        sa.and_(Version.document_id == Document.id, Version.number == Document.current_number),
    )
    .join(User, User.id == Document.author_id)
    .join(Unit, Unit.id == Document.unit_id)
    .where(Document.id.in_(sa.bindparam("ids", expanding=True)))
)
_KEYS = (
    sa.select(DocumentTerm.document_id, TaxonomyTerm.facet, TaxonomyTerm.code)
    .join(TaxonomyTerm, TaxonomyTerm.id == DocumentTerm.term_id)
    .where(DocumentTerm.document_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(TaxonomyTerm.position)
)


class DocumentNotFound(LookupError):
    """There is no such document, or the viewer may not read it: the two look the same."""


def readable(document: Document | sa.Row[*tuple[Any, ...]], viewer: Viewer) -> bool:
    """Whether the viewer may read the document, or the row that has its columns."""
    if viewer.audiences is None:
        return True
    allowed = audiences_of(
        # Search finds only what is published; whoever comes by a link to what was superseded is led
        # on to its successor.
        published=document.status in (Status.PUBLISHED, Status.SUPERSEDED),
        visibility=document.visibility,
        author_id=document.author_id,
        unit_id=document.unit_id,
        others=(document.steward_id, document.reviewer_id),
    )
    return not viewer.audiences.isdisjoint(allowed)


def is_overdue(document: Document | sa.Row[*tuple[Any, ...]], now: dt.datetime) -> bool:
    """Whether a published document should have been checked and was not."""
    due: dt.datetime | None = document.review_due_at
    return document.status == Status.PUBLISHED and due is not None and due <= now


def document_for(session: Session, viewer: Viewer, document_id: int) -> DocumentView:
    """One document with the sections of its current version.

    Raises :class:`DocumentNotFound` both when it does not exist and when it may not be read.
    """
    document = session.get(Document, document_id)
    if document is None or not readable(document, viewer):
        raise DocumentNotFound(document_id)
    version = document.current
    sections = session.scalars(
        sa.select(Section).where(Section.version_id == version.id).order_by(Section.ordinal)
    )
    return DocumentView(
        summary=_summary(document, version),
        file_name=version.file_name,
        media_type=version.media_type,
        size=version.size,
        sha256=version.sha256,
        created_at=document.created_at,
        notices=tuple(version.notices),
        sections=tuple(
            SectionView(
                row.ordinal,
                row.place_kind,
                row.place_number,
                row.place_label,
                row.heading,
                row.text,
            )
            for row in sections
        ),
    )


def documents_for(
    database: Reader, viewer: Viewer, document_ids: list[int]
) -> dict[int, DocumentSummary]:
    """Summaries of those of the given documents that exist and that the viewer may read.

    Every result page asks this, so it is two prepared queries that make no objects of the model.
    """
    if not document_ids:
        return {}
    rows = database.execute(_SUMMARIES, {"ids": document_ids}).all()
    keys: dict[int, dict[str, list[str]]] = {}
    for document_id, facet, code in database.execute(_KEYS, {"ids": document_ids}):
        keys.setdefault(document_id, {}).setdefault(facet, []).append(code)
    now = utcnow()
    return {
        row.id: DocumentSummary(
            id=row.id,
            title=row.title,
            status=row.status,
            visibility=row.visibility,
            format=row.format,
            version=row.number,
            author=row.name,
            author_login=row.login,
            unit_zh=row.zh,
            unit_en=row.en,
            published_at=row.published_at,
            keys={facet: tuple(keys.get(row.id, {}).get(facet, ())) for facet in FACETS},
            is_overdue=is_overdue(row, now),
        )
        for row in rows
        if readable(row, viewer)
    }


def newest_for(session: Session, viewer: Viewer, industry: str = "") -> list[DocumentSummary]:
    """The newest documents as the scheduler last listed them, newest first.

    ``industry`` is a code, or empty for all industries.
    """
    owner: sa.ScalarSelect[int] | int = ALL_INDUSTRIES
    if industry:
        owner = (
            sa.select(TaxonomyTerm.id)
            .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.code == industry)
            .scalar_subquery()
        )
    ids = list(
        session.scalars(
            sa.select(ListEntry.document_id)
            .where(ListEntry.owner_kind == OwnerKind.INDUSTRY, ListEntry.owner_id == owner)
            .where(ListEntry.list == ListName.NEWEST)
            .order_by(ListEntry.rank)
        )
    )
    found = documents_for(session, viewer, ids)
    return [found[document_id] for document_id in ids if document_id in found]


def _summary(document: Document, version: Version) -> DocumentSummary:
    return DocumentSummary(
        id=document.id,
        title=document.title,
        status=document.status,
        visibility=document.visibility,
        format=version.format,
        version=version.number,
        author=document.author.name,
        author_login=document.author.login,
        unit_zh=document.unit.zh,
        unit_en=document.unit.en,
        published_at=document.published_at,
        keys={
            facet: tuple(term.code for term in document.terms if term.facet == facet)
            for facet in FACETS
        },
        is_overdue=is_overdue(document, utcnow()),
    )
