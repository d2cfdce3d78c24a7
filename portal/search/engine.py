"""Answering a query over a snapshot of the index: match, rank, fold, count."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from portal.search.candidates import Candidates, candidates_of
from portal.search.match import match
from portal.search.score import Doubles, Floats, gram_scores, top
from portal.search.segment import Mask, sections_of
from portal.search.snapshot import Snapshot
from portal.search.types import FILTERS, Query, Sort

SECOND_STAGE = 50
PLACES = 3
PLACE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Order:
    """How answers are chosen and ordered.

    ``hot`` maps document to hotness for the order "hottest"; a document without comes last.
    ``most_will_do``: a document need not hold all words even where some do.
    """

    sort: Sort = "relevance"
    hot: Mapping[int, float] = field(default_factory=dict)
    most_will_do: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """One answering document: its id, score and best sections (ordinals), best first."""

    document: int
    score: float
    ordinals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The engine's answer: exact total, the wanted slice, and counts by facet and code.

    ``relaxed``: documents with most of the words had to do. ``substring``: only looking through
    all text found any.
    """

    total: int
    ranked: tuple[Ranked, ...]
    facets: Mapping[str, Mapping[str, int]]
    relaxed: bool = False
    substring: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    """A candidate on its way to the result: segment number, local document, score."""

    number: int
    local: int
    document: int
    score: float


