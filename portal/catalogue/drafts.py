"""What an author says about a draft: title, summary, keywords, keys, audience."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue.documents import document_for, documents_for
from portal.catalogue.standing import LifeCycleError, Standing, standing
from portal.catalogue.taxonomy import Taxonomy
from portal.catalogue.transitions import Action, actions_from
from portal.catalogue.types import DocumentSummary, DocumentView, Viewer
from portal.models import (
    Document,
    OutboxEntry,
    SeparateDocument,
    Status,
    TaxonomyTerm,
    Visibility,
)
from portal.permissions import OWNERS, PUBLISHERS
from portal.text import fold

EDITABLE = (Status.DRAFT, Status.RETURNED)
NEEDED = ("industry", "kind")
"""Facets without which nobody could review or find a document."""
LONGEST_TITLE = 200
LONGEST_SUMMARY = 400
LONGEST_KEYWORD = 20
MOST_KEYWORDS = 10
LONGEST_REASON = 300


class DraftError(ValueError):
    """Something that was filled in cannot stand.

    ``code`` says what: ``title``, ``long-title``, ``summary``, ``keyword``, ``keywords`` or
    ``reason``; ``text`` is what is too long, where that helps.
    """

    def __init__(self, code: str, text: str = "") -> None:
        self.code, self.text = code, text
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class DraftDetails:
    """What an author can change of a draft; ``keys`` holds codes by facet."""

    title: str
    summary: str
    keywords: tuple[str, ...]
    keys: Mapping[str, tuple[str, ...]]
    visibility: Visibility

    @property
    def missing(self) -> tuple[str, ...]:
        """The facets that are needed for a review and have no code yet."""
        return tuple(facet for facet in NEEDED if not self.keys.get(facet))


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its author works on it; ``actions`` are the steps that this person may take."""

    document: DocumentView
    details: DraftDetails
    actions: tuple[Action, ...]
    template: DocumentSummary | None


@dataclass(frozen=True, slots=True)
class Leaflet:
    """What stands about a document beside its text, for one reader.

    ``template`` is what it was filled in from, where the reader may read that; ``copies`` counts
    the documents that were filled in from this one.
    """

    summary: str
    keywords: tuple[str, ...]
    is_template: bool
    copies: int
    template: DocumentSummary | None
    may_edit: bool
    may_mark: bool


def draft_for(session: Session, viewer: Viewer, document_id: int) -> Draft:
    """A draft with what its author may do.

    Raises :class:`portal.catalogue.DocumentNotFound`, and :class:`LifeCycleError` where the
    document is no draft any more (``way``) or somebody else's (``part``).
    """
    held = _held(session, viewer, document_id, change=False)
    document = held.document
    view = document_for(session, viewer, document_id)
    return Draft(
        document=view,
        details=DraftDetails(
            title=document.title,
            summary=document.summary,
            keywords=tuple(document.keywords),
            keys=view.summary.keys,
            visibility=Visibility(document.visibility),
        ),
        actions=actions_from(held.status, held.parts),
        template=_template(session, viewer, document),
    )


def save_draft(
    session: Session,
    viewer: Viewer,
    document_id: int,
    details: DraftDetails,
    taxonomy: Taxonomy,
    now: dt.datetime,
) -> None:
    """Store what the author filled in, and ask for indexing.

    Raises :class:`DraftError`, :class:`portal.catalogue.TaxonomyError` for an unknown code, and
    what :func:`draft_for` does.
    """
    document = _held(session, viewer, document_id, change=True).document
    _check(details)
    wanted = [
        taxonomy.term(facet, code).id for facet, codes in details.keys.items() for code in codes
    ]
    # A retired code stays with the document that carries it: the form does not show it.
    kept = [term.id for term in document.terms if term.retired_at is not None]
    document.title = details.title
    document.summary = details.summary
    document.keywords = list(details.keywords)
    _change_visibility(session, viewer, document, details.visibility)
    document.terms = list(
        session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.id.in_([*wanted, *kept])))
    )
    session.add(OutboxEntry(document_id=document.id, created_at=now))


