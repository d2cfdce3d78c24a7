"""The best sections for a sum of weighted terms, without looking at every section that has one.

The idea is MaxScore's (Turtle and Flood, "Query evaluation: strategies and optimizations",
Information Processing & Management 31(6), 1995): as soon as the best sections score more than some
of the terms could give together, no section that has none of the others can be among the best. How
much the best will score at least is known before anything is added, since the larger impacts of
each term are ranked when it is decoded. Adding is cheap and choosing is not, so all terms are added
up, and the best are sought among the sections of the rarer terms alone.
"""

import threading
from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from portal.search.accumulate import WeightedPostings, accumulate
from portal.search.postings import RANKS
from portal.search.score import Floats, Ints, Places

_LEAST = float(np.finfo(np.float32).tiny)
# Sums of float32 differ by their order.
_ROUNDING = 1e-5
# Clearing one section takes as long as clearing so many in a row.
_CLEAR_COST = 64
# Whoever orders the best orders twice as many sooner than they are thinned.
_FEW = 2


def best_sections(
    terms: Sequence[WeightedPostings], size: int, count: int
) -> tuple[Places, Floats]:
    """The ``count`` sections with the highest sums of the terms' weighted impacts, and the sums.

    They come in no order; among them are more that may be as good, and a section may come more
    than once, always with the same sum. ``size`` is the number of sections of the segment that
    the terms' postings belong to. Sections without any of the terms are never among them.
    """
    terms = sorted([term for term in terms if term[1].strongest], key=_length)
    if not terms:
        return np.empty(0, np.intp), np.empty(0, np.float32)
    bound = _sure(terms, count)
    leading = _leading(terms, bound)
    scores = _sums.of(size)
    accumulate(scores, terms)
    places = _places(terms[:leading])
    sums = scores.take(places)
    if sum(map(_length, terms)) * _CLEAR_COST > size:
        # Bytes, which NumPy clears twice as fast as numbers.
        scores.view(np.uint8).fill(0)
    else:
        scores[_places(terms)] = 0
    return _best(places, sums, bound, count * leading)


def bounded(terms: Sequence[WeightedPostings]) -> float:
    """What no section's sum exceeds; each term must stand somewhere."""
    return sum([weight * found.strongest[0] for weight, found in terms]) * (1 + _ROUNDING)


def add_where(
    scores: Floats, wanted: npt.NDArray[Any], sections: Ints, impacts: Floats, weight: float
) -> None:
    """Add a term's weighted impacts to the scores of those of its sections that are wanted.

    ``scores`` and ``wanted`` (zero or false: not wanted) are indexed by section; ``sections`` and
    ``impacts`` are parallel.
    """
    places = sections.astype(np.intp)
    chosen = (wanted.take(places) > 0).nonzero()[0]
    scores[places[chosen]] += np.float32(weight) * impacts[chosen]


def _sure(terms: Sequence[WeightedPostings], count: int) -> float:
    """A sum that at least so many sections reach: with the one term alone that takes them there."""
    rank = bisect_left(RANKS, count)
    known = 0.0
    for weight, found in terms:
        if len(found.strongest) > rank:
            known = max(known, weight * found.strongest[rank])
    return known * (1 - _ROUNDING) or _LEAST


def _leading(terms: Sequence[WeightedPostings], bound: float) -> int:
    """How many of the terms lead: a section that has none of those does not reach the bound."""
    most = 0.0
    for number in range(len(terms), 1, -1):
        weight, found = terms[number - 1]
        most += weight * found.strongest[0] * (1 + _ROUNDING)
        if most >= bound:
            return number
    return 1


def _best(sections: Places, sums: Floats, bound: float, count: int) -> tuple[Places, Floats]:
    """What reaches the bound; of more than ``count`` those with the highest sums."""
    kept = (sums >= bound).nonzero()[0]
    sections, sums = sections.take(kept), sums.take(kept)
    if len(sums) > _FEW * count:
        ordered = sums.copy()
        ordered.partition(len(sums) - count)
        kept = (sums >= ordered[len(sums) - count]).nonzero()[0]
        sections, sums = sections.take(kept), sums.take(kept)
    return sections, sums


def _places(terms: Sequence[WeightedPostings]) -> Places:
    """The sections of all the terms, one term after the other."""
    # NumPy reaches through indices of the machine's own size in a third of the time.
    return np.concatenate([found.sections for _weight, found in terms]).astype(np.intp)


def _length(term: WeightedPostings) -> int:
    return len(term[1].sections)


class _Sums(threading.local):
    """Zeros to add up in, which whoever takes them leaves behind as zeros.

    Making so many anew for each question costs more than adding up its postings.
    """

    def __init__(self) -> None:
        self._zeros: Floats = np.zeros(0, dtype=np.float32)

    def of(self, size: int) -> Floats:
        if len(self._zeros) < size:
            self._zeros = np.zeros(size, dtype=np.float32)
        return self._zeros[:size]


_sums = _Sums()