def answer(
    snapshot: Snapshot,
    query: Query,
    audiences: frozenset[str] | None,
    *,
    order: Order,
    offset: int,
    limit: int,
) -> Answer:
    """Answer a query for a reader of the given audiences (``None`` reads everything).

    The permission mask comes first: what the reader may not open is neither ranked nor counted.
    An ``offset`` past the end gives the last page.
    """
    candidates = candidates_of(snapshot, audiences, query)
    relaxed = substring = False
    if query.has_text or query.excluded:
        relaxed, substring = match(snapshot, candidates, query, most_will_do=order.most_will_do)
    masks = [item.narrowed() for item in candidates]
    total = sum(int(np.count_nonzero(mask)) for mask in masks)
    offset = min(offset, max(total - 1, 0) // limit * limit)
    if order.sort == "hottest":
        rows = _hottest(candidates, masks, order.hot, offset + limit)
    elif order.sort == "newest" or not query.has_text:
        rows = _newest(candidates, masks, offset + limit)
    else:
        rows = _by_relevance(candidates, masks, query, offset + limit)
    ranked = tuple(_ranked(candidates[row.number], row) for row in rows[offset : offset + limit])
    return Answer(total, ranked, _count(candidates, masks), relaxed, substring)


def _newest(candidates: list[Candidates], masks: list[Mask], count: int) -> list[_Row]:
    values = [item.segment.arrays.published.astype(np.float64) for item in candidates]
    return _by_value(candidates, masks, values, count)


def _hottest(
    candidates: list[Candidates], masks: list[Mask], hot: Mapping[int, float], count: int
) -> list[_Row]:
    """By hotness; what nobody has read yet follows, newest first."""
    known = np.array(sorted(hot), dtype=np.int64)
    heat = np.array([hot[document] for document in known.tolist()], dtype=np.float64)
    values = []
    for item in candidates:
        arrays = item.segment.arrays
        # Publication in years, shifted below every hotness, orders what has none.
        value = arrays.published / 3.2e7 - 1e6
        if len(known):
            slots = np.searchsorted(known, arrays.document_ids).clip(max=len(known) - 1)
            value = np.where(known[slots] == arrays.document_ids, heat[slots], value)
        values.append(value)
    return _by_value(candidates, masks, values, count)


def _by_value(
    candidates: list[Candidates], masks: list[Mask], values: list[Doubles], count: int
) -> list[_Row]:
    """Highest value first; of equal ones the later number, which is the newer document."""
    rows: list[tuple[float, int, _Row]] = []
    for number, (item, mask, value) in enumerate(zip(candidates, masks, values, strict=True)):
        arrays = item.segment.arrays
        found = np.flatnonzero(mask)
        for position in top(value[found], -arrays.document_ids[found], count):
            local = int(found[position])
            document = int(arrays.document_ids[local])
            rows.append((-float(value[local]), -document, _Row(number, local, document, 0.0)))
    return [row for _value, _document, row in sorted(rows, key=lambda item: item[:2])]


def _by_relevance(
    candidates: list[Candidates], masks: list[Mask], query: Query, count: int
) -> list[_Row]:
    rows: list[_Row] = []
    for number, (item, mask) in enumerate(zip(candidates, masks, strict=True)):
        arrays = item.segment.arrays
        found = np.flatnonzero(mask)
        best = _best_sections(item, found)
        for position in top(best, arrays.document_ids[found], max(count, SECOND_STAGE)):
            local = int(found[position])
            document = int(arrays.document_ids[local])
            rows.append(_Row(number, local, document, float(best[position])))
    rows.sort(key=lambda row: (-row.score, row.document))
    return _second_stage(candidates, rows[:SECOND_STAGE], query) + rows[SECOND_STAGE:]


def _best_sections(item: Candidates, found: npt.NDArray[np.intp]) -> Floats:
    """The best section's score of each of the given documents."""
    if not len(found):
        return item.scores[found]
    sections, begin = sections_of(item.segment.arrays, found)
    best: Floats = np.maximum.reduceat(item.scores[sections], begin)
    return best


def _second_stage(candidates: list[Candidates], rows: list[_Row], query: Query) -> list[_Row]:
    """Rank the best candidates anew with the character grams of their best sections."""
    texts = [
        candidates[row.number].segment.arrays.text(_sections(candidates[row.number], row.local)[0])
        for row in rows
    ]
    extra = gram_scores(query.typed, texts)
    rescored = [
        _Row(row.number, row.local, row.document, row.score + float(more))
        for row, more in zip(rows, extra, strict=True)
    ]
    return sorted(rescored, key=lambda row: (-row.score, row.document))


def _sections(item: Candidates, local: int) -> list[int]:
    """The sections of a document, best first."""
    start, end = item.segment.arrays.starts[local : local + 2]
    if end - start == 1:
        return [int(start)]
    order = np.argsort(-item.scores[start:end], kind="stable")
    return [int(start) + int(position) for position in order]


def _ranked(item: Candidates, row: _Row) -> Ranked:
    sections = _sections(item, row.local)
    best = item.scores[sections[0]]
    # A further place is worth showing when it answers nearly as well by itself.
    kept = [
        section
        for section in sections[:PLACES]
        if section == sections[0] or (best and item.scores[section] >= PLACE_SHARE * best)
    ]
    ordinals = item.segment.arrays.ordinals
    return Ranked(row.document, row.score, tuple(int(ordinals[section]) for section in kept))


def _count(candidates: list[Candidates], masks: list[Mask]) -> dict[str, dict[str, int]]:
    """For each facet, how many documents each code would give beside the other facets' filters."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FILTERS}
    for item, mask in zip(candidates, masks, strict=True):
        _add(counts, item, _count_codes(item, mask), set(FILTERS) - set(item.filters))
        for facet in item.filters:
            _add(counts, item, _count_codes(item, item.narrowed(leave_out=facet)), {facet})
    return counts


def _add(
    counts: dict[str, dict[str, int]],
    item: Candidates,
    found: npt.NDArray[np.intp],
    facets: Collection[str],
) -> None:
    """Add the counts of a segment's codes to those of some facets."""
    codes = item.segment.arrays.codes
    for position in np.flatnonzero(found).tolist():
        facet, code = codes[position]
        if facet in facets:
            counts[facet][code] = counts[facet].get(code, 0) + int(found[position])


def _count_codes(item: Candidates, mask: Mask) -> npt.NDArray[np.intp]:
    arrays = item.segment.arrays
    numbers = arrays.code_table[np.flatnonzero(mask)].ravel()
    return np.bincount(numbers, minlength=len(arrays.codes) + 1)[1:]
