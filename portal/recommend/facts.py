"""What the recommendations need to know of documents, and what each industry offers."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import (
    Document,
    DocumentTerm,
    ListEntry,
    ListName,
    OwnerKind,
    Slot,
    SlotCandidate,
    Status,
    TaxonomyTerm,
)
from portal.models.lists import ALL_INDUSTRIES
from portal.recommend.industries import industry_ids
from portal.recommend.people import chunks

OFFERED = 300
PROPOSED = 2
"""How many candidates of each gap of the map are looked at."""
TERM_FACETS = ("industry", "stage", "kind")


@dataclass(frozen=True, slots=True)
class Fact:
    """A published document: its row for :func:`~portal.catalogue.documents.readable`, its terms."""

    row: sa.Row[*tuple[Any, ...]]
    author: int
    stages: tuple[int, ...]
    kinds: tuple[int, ...]

    @property
    def topic(self) -> tuple[int, int] | None:
        """What a list should not be full of: one kind at one stage."""
        return (self.kinds[0], self.stages[0]) if self.kinds and self.stages else None


@dataclass(frozen=True, slots=True)
class Gap:
    """A document that could stand where an industry's map is empty."""

    stage: int
    kind: int
    document: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What an industry offers to anyone in it: numbers of documents, the best first.

    ``hot`` is its list of the hottest, ``used`` all its documents by use and then by age, cut off.
    """

    used: tuple[int, ...]
    hot: tuple[int, ...]
    newest: tuple[int, ...]
    gaps: tuple[Gap, ...]

    @property
    def documents(self) -> set[int]:
        """All of them."""
        return {*self.used, *self.hot, *self.newest, *(gap.document for gap in self.gaps)}

    @property
    def stamp(self) -> str:
        """A word for what is new and what is missing; it stays when only the order of use does."""
        return hashlib.sha256(repr((self.newest, self.gaps)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Codes of the terms by number, and each term's facet."""

    codes: Mapping[int, str]
    facets: Mapping[int, str]


def vocabulary(session: Session) -> Vocabulary:
    """The industries, stages and kinds that there are, retired ones too: documents carry them."""
    rows = session.execute(
        sa.select(TaxonomyTerm.id, TaxonomyTerm.facet, TaxonomyTerm.code).where(
            TaxonomyTerm.facet.in_(TERM_FACETS)
        )
    ).all()
    return Vocabulary({row.id: row.code for row in rows}, {row.id: row.facet for row in rows})


def offers(session: Session) -> dict[int, Offer]:
    """What each industry offers, and under ``ALL_INDUSTRIES`` all of them together."""
    lists, gaps = _lists(session), _gaps(session)
    return {
        owner: Offer(
            used=_used(session, owner),
            hot=tuple(lists.get((owner, ListName.HOTTEST), ())),
            newest=tuple(lists.get((owner, ListName.NEWEST), ())),
            gaps=tuple(gaps.get(owner, ())),
        )
        for owner in (ALL_INDUSTRIES, *industry_ids(session))
    }


def facts(session: Session, ids: Collection[int], known: Vocabulary) -> dict[int, Fact]:
    """Of those of the documents that are published, what there is to know."""
    found: dict[int, Fact] = {}
    for chunk in chunks(sorted(ids)):
        rows = session.execute(
            sa.select(
                Document.id,
                Document.status,
                Document.visibility,
                Document.author_id,
                Document.unit_id,
                Document.steward_id,
                Document.reviewer_id,
            ).where(Document.id.in_(chunk), Document.status == Status.PUBLISHED)
        ).all()
        stages, kinds = _terms(session, chunk, known)
        for row in rows:
            found[row.id] = Fact(
                row, row.author_id, tuple(stages.get(row.id, ())), tuple(kinds.get(row.id, ()))
            )
    return found


def _terms(
    session: Session, ids: Collection[int], known: Vocabulary
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    stages: dict[int, list[int]] = defaultdict(list)
    kinds: dict[int, list[int]] = defaultdict(list)
    into = {"stage": stages, "kind": kinds}
    for document_id, term_id in session.execute(
        sa.select(DocumentTerm.document_id, DocumentTerm.term_id)
        .where(DocumentTerm.document_id.in_(ids))
        .order_by(DocumentTerm.document_id, DocumentTerm.term_id)
    ):
        facet = known.facets.get(term_id, "")
        if facet in into:
            into[facet][document_id].append(term_id)
    return stages, kinds


def _used(session: Session, owner: int) -> tuple[int, ...]:
    """The industry's documents by use, then by age; any that somebody may read."""
    query = (
        sa.select(Document.id)
        .where(Document.status == Status.PUBLISHED)
        .order_by(Document.hot.desc().nulls_last(), Document.id.desc())
        .limit(OFFERED)
    )
    if owner != ALL_INDUSTRIES:
        query = query.join(DocumentTerm, DocumentTerm.document_id == Document.id).where(
            DocumentTerm.term_id == owner
        )
    return tuple(session.scalars(query))


def _lists(session: Session) -> dict[tuple[int, str], list[int]]:
    found: dict[tuple[int, str], list[int]] = {}
    for owner, name, document_id in session.execute(
        sa.select(ListEntry.owner_id, ListEntry.list, ListEntry.document_id)
        .where(ListEntry.owner_kind == OwnerKind.INDUSTRY)
        .order_by(ListEntry.owner_id, ListEntry.list, ListEntry.rank)
    ):
        found.setdefault((owner, name), []).append(document_id)
    return found


def _gaps(session: Session) -> dict[int, list[Gap]]:
    """Candidates for empty places of the map, what most colleagues used first."""
    found: dict[int, list[Gap]] = {}
    for row in session.execute(
        sa.select(Slot.industry_id, Slot.stage_id, Slot.kind_id, SlotCandidate.document_id)
        .join(SlotCandidate, SlotCandidate.slot_id == Slot.id)
        .where(Slot.document_id.is_(None), Slot.retired_at.is_(None))
        .where(SlotCandidate.rank <= PROPOSED)
        .order_by(SlotCandidate.won.desc(), SlotCandidate.readers.desc(), Slot.id)
    ):
        found.setdefault(row.industry_id, []).append(
            Gap(row.stage_id, row.kind_id, row.document_id)
        )
    return found