def keep_separate(
    session: Session,
    viewer: Viewer,
    document_id: int,
    other_id: int,
    reason: str,
    now: dt.datetime,
) -> None:
    """Store that a draft is a document of its own though it is like another one, and why.

    Raises :class:`DraftError` without a reason, and what :func:`draft_for` does for either
    document.
    """
    _held(session, viewer, document_id, change=True)
    standing(session, viewer, other_id, change=False)
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise DraftError("reason")
    session.merge(
        SeparateDocument(
            document_id=document_id,
            other_id=other_id,
            user_id=viewer.user_id,
            reason=said,
            at=now,
        )
    )


def leaflet_for(session: Session, viewer: Viewer, document_id: int) -> Leaflet:
    """What stands beside a document's text; raises :class:`portal.catalogue.DocumentNotFound`."""
    held = standing(session, viewer, document_id, change=False)
    document = held.document
    copies = sa.select(sa.func.count(Document.id)).where(Document.template_id == document_id)
    return Leaflet(
        summary=document.summary,
        keywords=tuple(document.keywords),
        is_template=document.is_template,
        copies=session.scalar(copies) or 0,
        template=_template(session, viewer, document),
        may_edit=bool(held.parts & OWNERS) and held.status in EDITABLE,
        may_mark=may_mark(held),
    )


def may_mark(held: Standing) -> bool:
    """Whether this person may make the document a template, or no template any more."""
    return (
        bool(held.parts & PUBLISHERS)
        and held.status == Status.PUBLISHED
        and held.document.current.format in ("docx", "pptx")
    )


def mark_template(session: Session, viewer: Viewer, document_id: int, *, is_template: bool) -> None:
    """Make a document a template, or an ordinary one again.

    Raises :class:`portal.catalogue.DocumentNotFound`, and :class:`LifeCycleError` where the person
    may not.
    """
    held = standing(session, viewer, document_id)
    if not may_mark(held):
        raise LifeCycleError("part")
    held.document.is_template = is_template
    audit.record(
        session,
        Act.DOCUMENT_TEMPLATE,
        Subject("document", document_id),
        actor_id=viewer.user_id,
        details={"title": held.document.title, "template": is_template},
    )


def split_keywords(text: str) -> tuple[str, ...]:
    """The keywords that somebody typed, separated by any comma, semicolon or new line."""
    for mark in "，,；;\n\r\t":
        text = text.replace(mark, "、")
    words = (" ".join(word.split()) for word in text.split("、"))
    return tuple({fold(word): word for word in words if word}.values())


def _change_visibility(
    session: Session, viewer: Viewer, document: Document, wanted: Visibility
) -> None:
    if document.visibility == wanted:
        return
    audit.record(
        session,
        Act.DOCUMENT_VISIBILITY,
        Subject("document", document.id),
        actor_id=viewer.user_id,
        details={"title": document.title, "from": document.visibility, "to": wanted},
    )
    document.visibility = wanted


def _check(details: DraftDetails) -> None:
    if not details.title:
        raise DraftError("title")
    if len(details.title) > LONGEST_TITLE:
        raise DraftError("long-title")
    if len(details.summary) > LONGEST_SUMMARY:
        raise DraftError("summary")
    for word in details.keywords:
        if len(word) > LONGEST_KEYWORD:
            raise DraftError("keyword", word)
    if len(details.keywords) > MOST_KEYWORDS:
        raise DraftError("keywords")


def _held(session: Session, viewer: Viewer, document_id: int, *, change: bool) -> Standing:
    held = standing(session, viewer, document_id, change=change)
    held.require(OWNERS)
    if held.status not in EDITABLE:
        raise LifeCycleError("way")
    return held


def _template(session: Session, viewer: Viewer, document: Document) -> DocumentSummary | None:
    if document.template_id is None:
        return None
    return documents_for(session, viewer, [document.template_id]).get(document.template_id)
