"""Scores as array arithmetic: no files, no clock, no state.

First stage: BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
Beyond", 2009). The part of a posting's score that the query does not change is computed once per
term ("impact"); a query multiplies it by the term's inverse document frequency and a field weight.

Second stage: the query's character 1-, 2- and 3-grams counted in the candidates' text, each
saturated like BM25, with the inverse document frequency of the candidates themselves. It does the
work of a bigram field, which repairs words that were cut differently, without its postings.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

K1 = 1.2
B = 0.75
FIELD_WEIGHTS = {"body": 1.0, "title": 1.5}
GRAM_WEIGHTS = {1: 0.3, 2: 1.0, 3: 0.5}
_LONGEST_GRAM_QUERY = 200


def impacts(frequencies: Floats, lengths: Floats, average_length: float) -> Floats:
    """The BM25 term-frequency part of each posting, in [0, K1 + 1).

    ``frequencies`` and ``lengths`` are parallel float32 arrays, one entry a posting: the term's
    count in the section and the section's length in tokens.
    """
    norm = K1 * (1 - B + B * lengths / max(average_length, 1.0))
    result: Floats = (frequencies * (K1 + 1) / (frequencies + norm)).astype(np.float32)
    return result


def inverse_document_frequency(document_frequency: int, documents: int) -> float:
    """BM25's idf in the form that is never negative: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    rest = documents - document_frequency + 0.5
    return float(np.log1p(max(rest, 0.0) / (document_frequency + 0.5)))


def top(scores: Floats, candidates: Ints, count: int) -> Ints:
    """The ``count`` candidates of highest score, best first; ties by the lower candidate.

    ``scores`` is indexed by candidate; ``candidates`` is sorted ascending. Only the candidates are
    partitioned: partitioning the whole, mostly zero array costs far more.
    """
    values = scores[candidates]
    if 0 < count < len(candidates):
        bound = np.partition(values, len(values) - count)[len(values) - count]
        keep = values >= bound
        candidates, values = candidates[keep], values[keep]
    order = np.argsort(-values, kind="stable")[: max(count, 0)]
    return candidates[order]


def gram_scores(query: str, texts: Sequence[str]) -> Doubles:
    """The second stage's score of each text for a folded query without white space.

    Returns float64 of shape ``(len(texts),)``; zeros for an empty query.
    """
    scores = np.zeros(len(texts))
    if not texts:
        return scores
    lengths = np.array([len(text) for text in texts], dtype=float)
    norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0))
    for gram, weight in _grams(query[:_LONGEST_GRAM_QUERY]).items():
        counts = np.array([text.count(gram) for text in texts], dtype=float)
        found = int(np.count_nonzero(counts))
        if found:
            idf = inverse_document_frequency(found, len(texts))
            scores += weight * idf * counts * (K1 + 1) / (counts + norm)
    return scores


def _grams(query: str) -> dict[str, float]:
    return {
        query[start : start + size]: weight
        for size, weight in GRAM_WEIGHTS.items()
        for start in range(len(query) - size + 1)
    }
