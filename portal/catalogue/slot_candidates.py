"""Which documents could stand in a slot, best first, by use, outcome and freshness.

The lists are made ahead (:func:`rank_candidates`); a page only reads them.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.catalogue.knowledge_map import OPEN, changed_at, content_version
from portal.catalogue.use import USES
from portal.models import (
    Application,
    Document,
    DocumentTerm,
    ReaderEvent,
    Slot,
    SlotCandidate,
    TaxonomyTerm,
    UseOutcome,
    UserIndustry,
    Version,
)

LENGTH = 3
RECENT = dt.timedelta(days=180)
FRESH_HALF_LIFE = dt.timedelta(days=180)
STAGE_WEIGHT = 3.0
WON_WEIGHT = 2.0

_BY_INDUSTRY, _BY_KIND = aliased(DocumentTerm), aliased(DocumentTerm)
_PROPOSALS = (
    sa.select(
        SlotCandidate.slot_id,
        SlotCandidate.document_id,
        SlotCandidate.readers,
        SlotCandidate.won,
        Document.published_at,
        Version.number,
        Version.created_at,
    )
    .join(Document, (Document.id == SlotCandidate.document_id) & OPEN)
    .join(Version, content_version())
    .where(SlotCandidate.slot_id.in_(sa.bindparam("slots", expanding=True)))
    .order_by(SlotCandidate.slot_id, SlotCandidate.rank)
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document that could stand in a slot, and what speaks for it.

    ``readers`` are the industry's colleagues who used it in the last half year, ``won`` the deals
    won with it.
    """

    document_id: int
    changed_at: dt.datetime
    readers: int
    won: int


@dataclass(frozen=True, slots=True)
class Merit:
    """What a candidate is ranked by."""

    fits_stage: bool
    readers: int
    won: int
    age: dt.timedelta


@dataclass(frozen=True, slots=True)
class _Paper:
    id: int
    changed_at: dt.datetime


def score(merit: Merit) -> float:
    """How well a document would stand in a slot; higher is better.

    The right stage counts like seven colleagues; each further colleague and each deal counts less
    than the one before; freshness decides between equals, halving every half year.
    """
    fresh = math.exp2(-max(merit.age, dt.timedelta()) / FRESH_HALF_LIFE)
    used = math.log2(1 + merit.readers) + WON_WEIGHT * math.log2(1 + merit.won)
    return STAGE_WEIGHT * merit.fits_stage + used + fresh


def proposals_for(session: Session, slot_ids: Collection[int]) -> dict[int, list[Proposal]]:
    """What could stand in slots, best first, by slot.

    What has been withdrawn since the lists were made is left out.
    """
    rows = session.execute(_PROPOSALS, {"slots": list(slot_ids)})
    found: dict[int, list[Proposal]] = {}
    for row in rows:
        changed = changed_at(row.published_at, row.number, row.created_at)
        proposal = Proposal(row.document_id, changed, row.readers, row.won)
        found.setdefault(row.slot_id, []).append(proposal)
    return found


def refresh_candidates(session: Session, now: dt.datetime, slot_ids: Collection[int]) -> None:
    """Make the lists of a few slots anew, within the change that asks for it."""
    store_candidates(session, rank_candidates(session, now, slot_ids), slot_ids)


def rank_candidates(
    session: Session, now: dt.datetime, slot_ids: Collection[int] | None = None
) -> list[SlotCandidate]:
    """The candidates of these slots (``None``: of all), without what stands there already.

    A few queries for all slots together, whatever their number; nothing is written.
    """
    wanted = sa.select(Slot).where(Slot.retired_at.is_(None)).order_by(Slot.id)
    if slot_ids is not None:
        wanted = wanted.where(Slot.id.in_(list(slot_ids)))
    slots = session.scalars(wanted).all()
    papers = _papers(session, slots)
    merits = _Merits(
        _stages(session, slots), _readers(session, slots, now - RECENT), _won(session), now
    )
    return [
        entry
        for slot in slots
        for entry in _best(slot, papers.get((slot.industry_id, slot.kind_id), ()), merits)
    ]


