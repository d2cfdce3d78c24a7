"""Which documents answer a query, and how well their sections do: masks and first-stage scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.search.candidates import (
    Candidates,
    Held,
    Terms,
    count,
    held,
    holding_all,
    postings_of,
    terms_of,
)
from portal.search.exact import leave_out, match_substring, require_phrases, require_titles
from portal.search.maxscore import Part, add_where, best_sections
from portal.search.postings import Postings
from portal.search.score import Floats, inverse_document_frequency
from portal.search.segment import Mask, sections_of
from portal.search.snapshot import Segment, Snapshot
from portal.search.types import Query, Word

COMMON_SHARE = 0.15
COMMON_FROM = 2000
ENOUGH_FOR_QUESTION = 10
MOST = {"words": 0.5, "question": 0.3}


def match(
    snapshot: Snapshot, candidates: list[Candidates], query: Query, *, most_will_do: bool
) -> tuple[bool, bool]:
    """Narrow the candidates to those that answer, and score the sections of those.

    With ``most_will_do`` a document need not hold all words even where some do. Returns whether
    documents with most of the words are among the answers, and whether only the substring pass
    found any.
    """
    expanded = _expand(snapshot, query)
    postings = postings_of(snapshot, expanded)
    outcome = _narrow(snapshot, candidates, query, expanded, postings, most_will_do=most_will_do)
    _add_scores(candidates, postings, _weights(snapshot, postings))
    return outcome


def _narrow(
    snapshot: Snapshot,
    candidates: list[Candidates],
    query: Query,
    expanded: list[Terms],
    postings: dict[str, list[Postings]],
    *,
    most_will_do: bool,
) -> tuple[bool, bool]:
    words = [held(snapshot, terms, postings) for terms in expanded[: len(query.words)]]
    require_titles(candidates, query.titles)
    require_phrases(snapshot, candidates, query.phrases)
    leave_out(snapshot, candidates, query.excluded)
    allowed = [item.matched for item in candidates]
    for item, mask in zip(candidates, holding_all(words, candidates), strict=True):
        item.matched = item.matched & mask
    complete = count(candidates)
    enough = ENOUGH_FOR_QUESTION if query.is_question else 1
    if not query.words or (complete >= enough and not most_will_do):
        return False, False
    best = _relax(candidates, allowed, words, MOST["question" if query.is_question else "words"])
    if best < MOST["words"] and not complete and match_substring(candidates, allowed, query):
        return False, True
    return count(candidates) > complete, False


WeightedTerm = tuple[float, list[Postings]]
"""A term's weight, and its postings by segment."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the first stage reckons with, for whoever explains a score.

    ``expanded`` and ``held`` are parallel: first the query's words, then those within its phrases
    and titles. ``idf`` holds the terms that add to scores; the others are passed over.
    """

    expanded: list[Terms]
    held: list[Held]
    postings: dict[str, list[Postings]]
    idf: dict[str, float]


def weigh(snapshot: Snapshot, query: Query) -> Weighing:
    """The terms of a query, who holds them and what they weigh."""
    expanded = _expand(snapshot, query)
    postings = postings_of(snapshot, expanded)
    holders = [held(snapshot, terms, postings) for terms in expanded]
    return Weighing(expanded, holders, postings, _weights(snapshot, postings))


def weighted_terms(snapshot: Snapshot, query: Query) -> list[WeightedTerm]:
    """The terms that a query's words stand for, as far as they add to scores."""
    postings = postings_of(snapshot, [terms_of(snapshot, word) for word in query.words])
    return [(idf, postings[name]) for name, idf in _weights(snapshot, postings).items()]


def first_stage(
    snapshot: Snapshot, terms: Sequence[WeightedTerm], limit: int, readable: Sequence[Mask] = ()
) -> list[tuple[int, float]]:
    """The best (document, score) by the given terms alone, of which any will do; best first.

    ``readable`` are masks of documents by segment; none means all. A document scores with its
    best section. Of documents that score the same the lower number comes first.
    """
    found: list[tuple[float, int]] = []
    for number, segment in enumerate(snapshot.segments):
        mask = readable[number] if readable else None
        parts = [_part(postings[number], weight, segment, mask) for weight, postings in terms]
        documents, scores = _best_documents(segment, parts, limit)
        found += zip((-scores).tolist(), documents.tolist(), strict=True)
    best: dict[int, float] = {}
    for score, document in sorted(found):
        best.setdefault(document, -score)
    return list(best.items())[:limit]


