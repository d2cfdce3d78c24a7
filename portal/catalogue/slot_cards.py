"""Slots unfolded: the document that stands there, who used it, and what could stand there."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.catalogue.documents import documents_for
from portal.catalogue.knowledge_map import SlotView
from portal.catalogue.slot_candidates import Proposal, proposals_for
from portal.catalogue.types import DocumentSummary, Viewer
from portal.catalogue.use import NO_USE, Use, use_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that could stand in a slot, and what speaks for it.

    ``readers`` are the industry's colleagues who used it in the last half year, ``won`` the deals
    won with it; ``fits_stage`` says whether it is filed under the slot's stage.
    """

    document: DocumentSummary
    changed_at: dt.datetime
    readers: int
    won: int
    fits_stage: bool


@dataclass(frozen=True, slots=True)
class SlotCard:
    """A slot with what a person reads on its card. ``source`` is what its document follows."""

    slot: SlotView
    document: DocumentSummary | None
    source: DocumentSummary | None
    use: Use
    candidates: tuple[Candidate, ...]


def cards_of(session: Session, viewer: Viewer, slots: Sequence[SlotView]) -> list[SlotCard]:
    """The cards of slots in their order; titles only of what the viewer may read."""
    held = [slot.document_id for slot in slots if slot.document_id is not None]
    proposals = proposals_for(session, [slot.id for slot in slots])
    wanted = {
        *held,
        *(slot.source_id for slot in slots if slot.source_id is not None),
        *(each.document_id for found in proposals.values() for each in found),
    }
    shown = documents_for(session, viewer, sorted(wanted)) if wanted else {}
    uses = use_of(session, held) if held else {}
    return [
        SlotCard(
            slot,
            shown.get(slot.document_id or 0),
            shown.get(slot.source_id or 0),
            uses.get(slot.document_id or 0, NO_USE),
            tuple(_candidates(proposals.get(slot.id, ()), shown, slot.stage)),
        )
        for slot in slots
    ]


def _candidates(
    proposals: Iterable[Proposal], shown: Mapping[int, DocumentSummary], stage: str
) -> Iterable[Candidate]:
    for each in proposals:
        document = shown.get(each.document_id)
        if document is not None:
            fits = stage in document.keys["stage"]
            yield Candidate(document, each.changed_at, each.readers, each.won, fits)
