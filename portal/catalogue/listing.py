"""All documents that a reader may read, page by page: for programs that go through the library."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.taxonomy import Taxonomy
from portal.catalogue.types import EVERYONE, DocumentSummary, Viewer
from portal.models import Document, DocumentTerm, Status, User, Version, Visibility


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents: codes by facet, formats, statuses; an author's login, or empty for any.

    ``published_after`` is a time that they were published after.
    """

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    statuses: tuple[str, ...] = (Status.PUBLISHED,)
    author: str = ""
    published_after: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of documents, and the number to go on with; ``None`` on the last page."""

    documents: tuple[DocumentSummary, ...]
    following: int | None


def list_documents(
    session: Session,
    viewer: Viewer,
    taxonomy: Taxonomy,
    wanted: Wanted,
    limit: int,
    before: int | None = None,
) -> Listed:
    """The documents that the viewer may read, the latest made first.

    They are in the order of their numbers, and ``before`` is the number that the last page ended
    with: what is added or taken away in between neither repeats a document nor skips one. Raises
    :class:`portal.catalogue.TaxonomyError` for an unknown code.
    """
    asked = (
        sa.select(Document.id)
        .where(*_conditions(taxonomy, wanted), _readable(viewer))
        .order_by(Document.id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        asked = asked.where(Document.id < before)
    ids = list(session.scalars(asked))
    shown = ids[:limit]
    found = documents_for(session, viewer, shown)
    return Listed(
        tuple(found[each] for each in shown if each in found),
        shown[-1] if len(ids) > limit else None,
    )


def _conditions(taxonomy: Taxonomy, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [Document.status.in_(wanted.statuses)]
    for facet, codes in wanted.keys.items():
        terms = [taxonomy.term(facet, code).id for code in codes]
        carriers = sa.select(DocumentTerm.document_id).where(DocumentTerm.term_id.in_(terms))
        found.append(Document.id.in_(carriers))
    if wanted.formats:
        found.append(
            sa.exists().where(
                Version.document_id == Document.id,
                Version.number == Document.current_number,
                Version.format.in_(wanted.formats),
            )
        )
    if wanted.author:
        found.append(Document.author.has(User.login == wanted.author))
    if wanted.published_after is not None:
        found.append(Document.published_at > wanted.published_after)
    return found


def _readable(viewer: Viewer) -> sa.ColumnElement[bool]:
    """:func:`portal.catalogue.documents.readable` in SQL; that function still has the last word."""
    if viewer.audiences is None:
        return sa.true()
    is_public = Document.status.in_((Status.PUBLISHED, Status.SUPERSEDED))
    unit = sa.literal("unit-").concat(sa.cast(Document.unit_id, sa.String))
    allowed = [
        sa.and_(is_public, Document.visibility == Visibility.UNIT, unit.in_(viewer.audiences))
    ]
    if EVERYONE in viewer.audiences:
        allowed.append(sa.and_(is_public, Document.visibility == Visibility.EVERYONE))
    if viewer.user_id is not None:
        allowed += [
            column == viewer.user_id
            for column in (Document.author_id, Document.steward_id, Document.reviewer_id)
        ]
    return sa.or_(*allowed)
