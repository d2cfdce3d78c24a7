"""Scores as array arithmetic: no files, no clock, no state.

First stage: BM25F over the word fields (Robertson and Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", Foundations and Trends in Information Retrieval 3(4), 2009, section
3.6). Each field's term frequency is divided by its own length norm, the fields are added up with
their weights, and the sum is saturated once. That part of a posting's score does not depend on the
query ("impact") and is computed once per term; a query multiplies it by the term's inverse
document frequency.

Second stage: the query's character 1-, 2- and 3-grams counted in the candidates' text, each
saturated like BM25, with the inverse document frequency of the candidates themselves. It does the
work of a bigram field, which repairs words that were cut differently, without its postings.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]

K1 = 1.2
GRAM_WEIGHTS: Mapping[int, float] = {1: 0.3, 2: 1.0, 3: 0.5}
_GRAM_B = 0.75
_LONGEST_GRAM_QUERY = 200


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How much a word field counts, and how strongly its length is evened out (0 to 1)."""

    weight: float
    b: float


FIELDS: Mapping[str, FieldWeight] = {
    "body": FieldWeight(weight=1.0, b=0.75),
    "title": FieldWeight(weight=2.5, b=0.3),
}


def weighted_frequency(
    frequencies: Floats, lengths: Floats, average_length: float, field: FieldWeight
) -> Floats:
    """A field's share of the pseudo-frequency of each posting.

    ``frequencies`` and ``lengths`` are parallel float32 arrays, one entry a posting: the term's
    count in the field and the field's length in tokens.
    """
    norm = 1 - field.b + field.b * lengths / max(average_length, 1.0)
    result: Floats = (field.weight * frequencies / norm).astype(np.float32)
    return result


def merge_fields(parts: Sequence[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """Add up the pseudo-frequencies of several fields.

    Each part is (sections ascending, pseudo-frequency by section); so is the result.
    """
    if len(parts) == 1:
        return parts[0]
    ids = np.concatenate([ids for ids, _ in parts])
    values = np.concatenate([values for _, values in parts])
    order = np.argsort(ids, kind="stable")  # runs that are sorted already are merely merged
    ids, begins = first_of_each(ids[order])
    return ids, np.add.reduceat(values[order], begins)


def first_of_each(ascending: Ints) -> tuple[Ints, npt.NDArray[np.intp]]:
    """The different numbers of an ascending array, and where each begins."""
    begins = np.flatnonzero(np.concatenate(([True], ascending[1:] != ascending[:-1])))
    return ascending[begins], begins


def impacts(pseudo_frequencies: Floats) -> Floats:
    """The saturated part of BM25F, in [0, K1 + 1)."""
    result: Floats = (pseudo_frequencies * (K1 + 1) / (pseudo_frequencies + K1)).astype(np.float32)
    return result


@functools.lru_cache(maxsize=10_000)
def inverse_document_frequency(document_frequency: int, documents: int) -> float:
    """BM25's idf in the form that is never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    rest = documents - document_frequency + 0.5
    return math.log1p(max(rest, 0.0) / (document_frequency + 0.5))


def top(values: npt.NDArray[Any], keys: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """Positions of the ``count`` highest values, best first; equal values by the lower key.

    ``values`` and ``keys`` are parallel.
    """
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    positions = np.arange(len(values))
    if count < len(values):
        bound = np.partition(values, len(values) - count)[len(values) - count]
        positions = np.flatnonzero(values >= bound)
    order = np.lexsort((keys[positions], -values[positions]))[:count]
    return positions[order]


def gram_scores(query: str, texts: Sequence[str]) -> Doubles:
    """The second stage's score of each text for a folded query without white space.

    Returns float64 of shape ``(len(texts),)``; zeros for an empty query.
    """
    scores: Doubles = gram_parts(query, texts)[1].sum(axis=0)
    return scores


def gram_parts(query: str, texts: Sequence[str]) -> tuple[tuple[str, ...], Doubles]:
    """The query's grams, and what each adds to the score of each text.

    The parts are float64 of shape ``(number of grams, len(texts))``.
    """
    grams = _grams(query[:_LONGEST_GRAM_QUERY])
    if not texts or not grams:
        return tuple(grams), np.zeros((len(grams), len(texts)))
    lengths = np.fromiter((len(text) for text in texts), dtype=float, count=len(texts))
    norm = K1 * (1 - _GRAM_B + _GRAM_B * lengths / max(lengths.mean(), 1.0))
    counts = np.array([[text.count(gram) for text in texts] for gram in grams], dtype=float)
    found = np.count_nonzero(counts, axis=1)
    idf = np.log1p((len(texts) - found + 0.5) / (found + 0.5))
    weights = np.fromiter(grams.values(), dtype=float, count=len(grams)) * idf
    parts: Doubles = weights[:, np.newaxis] * (counts * (K1 + 1) / (counts + norm))
    return tuple(grams), parts


def _grams(query: str) -> dict[str, float]:
    return {
        query[start : start + size]: weight
        for size, weight in GRAM_WEIGHTS.items()
        for start in range(len(query) - size + 1)
    }
