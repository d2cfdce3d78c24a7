"""A term's postings as arrays, and the cache that keeps decoded ones within a budget of bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Self

import numpy as np

from portal.search.score import Floats, Ints

RANKS = (1, 8, 16, 24, 32, 48, 64)
_OVERHEAD = 700


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term stands in one segment.

    ``sections`` (int32, ascending) and ``impacts`` (float32) are parallel; ``documents`` (int32,
    ascending) are the local documents of those sections, each once; ``strongest`` holds the
    largest impact, the 8th largest and so on, as ``RANKS`` counts and as far as there are any.
    ``span`` is 0 and the number of sections: the postings' bounds as the column of a matrix.
    """

    sections: Ints
    impacts: Floats
    documents: Ints
    strongest: tuple[float, ...]
    span: Ints

    @classmethod
    def of(cls, sections: Ints, impacts: Floats, documents: Ints) -> Self:
        """Postings with the ranks of their impacts."""
        falling = np.sort(impacts)[::-1]
        strongest = tuple(float(falling[rank - 1]) for rank in RANKS if rank <= len(falling))
        span = np.array((0, len(sections)), dtype=np.int32)
        return cls(sections, impacts, documents, strongest, span)

    @property
    def size(self) -> int:
        """Bytes held, with a flat charge for the entry itself."""
        shared = self.documents is self.sections
        extra = 0 if shared else self.documents.nbytes
        return self.sections.nbytes + self.impacts.nbytes + extra + _OVERHEAD


NONE = Postings.of(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32))
"""The postings of a term that stands nowhere."""


class PostingCache:
    """Least recently used postings of all segments, bounded in bytes; safe for threads."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.bytes = 0
        self._entries: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, segment: str, term: str) -> Postings | None:
        """What is known of a term in a segment, or ``None`` when it has to be decoded."""
        key = (segment, term)
        try:
            # Without the lock: either step is one, and between them the entry may at worst go.
            self._entries.move_to_end(key)
        except KeyError:
            return None
        return self._entries.get(key)

    def put(self, segment: str, term: str, postings: Postings) -> None:
        """Keep an entry and drop the least recently used ones beyond the budget."""
        with self._lock:
            if (segment, term) in self._entries:
                return
            self._entries[segment, term] = postings
            self.bytes += postings.size
            while self.bytes > self.budget and self._entries:
                _, dropped = self._entries.popitem(last=False)
                self.bytes -= dropped.size

    def forget(self, segments: set[str]) -> None:
        """Drop what belongs to segments that are no more."""
        with self._lock:
            # A copy, made in one step: readers move entries about without the lock.
            for key in [key for key in list(self._entries) if key[0] in segments]:
                self.bytes -= self._entries.pop(key).size

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0
