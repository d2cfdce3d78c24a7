"""What the classifier learns from, and what it proposes for a draft."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal.catalogue import DocumentView, Taxonomy
from portal.catalogue.drafts import DraftDetails
from portal.ingest.classify import (
    Proposal,
    example_of,
    load_model,
    propose,
    save_model,
    train,
)
from portal.ingest.learn import Example
from portal.models import FACETS, Document, Section, Status, Visibility

MODEL_FILE = "classifier.npz"
MOST_EXAMPLES = 1500
SECTIONS = 40


def examples(session: Session) -> list[Example]:
    """The newest published documents that everyone may read, at most 1,500.

    What only some may read teaches nothing, so that no proposal can give it away.
    """
    documents = session.scalars(
        sa.select(Document)
        .where(Document.status == Status.PUBLISHED, Document.visibility == Visibility.EVERYONE)
        .order_by(Document.published_at.desc(), Document.id.desc())
        .limit(MOST_EXAMPLES)
        .options(selectinload(Document.terms), selectinload(Document.versions))
    ).all()
    found = []
    for document in documents:
        version = document.current
        keys: dict[str, tuple[str, ...]] = dict.fromkeys(FACETS, ())
        for term in document.terms:
            keys[term.facet] = (*keys[term.facet], term.code)
        texts = session.execute(
            sa.select(Section.heading, Section.text)
            .where(Section.version_id == version.id, Section.ordinal <= SECTIONS)
            .order_by(Section.ordinal)
        )
        sections = [f"{heading}\n{text}" for heading, text in texts]
        found.append(example_of(document.title, version.file_name, sections, keys))
    return found


def refresh_model(known: list[Example], taxonomy: Taxonomy, data_dir: Path) -> int:
    """Learn anew and keep the result in the data folder; return from how many documents.

    Where there are too few to learn from nothing is written, and proposals come from names.
    """
    model = train(known, taxonomy)
    if model is None:
        return 0
    save_model(model, data_dir / MODEL_FILE)
    return model.documents


def proposal_for(document: DocumentView, taxonomy: Taxonomy, data_dir: Path) -> Proposal:
    """What is proposed for a document from its title, file name and text."""
    return propose(
        load_model(data_dir / MODEL_FILE),
        taxonomy,
        document.summary.title,
        document.file_name,
        [f"{section.heading}\n{section.text}" for section in document.sections[:SECTIONS]],
    )


def accept(details: DraftDetails, proposal: Proposal, single: Collection[str]) -> DraftDetails:
    """The details with everything proposed added; what the author filled in stays.

    ``single`` names the facets of which a document has one code.
    """
    keys = {
        facet: chosen
        if facet in single and chosen
        else tuple(dict.fromkeys((*chosen, *(each.code for each in proposal.keys.get(facet, ())))))
        for facet, chosen in details.keys.items()
    }
    return replace(
        details,
        keys=keys,
        summary=details.summary or proposal.summary,
        keywords=details.keywords or proposal.keywords,
    )
