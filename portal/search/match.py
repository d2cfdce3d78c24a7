"""Which documents answer a query, and how well their sections do: masks and first-stage scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from portal.search.candidates import (
    Candidates,
    Held,
    Terms,
    count,
    expansions,
    held,
    holding_all,
    postings_of,
    terms_of,
    visible_of,
)
from portal.search.exact import leave_out, match_substring, require_phrases, require_titles
from portal.search.maxscore import add_where, best_sections, bounded
from portal.search.postings import Postings
from portal.search.score import inverse_document_frequency
from portal.search.segment import Mask, SegmentArrays, sections_of
from portal.search.snapshot import Snapshot
from portal.search.types import Query, Word

COMMON_SHARE = 0.15
COMMON_FROM = 2000
FREQUENT = 2000
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
    _add_scores(candidates, postings, _weights(snapshot, postings, visible_of(candidates)))
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
    visible = visible_of(candidates)
    words = [held(snapshot, terms, postings, visible) for terms in expanded[: len(query.words)]]
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


def weigh(snapshot: Snapshot, candidates: list[Candidates], query: Query) -> Weighing:
    """The terms of a query, who holds them and what they weigh for a reader."""
    expanded, visible = _expand(snapshot, query), visible_of(candidates)
    postings = postings_of(snapshot, expanded)
    holders = [held(snapshot, terms, postings, visible) for terms in expanded]
    return Weighing(expanded, holders, postings, _weights(snapshot, postings, visible))


def weighted_terms(snapshot: Snapshot, query: Query) -> list[WeightedTerm]:
    """The terms that a query's words stand for, as far as they add to scores."""
    names: dict[str, None] = {}
    for word in query.words:
        for option in word.options:
            names.update(dict.fromkeys(expansions(snapshot, option)))
            names.update(dict.fromkeys(snapshot.segmenter.sub_words(option)))
    postings = {name: snapshot.postings(name) for name in names}
    return [(idf, postings[name]) for name, idf in _weights(snapshot, postings).items()]


def first_stage(
    snapshot: Snapshot, terms: Sequence[WeightedTerm], limit: int, readable: Sequence[Mask] = ()
) -> list[tuple[int, float]]:
    """The best (document, score) by the given terms alone, of which any will do; best first.

    ``readable`` are masks of documents by segment; none means all. A document scores with its
    best section. Of documents that score the same the lower number comes first.
    """
    best: list[tuple[int, float]] = []
    for number, segment in enumerate(snapshot.segments):
        here = [
            (weight, each) for weight, postings in terms if (each := postings[number]).strongest
        ]
        if len(best) == limit and bounded(here) < best[-1][1]:
            continue
        if readable:
            mask = readable[number]
            here = [(weight, _masked(each, segment.arrays, mask)) for weight, each in here]
        found = _best_documents(segment.arrays, here, limit) if here else []
        best = _merged(best, found, limit) if best and found else best or found
    return best


def _merged(
    best: list[tuple[int, float]], found: list[tuple[int, float]], limit: int
) -> list[tuple[int, float]]:
    """The best of two segments; a rewritten document can be in both."""
    merged: dict[int, float] = {}
    for document, score in sorted([*best, *found], key=lambda pair: (-pair[1], pair[0])):
        merged.setdefault(document, score)
    return list(merged.items())[:limit]


def _best_documents(
    arrays: SegmentArrays, terms: Sequence[tuple[float, Postings]], limit: int
) -> list[tuple[int, float]]:
    """The best (document, score) of one segment, best first."""
    # Several sections of one document leave fewer documents than sections.
    wanted = limit * arrays.sections // max(arrays.documents, 1) + 1
    while True:
        sections, scores = best_sections(terms, arrays.sections, wanted)
        documents = arrays.owners.take(sections)
        order = np.lexsort((documents, -scores))
        best: dict[int, float] = {}
        for document, score in zip(
            documents.take(order).tolist(), scores.take(order).tolist(), strict=True
        ):
            if document not in best:
                best[document] = score
                if len(best) == limit:
                    return list(best.items())
        if len(sections) < wanted:
            return list(best.items())
        wanted *= 2


def _masked(found: Postings, arrays: SegmentArrays, readable: Mask) -> Postings:
    """What is left of postings within a mask of documents."""
    kept = readable[arrays.document_of[found.sections]].nonzero()[0]
    return Postings.of(found.sections[kept], found.impacts[kept], found.documents)


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


def _weights(
    snapshot: Snapshot, postings: dict[str, list[Postings]], visible: Sequence[Mask] = ()
) -> dict[str, float]:
    """The inverse document frequency of every term that adds to scores.

    In a large collection, terms in more than 15 % of the documents are passed over as long as a
    rarer one is there: they cost most and decide least. ``visible`` is as for :func:`held`.
    """
    frequencies = {name: _frequency(found, visible) for name, found in postings.items()}
    if snapshot.documents >= COMMON_FROM:
        common = COMMON_SHARE * snapshot.documents
        rare = {name: number for name, number in frequencies.items() if 0 < number <= common}
        frequencies = rare or frequencies
    return {
        name: inverse_document_frequency(number, snapshot.documents)
        for name, number in frequencies.items()
    }


def _frequency(found: list[Postings], visible: Sequence[Mask] = ()) -> int:
    """How many documents hold a term.

    Where many do, those count too that the reader may not open, and a rewritten document's former
    self: that says nothing of any one of them, and leaving them out would take longest.
    """
    number = sum([len(item.documents) for item in found])
    if number > FREQUENT or not visible:
        return number
    return sum(
        int(np.count_nonzero(seen[item.documents]))
        for seen, item in zip(visible, found, strict=True)
    )


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
