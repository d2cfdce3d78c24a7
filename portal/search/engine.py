"""Answering a query over a snapshot of the index: masks, scores, folding, counts."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from portal.search.postings import Mask
from portal.search.query import Query, Word
from portal.search.schema import WORD_FIELDS
from portal.search.score import (
    FIELD_WEIGHTS,
    Floats,
    Ints,
    gram_scores,
    inverse_document_frequency,
    top,
)
from portal.search.snapshot import Segment, Snapshot
from portal.search.types import FILTERS
from portal.text import is_latin, sub_words

SECOND_STAGE = 50
PLACES = 3
PREFIX_LIMIT = 20
SUBSTRING_SECONDS = 0.3
SHARE_OF_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class Ranked:
    """One answering document: its id, score and best sections (ordinals), best first."""

    document: int
    score: float
    ordinals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine's answer: exact total, the wanted slice, and counts by facet and code."""

    total: int
    ranked: tuple[Ranked, ...]
    facets: Mapping[str, Mapping[str, int]]
    relaxed: bool = False
    substring: bool = False


@dataclass(slots=True)
class _Work:
    """One segment while a query is answered; arrays are indexed by its local documents."""

    segment: Segment
    base: Mask
    scores: Floats
    """By section."""
    matched: Mask
    coverage: Floats
    filters: dict[str, Mask] = field(default_factory=dict)

    def narrowed(self, leave_out: str = "") -> Mask:
        """Matching documents within all filters but one."""
        mask = self.base & self.matched
        for facet, allowed in self.filters.items():
            if facet != leave_out:
                mask &= allowed
        return mask

    def best(self) -> Floats:
        """The best section's score of each document."""
        result: Floats = np.maximum.reduceat(self.scores, self.segment.arrays.starts)
        return result


