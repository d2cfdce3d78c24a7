"""Which documents answer a query, and how well their sections do: masks and first-stage scores."""

from dataclasses import dataclass

import numpy as np

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
from portal.search.postings import Postings
from portal.search.score import inverse_document_frequency
from portal.search.segment import Mask
from portal.search.snapshot import Snapshot
from portal.search.types import Query, Word

COMMON_SHARE = 0.15
COMMON_FROM = 2000
ENOUGH_FOR_QUESTION = 10
MOST = {"words": 0.5, "question": 0.3}


def match(
    snapshot: Snapshot, candidates: list[Candidates], query: Query, *, most_will_do: bool
) -> tuple[bool, bool]:
    """Narrow the candidates to those that answer, and score their sections.

    With ``most_will_do`` a document need not hold all words even where some do. Returns whether
    documents with most of the words are among the answers, and whether only the substring pass
    found any.
    """
    expanded = _expand(snapshot, query)
    postings = postings_of(snapshot, expanded)
    _add_scores(snapshot, candidates, postings)
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


def first_stage(snapshot: Snapshot, query: Query, limit: int) -> list[tuple[int, float]]:
    """The best (document, score) by words alone: any word matches, nothing else is asked.

    This is the part of the engine that other engines have too, for comparison with them.
    """
    candidates = [Candidates.of(segment, None, Query()) for segment in snapshot.segments]
    postings = postings_of(snapshot, [terms_of(snapshot, word) for word in query.words])
    used = _add_scores(snapshot, candidates, postings)
    scores, documents = [], []
    for number, item in enumerate(candidates):
        touched = [entry[number].sections for entry in used if len(entry[number].sections)]
        if not touched:
            continue
        sections = np.concatenate(touched)
        values = item.scores[sections]
        # A section stands here once for each of its terms, hence the wider cut.
        cut = min(len(values), limit * len(touched))
        bound = np.partition(values, len(values) - cut)[len(values) - cut]
        best = sections[values >= bound]
        scores.append(item.scores[best])
        documents.append(item.segment.arrays.document_ids[item.segment.arrays.document_of[best]])
    if not scores:
        return []
    order = np.lexsort((ids := np.concatenate(documents), -(found := np.concatenate(scores))))
    ranked: dict[int, float] = {}
    for document, score in zip(ids[order].tolist(), found[order].tolist(), strict=True):
        ranked.setdefault(document, score)
        if len(ranked) == limit:
            break
    return list(ranked.items())


def _expand(snapshot: Snapshot, query: Query) -> list[Terms]:
    exact = [
        Word((word,))
        for phrase in (*query.phrases, *query.titles)
        for word in snapshot.segmenter.query_words(phrase)
    ]
    return [terms_of(snapshot, word) for word in (*query.words, *exact)]


def _add_scores(
    snapshot: Snapshot, candidates: list[Candidates], postings: dict[str, list[Postings]]
) -> list[list[Postings]]:
    """Add the impacts of every term that has a weight to the scores; return its postings."""
    weights = _weights(snapshot, postings)
    for name, idf in weights.items():
        for item, found in zip(candidates, postings[name], strict=True):
            item.scores[found.sections] += np.float32(idf) * found.impacts
    return [postings[name] for name in weights]


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