def _part(found: Postings, weight: float, segment: Segment, readable: Mask | None) -> Part:
    if readable is None:
        return Part(found.sections, found.impacts, weight, found.peak)
    kept = readable[segment.arrays.document_of[found.sections]]
    return Part(found.sections[kept], found.impacts[kept], weight, found.peak)


def _best_documents(
    segment: Segment, parts: list[Part], limit: int
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Documents and scores of sections among which are those of the best documents."""
    arrays = segment.arrays
    # Several sections of one document leave fewer documents than sections.
    wanted = limit if arrays.one_section_each else 2 * limit
    while True:
        sections, scores = best_sections(parts, arrays.sections, wanted)
        documents = arrays.document_ids[arrays.document_of[sections]]
        if len(sections) < wanted or len(set(documents.tolist())) >= limit:
            return documents, scores
        wanted *= 2


def _expand(snapshot: Snapshot, query: Query) -> list[Terms]:
    exact = [
        Word((word,))
        for phrase in (*query.phrases, *query.titles)
        for word in snapshot.segmenter.query_words(phrase)
    ]
    return [terms_of(snapshot, word) for word in (*query.words, *exact)]


def _add_scores(
    candidates: list[Candidates], postings: dict[str, list[Postings]], weights: Mapping[str, float]
) -> None:
    """Add the impacts of every term that has a weight to the scores of what answers."""
    for number, item in enumerate(candidates):
        documents = np.flatnonzero(item.narrowed())
        if not len(documents):
            continue
        answering = np.zeros(len(item.scores), dtype=bool)
        answering[sections_of(item.segment.arrays, documents)[0]] = True
        for name, idf in weights.items():
            found = postings[name][number]
            add_where(item.scores, answering, found.sections, found.impacts, idf)


def _weights(snapshot: Snapshot, postings: dict[str, list[Postings]]) -> dict[str, float]:
    """The inverse document frequency of every term that adds to scores.

    In a large collection, terms in more than 15 % of the documents are passed over as long as a
    rarer one is there: they cost most and decide least.
    """
    frequencies = {
        name: sum(len(item.documents) for item in found) for name, found in postings.items()
    }
    common = COMMON_SHARE * snapshot.documents
    rare = [name for name, frequency in frequencies.items() if 0 < frequency <= common]
    chosen = rare if rare and snapshot.documents >= COMMON_FROM else list(postings)
    return {
        name: inverse_document_frequency(frequencies[name], snapshot.documents) for name in chosen
    }


def _relax(
    candidates: list[Candidates], allowed: list[Mask], words: list[Held], share: float
) -> float:
    """Keep documents with a share of the words' weight, or with the most that any has.

    Returns the largest share of the weight that a document has. Words that stand nowhere weigh
    nothing: no document can have them.
    """
    total = sum(word.weight for word in words) or 1.0
    coverage = []
    for number, (item, within) in enumerate(zip(candidates, allowed, strict=True)):
        item.matched = within
        weights = np.zeros(item.segment.arrays.documents, dtype=np.float32)
        for word in words:
            weights += word.masks[number] * np.float32(word.weight / total)
        coverage.append(weights)
    most = max(
        (
            float(np.max(weights, where=item.narrowed(), initial=0.0))
            for item, weights in zip(candidates, coverage, strict=True)
        ),
        default=0.0,
    )
    # The sums are float32, so the bound leaves room for rounding.
    bound = min(share, most) * (1 - 1e-4)
    for item, weights in zip(candidates, coverage, strict=True):
        item.matched = item.matched & (weights >= bound) & (weights > 0)
    known = sum(1 for word in words if word.weight)
    return most * known / max(len(words), 1)
