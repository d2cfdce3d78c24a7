"""A term's postings as arrays, and the cache that keeps decoded ones within a budget of bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from portal.search.score import Floats, Ints

_OVERHEAD = 300


@dataclass(frozen=True, slots=True)
class Postings:
    """Where a term stands in one segment.

    ``sections`` (int32, ascending) and ``impacts`` (float32) are parallel; ``documents`` (int32,
    ascending) are the local documents of those sections, each once; ``peak`` is the largest impact.
    """

    sections: Ints
    impacts: Floats
    documents: Ints
    peak: float

    @property
    def size(self) -> int:
        """Bytes held, with a flat charge for the entry itself."""
        shared = self.documents is self.sections
        extra = 0 if shared else self.documents.nbytes
        return int(self.sections.nbytes + self.impacts.nbytes + extra) + _OVERHEAD


NONE = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32), 0.0)
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
        with self._lock:
            found = self._entries.get((segment, term))
            if found is not None:
                self._entries.move_to_end((segment, term))
            return found

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

    def keep_only(self, segments: set[str]) -> None:
        """Forget what belongs to segments that are no more."""
        with self._lock:
            for key in [key for key in self._entries if key[0] not in segments]:
                self.bytes -= self._entries.pop(key).size

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0