def answer(
    snapshot: Snapshot,
    query: Query,
    audiences: frozenset[str] | None,
    *,
    newest: bool,
    offset: int,
    limit: int,
) -> Answer:
    """Answer a query for a reader of the given audiences (``None`` reads everything).

    The permission mask comes first: what the reader may not open is neither scored nor counted.
    ``newest`` orders by publication in place of relevance.
    """
    works = [_prepare(segment, query, audiences) for segment in snapshot.segments]
    relaxed = substring = False
    if query.has_text:
        relaxed = _match_words(snapshot, works, query)
        _check_phrases(works, query)
        if not any(work.narrowed().any() for work in works):
            relaxed, substring = False, _match_substring(works, query)
    _check_excluded(works, query)
    masks = [work.narrowed() for work in works]
    total = sum(int(np.count_nonzero(mask)) for mask in masks)
    offset = min(offset, max(total - 1, 0) // limit * limit)
    if newest or not query.has_text:
        ranked = _by_publication(works, masks, offset, limit)
    else:
        ranked = _by_relevance(works, masks, query, offset, limit)
    return Answer(total, ranked, _count(works), relaxed, substring)


def _prepare(segment: Segment, query: Query, audiences: frozenset[str] | None) -> _Work:
    arrays = segment.arrays
    base = segment.live.copy()
    if audiences is not None:
        readable = np.zeros(arrays.documents, dtype=bool)
        for audience in audiences:
            readable |= arrays.mask("audience", audience)
        base &= readable
    work = _Work(
        segment,
        base,
        np.zeros(arrays.sections, dtype=np.float32),
        np.ones(arrays.documents, dtype=bool),
        np.zeros(arrays.documents, dtype=np.float32),
    )
    for facet, codes in query.filters.items():
        allowed = np.zeros(arrays.documents, dtype=bool)
        for code in codes:
            allowed |= arrays.mask(facet, code)
        work.filters[facet] = allowed
    return work


def _match_words(snapshot: Snapshot, works: list[_Work], query: Query) -> bool:
    """Score every word and keep documents with all of them, or else with most; say which."""
    if not query.words:
        return False
    total_weight = 0.0
    for word in query.words:
        holders, weight = _score_word(snapshot, works, word)
        total_weight += weight
        for work, mask in zip(works, holders, strict=True):
            work.matched &= mask
            work.coverage[mask] += weight
    if any(work.narrowed().any() for work in works):
        return False
    return _relax(works, total_weight)


def _relax(works: list[_Work], total_weight: float) -> bool:
    """Keep documents with at least half of the words' weight, or with the most there is."""
    for work in works:
        work.matched[:] = work.coverage > 0
    most = max(
        (float(np.max(work.coverage, where=work.narrowed(), initial=0.0)) for work in works),
        default=0.0,
    )
    # Weights are summed in float32, so the bound leaves room for rounding.
    bound = min(SHARE_OF_WORDS * total_weight, most) * (1 - 1e-4)
    for work in works:
        work.matched &= work.coverage >= bound
    return most > 0


def _score_word(snapshot: Snapshot, works: list[_Work], word: Word) -> tuple[list[Mask], float]:
    """Add a word's scores; return which documents hold it, and its weight (its rarity)."""
    holders = [np.zeros(work.segment.arrays.documents, dtype=bool) for work in works]
    scored: set[str] = set()
    for option in word.options:
        parts = sub_words(option)
        part_masks = [_score_term(snapshot, works, part, scored) for part in parts]
        terms = [option]
        if is_latin(option) and len(option) > 1:
            terms += snapshot.with_prefix(option, PREFIX_LIMIT)
        for term in dict.fromkeys(terms):
            for holder, mask in zip(
                holders, _score_term(snapshot, works, term, scored), strict=True
            ):
                holder |= mask
        for number, holder in enumerate(holders):
            if parts:
                holder |= np.logical_and.reduce([masks[number] for masks in part_masks])
    found = sum(int(np.count_nonzero(mask)) for mask in holders)
    documents = sum(work.segment.arrays.documents for work in works)
    return holders, inverse_document_frequency(found, documents) if found else 0.0


def _score_term(snapshot: Snapshot, works: list[_Work], term: str, scored: set[str]) -> list[Mask]:
    """Add a term's BM25 once, over all word fields; return which documents hold it."""
    holders = [np.zeros(work.segment.arrays.documents, dtype=bool) for work in works]
    for name in WORD_FIELDS:
        found = [snapshot.postings(work.segment, name, term) for work in works]
        frequency = sum(len(item.sections) for item in found if item is not None)
        if not frequency:
            continue
        weight = FIELD_WEIGHTS[name] * inverse_document_frequency(frequency, snapshot.sections)
        for work, item, holder in zip(works, found, holders, strict=True):
            if item is None:
                continue
            holder[work.segment.arrays.document_of[item.sections]] = True
            if term not in scored:
                work.scores[item.sections] += np.float32(weight) * item.impacts
    scored.add(term)
    return holders


def _check_phrases(works: list[_Work], query: Query) -> None:
    """Keep only documents in which every phrase stands, in whatever section."""
    for phrase in query.phrases:
        for work in works:
            holders = _documents_with(work, phrase, work.narrowed(), math.inf)
            work.matched &= holders


def _check_excluded(works: list[_Work], query: Query) -> None:
    for needle in query.excluded:
        for work in works:
            work.matched &= ~_documents_with(work, needle, work.narrowed(), math.inf)


def _match_substring(works: list[_Work], query: Query) -> bool:
    """The last resort: documents whose text holds every word as a substring, within a time."""
    deadline = time.monotonic() + SUBSTRING_SECONDS
    for work in works:
        work.matched[:] = True
        for needle in query.needles:
            if len(needle) > 1:
                work.matched &= _documents_with(work, needle, work.narrowed(), deadline)
        if all(len(needle) < 2 for needle in query.needles):
            work.matched[:] = False
    return any(work.narrowed().any() for work in works)


def _documents_with(work: _Work, needle: str, among: Mask, deadline: float) -> Mask:
    """Which of the given documents hold a substring; scores the sections that do.

    Past the deadline (monotonic seconds) the rest counts as not holding it.
    """
    arrays = work.segment.arrays
    holders = np.zeros(arrays.documents, dtype=bool)
    for section in np.flatnonzero(among[arrays.document_of]):
        if time.monotonic() > deadline:
            break
        if needle in arrays.text(int(section)):
            holders[arrays.document_of[section]] = True
            work.scores[section] += 1.0
    return holders


def _by_publication(
    works: list[_Work], masks: list[Mask], offset: int, limit: int
) -> tuple[Ranked, ...]:
    rows = [
        (-int(work.segment.arrays.published[local]), -int(work.segment.arrays.document_ids[local]),
         number, int(local))
        for number, (work, mask) in enumerate(zip(works, masks, strict=True))
        for local in np.flatnonzero(mask)
    ]  # fmt: skip
    rows.sort()
    return tuple(
        _ranked(works[number], local, 0.0)
        for _published, _document, number, local in rows[offset : offset + limit]
    )


def _by_relevance(
    works: list[_Work], masks: list[Mask], query: Query, offset: int, limit: int
) -> tuple[Ranked, ...]:
    wanted = max(offset + limit, SECOND_STAGE)
    rows: list[tuple[float, int, int, int]] = []
    for number, (work, mask) in enumerate(zip(works, masks, strict=True)):
        best = work.best()
        chosen: Ints = top(best, np.flatnonzero(mask).astype(np.int32), wanted)
        ids = work.segment.arrays.document_ids[chosen]
        rows += [
            (-float(best[local]), int(document), number, int(local))
            for local, document in zip(chosen, ids, strict=True)
        ]
    rows.sort()
    rows = _second_stage(works, rows[:SECOND_STAGE], query) + rows[SECOND_STAGE:]
    return tuple(
        _ranked(works[number], local, -negative)
        for negative, _document, number, local in rows[offset : offset + limit]
    )


def _second_stage(
    works: list[_Work], rows: list[tuple[float, int, int, int]], query: Query
) -> list[tuple[float, int, int, int]]:
    """Rank the best candidates anew with the character grams of their best sections."""
    texts = []
    for _negative, _document, number, local in rows:
        arrays = works[number].segment.arrays
        section = _sections_by_score(works[number], local)[0]
        texts.append(arrays.text(section))
    needle = "".join(query.needles)
    extra = gram_scores(needle, texts)
    return sorted(
        (negative - float(more), document, number, local)
        for (negative, document, number, local), more in zip(rows, extra, strict=True)
    )


def _sections_by_score(work: _Work, local: int) -> list[int]:
    arrays = work.segment.arrays
    start = int(arrays.starts[local])
    end = int(arrays.starts[local + 1]) if local + 1 < arrays.documents else arrays.sections
    order = np.argsort(-work.scores[start:end], kind="stable")
    return [start + int(position) for position in order]


def _ranked(work: _Work, local: int, score: float) -> Ranked:
    arrays = work.segment.arrays
    sections = _sections_by_score(work, local)
    best = work.scores[sections[0]]
    # A further place is worth showing when it answers nearly as well by itself.
    kept = [section for section in sections[:PLACES] if work.scores[section] >= 0.6 * best]
    if not best:
        kept = sections[:1]
    return Ranked(
        int(arrays.document_ids[local]),
        score,
        tuple(int(arrays.ordinals[section]) for section in kept),
    )


def _count(works: list[_Work]) -> dict[str, dict[str, int]]:
    """For each facet, how many documents each code would give beside the other facets' filters."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FILTERS}
    for work in works:
        everything = work.narrowed()
        for facet in FILTERS:
            mask = work.narrowed(facet) if facet in work.filters else everything
            for (name, code), carriers in work.segment.arrays.codes.items():
                if name == facet and (found := int(np.count_nonzero(carriers & mask))):
                    counts[facet][code] = counts[facet].get(code, 0) + found
    return counts