def store_candidates(
    session: Session,
    entries: Iterable[SlotCandidate],
    slot_ids: Collection[int] | None = None,
) -> None:
    """Put these lists in the place of those of the slots (``None``: of all)."""
    stale = sa.delete(SlotCandidate)
    if slot_ids is not None:
        stale = stale.where(SlotCandidate.slot_id.in_(list(slot_ids)))
    session.execute(stale)
    session.add_all(entries)
    session.flush()


def _best(slot: Slot, papers: Iterable[_Paper], merits: "_Merits") -> list[SlotCandidate]:
    rated = [
        (score(merit), paper.changed_at, paper.id, merit)
        for paper in papers
        if paper.id != slot.document_id
        for merit in (merits.of(paper, slot),)
    ]
    best = sorted(rated, key=lambda each: each[:3], reverse=True)[:LENGTH]
    return [
        SlotCandidate(
            slot_id=slot.id,
            rank=rank,
            document_id=document_id,
            readers=merit.readers,
            won=merit.won,
        )
        for rank, (_score, _changed, document_id, merit) in enumerate(best, 1)
    ]


@dataclass(frozen=True, slots=True)
class _Merits:
    stages: set[tuple[int, int]]
    readers: Mapping[tuple[int, int], int]
    won: Mapping[int, int]
    now: dt.datetime

    def of(self, paper: _Paper, slot: Slot) -> Merit:
        return Merit(
            (paper.id, slot.stage_id) in self.stages,
            self.readers.get((paper.id, slot.industry_id), 0),
            self.won.get(paper.id, 0),
            self.now - paper.changed_at,
        )


def _papers(session: Session, slots: Sequence[Slot]) -> dict[tuple[int, int], list[_Paper]]:
    rows = session.execute(
        sa.select(
            _BY_INDUSTRY.term_id.label("industry_id"),
            _BY_KIND.term_id.label("kind_id"),
            Document.id,
            Document.published_at,
            Version.number,
            Version.created_at,
        )
        .join(_BY_INDUSTRY, _BY_INDUSTRY.document_id == Document.id)
        .join(_BY_KIND, _BY_KIND.document_id == Document.id)
        .join(Version, content_version())
        .where(
            OPEN,
            _BY_INDUSTRY.term_id.in_({slot.industry_id for slot in slots}),
            _BY_KIND.term_id.in_({slot.kind_id for slot in slots}),
        )
    )
    found: dict[tuple[int, int], list[_Paper]] = {}
    for row in rows:
        paper = _Paper(row.id, changed_at(row.published_at, row.number, row.created_at))
        found.setdefault((row.industry_id, row.kind_id), []).append(paper)
    return found


def _stages(session: Session, slots: Sequence[Slot]) -> set[tuple[int, int]]:
    rows = session.execute(
        sa.select(DocumentTerm.document_id, DocumentTerm.term_id)
        .join(TaxonomyTerm, TaxonomyTerm.id == DocumentTerm.term_id)
        .where(
            TaxonomyTerm.facet == "stage",
            DocumentTerm.term_id.in_({slot.stage_id for slot in slots}),
        )
    )
    return {(row.document_id, row.term_id) for row in rows}


def _readers(
    session: Session, slots: Sequence[Slot], since: dt.datetime
) -> dict[tuple[int, int], int]:
    rows = session.execute(
        sa.select(
            ReaderEvent.document_id,
            UserIndustry.term_id,
            sa.func.count(sa.distinct(ReaderEvent.user_id)).label("people"),
        )
        .join(UserIndustry, UserIndustry.user_id == ReaderEvent.user_id)
        .where(
            ReaderEvent.kind.in_(USES),
            ReaderEvent.at >= since,
            UserIndustry.term_id.in_({slot.industry_id for slot in slots}),
        )
        .group_by(ReaderEvent.document_id, UserIndustry.term_id)
    )
    return {(row.document_id, row.term_id): row.people for row in rows}


def _won(session: Session) -> dict[int, int]:
    rows = session.execute(
        sa.select(Application.document_id, sa.func.count(Application.id).label("deals"))
        .where(Application.outcome == UseOutcome.WON)
        .group_by(Application.document_id)
    )
    return {row.document_id: row.deals for row in rows}
