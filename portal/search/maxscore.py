"""The best sections for a sum of weighted terms, without adding up every posting.

MaxScore (Turtle and Flood, "Query evaluation: strategies and optimizations", Information
Processing & Management 31(6), 1995) over arrays: terms are added up rarest first. As soon as the
best sections so far score more than all the terms that are left could give together, no section
without an earlier term can be among the best, and of the terms that are left, which are the common
ones with the long postings, only the few sections count that still can.
"""

import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from portal.search.score import Floats, Ints

_Places = npt.NDArray[np.intp]
_LEAST = float(np.finfo(np.float32).tiny)


class Part(NamedTuple):
    """A term's sections (ascending), its impact in each, its weight, and its largest impact."""

    sections: Ints
    impacts: Floats
    weight: float
    peak: float


def best_sections(parts: Sequence[Part], size: int, count: int) -> tuple[Ints, Floats]:
    """The ``count`` sections with the highest sums, ties included, in no order, with their sums.

    ``size`` is the number of sections of the segment that the parts belong to. Sections without
    any of the terms are never among them.
    """
    parts = sorted((part for part in parts if len(part.sections)), key=lambda p: len(p.sections))
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    left = _most_left(parts)
    scores = _sums.of(size)
    added: list[_Places] = []
    bound = _LEAST
    while len(added) < len(parts) and left[len(added)] >= bound:
        part = parts[len(added)]
        # NumPy reaches through indices of its own size in a third of the time.
        places = part.sections.astype(np.intp)
        values = scores.take(places) + np.float32(part.weight) * part.impacts
        scores[places] = values
        bound = _bound(values, count, bound)
        added.append(places)
    for part in parts[len(added) :]:
        add_where(scores, scores, part.sections, part.impacts, part.weight)
    sections, sums = [], []
    for places in added:
        values = scores.take(places)
        high = (values >= bound).nonzero()[0]
        sections.append(places[high])
        sums.append(values[high])
        # Leaves zeros behind, and what later parts hold too is not taken twice.
        scores[places] = 0
    return _best(np.concatenate(sections), np.concatenate(sums), count)


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


def _best(sections: _Places, sums: Floats, count: int) -> tuple[Ints, Floats]:
    kept = sums >= _bound(sums, count, _LEAST)
    return sections[kept].astype(np.int32), sums[kept]


def _most_left(parts: Sequence[Part]) -> list[float]:
    """What the parts from each place on can add at most, with room for rounding."""
    left = [0.0]
    for part in reversed(parts):
        left.append(left[-1] + part.weight * part.peak * (1 + 1e-5))
    return left[::-1]


def _bound(values: Floats, count: int, known: float) -> float:
    """The score of the last of the ``count`` best values, or what is known where that is more."""
    if len(values) < count:
        return known
    values = values[values >= known]
    if len(values) < count:
        return known
    values.partition(len(values) - count)
    return float(values[len(values) - count])


class _Sums(threading.local):
    """Zeros to add up in, which whoever takes them leaves behind as zeros.

    Making so many anew for each question costs more than adding up its postings.
    """

    def __init__(self) -> None:
        self._zeros: Floats = np.zeros(0, dtype=np.float32)

    def of(self, size: int) -> Floats:
        if len(self._zeros) < size:
            self._zeros = np.zeros(size, dtype=np.float32)
        return self._zeros


_sums = _Sums()
