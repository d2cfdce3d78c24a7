"""Near duplicates of a draft as its author sees them: only what the author may read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import (
    DocumentSummary,
    DocumentView,
    SectionView,
    Viewer,
    document_for,
    documents_for,
)
from portal.catalogue.difference import Difference, compare
from portal.catalogue.revisions import may_add
from portal.catalogue.standing import standing
from portal.ingest.fingerprint import twins
from portal.models import Document, SeparateDocument

SHOWN = 3
# Comparing costs the product of the lines that changed; a page must not wait for a whole tariff.
LINES = 200


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A document that a draft is like, and what the draft has differently.

    ``is_cut`` where only the beginning of what differs was compared. ``may_adopt`` where the draft
    may become that document's next version. ``reason`` is the author's word that they are two
    documents; empty until then.
    """

    document: DocumentSummary
    likeness: float
    difference: Difference
    is_cut: bool
    may_adopt: bool
    reason: str

    @property
    def share(self) -> float:
        """The likeness as people are told it: what differs anywhere is never all alike."""
        same = self.difference.is_empty and not self.is_cut
        return self.likeness if same else min(self.likeness, 0.99)


def near_duplicates(session: Session, viewer: Viewer, draft: DocumentView) -> list[NearDuplicate]:
    """The three documents most like a draft that the viewer may read, most alike first.

    The template that a draft was filled in from is like it by intention and is left out.
    """
    document_id = draft.summary.id
    template = session.scalar(sa.select(Document.template_id).where(Document.id == document_id))
    found = [twin for twin in twins(session, document_id) if twin.document_id != template]
    readable = documents_for(session, viewer, [twin.document_id for twin in found])
    reasons = _reasons(session, document_id)
    shown = [twin for twin in found if twin.document_id in readable][:SHOWN]
    return [
        _near_duplicate(session, viewer, draft, readable[twin.document_id], twin.likeness, reasons)
        for twin in shown
    ]


def _near_duplicate(
    session: Session,
    viewer: Viewer,
    draft: DocumentView,
    other: DocumentSummary,
    likeness: float,
    reasons: Mapping[int, str],
) -> NearDuplicate:
    theirs = document_for(session, viewer, other.id).sections
    shared = {(each.heading, each.text) for each in theirs} & {
        (each.heading, each.text) for each in draft.sections
    }
    older, newer = _beginning(theirs, shared), _beginning(draft.sections, shared)
    lines = max(_lines(theirs, shared), _lines(draft.sections, shared))
    return NearDuplicate(
        document=other,
        likeness=likeness,
        difference=compare(older, newer),
        is_cut=lines > LINES,
        may_adopt=may_add(standing(session, viewer, other.id, change=False)),
        reason=reasons.get(other.id, ""),
    )


def _beginning(
    sections: Sequence[SectionView], shared: Collection[tuple[str, str]]
) -> list[SectionView]:
    """The first lines of what is not in both texts word for word."""
    kept, left = [], LINES
    for section in sections:
        if (section.heading, section.text) not in shared and left > 0:
            lines = section.text.splitlines()[:left]
            left -= max(1, len(lines))
            kept.append(replace(section, text="\n".join(lines)))
    return kept


def _lines(sections: Sequence[SectionView], shared: Collection[tuple[str, str]]) -> int:
    return sum(
        len(each.text.splitlines()) for each in sections if (each.heading, each.text) not in shared
    )


def undecided(session: Session, viewer: Viewer, document_id: int) -> bool:
    """Whether a near duplicate that the viewer may read still waits for the author's choice."""
    template = session.scalar(sa.select(Document.template_id).where(Document.id == document_id))
    settled = {template, *_reasons(session, document_id)}
    found = [twin.document_id for twin in twins(session, document_id)]
    readable = documents_for(session, viewer, found)
    shown = [each for each in found if each in readable and each != template][:SHOWN]
    return bool(set(shown) - settled)


def _reasons(session: Session, document_id: int) -> dict[int, str]:
    rows = session.execute(
        sa.select(SeparateDocument.other_id, SeparateDocument.reason).where(
            SeparateDocument.document_id == document_id
        )
    )
    return dict(rows.all())
