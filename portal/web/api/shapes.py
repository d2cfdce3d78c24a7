"""Documents, sections and versions as JSON; portal/web/openapi.json says what each name means."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from portal.catalogue import DocumentSummary, DocumentView, SectionView
from portal.catalogue.drafts import Leaflet
from portal.catalogue.life import Life
from portal.catalogue.versions import VersionView
from portal.ingest.classify import Proposal
from portal.ingest.duplicates import NearDuplicate
from portal.models import FACETS
from portal.web.addresses import document_url
from portal.web.feeds import root

Json = dict[str, Any]


def summary_json(document: DocumentSummary) -> Json:
    """A document as lists hold it."""
    published = document.published_at
    return {
        "document": document.id,
        "title": document.title,
        "status": document.status,
        "visibility": document.visibility,
        "format": document.format,
        "version": document.version,
        "author": document.author_login,
        "author_name": document.author,
        "unit": document.unit_zh,
        **{facet: list(document.keys.get(facet, ())) for facet in FACETS},
        "published": published.isoformat() if published else None,
        "is_overdue": document.is_overdue,
        "url": root() + document_url(document.id),
    }


def document_json(document: DocumentView, leaflet: Leaflet, life: Life) -> Json:
    """A document with everything but its text."""
    due = life.review_due_at
    return {
        **summary_json(document.summary),
        "summary": leaflet.summary,
        "keywords": list(leaflet.keywords),
        "created": document.created_at.isoformat(),
        "review_due": due.isoformat() if due else None,
        "superseded_by": life.successor.id if life.successor else None,
        "sections": len(document.sections),
        "file": _file(document),
        "notices": list(document.notices),
    }


def section_json(section: SectionView) -> Json:
    """A page, slide, sheet or headed part."""
    return {
        "section": section.ordinal,
        "kind": section.place_kind,
        "number": section.place_number,
        "label": section.place_label,
        "heading": section.heading,
        "text": section.text,
    }


def version_json(document_id: int, version: VersionView) -> Json:
    """A version and where its file is."""
    return {
        "version": version.number,
        "author_name": version.author,
        "created": version.created_at.isoformat(),
        "is_current": version.is_current,
        "is_proposed": version.is_proposed,
        "file": {
            "name": version.file_name,
            "format": version.format,
            "media_type": version.media_type,
            "size": version.size,
            "sha256": version.sha256,
            "url": root()
            + url_for("api.version_original", document_id=document_id, number=version.number),
        },
    }


def proposals_json(proposal: Proposal, alike: Sequence[NearDuplicate]) -> Json:
    """What is proposed for a draft, and which documents it is much like."""
    return {
        "summary": proposal.summary,
        "keywords": list(proposal.keywords),
        **{
            facet: [
                {"code": each.code, "confidence": each.confidence}
                for each in proposal.keys.get(facet, ())
            ]
            for facet in FACETS
        },
        "alike": [
            {
                "document": each.document.id,
                "title": each.document.title,
                "likeness": round(each.share, 2),
                "settled": bool(each.reason),
                "url": root() + document_url(each.document.id),
            }
            for each in alike
        ],
    }


def _file(document: DocumentView) -> Json:
    return {
        "name": document.file_name,
        "format": document.summary.format,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
        "url": root() + url_for("api.original", document_id=document.summary.id),
    }
