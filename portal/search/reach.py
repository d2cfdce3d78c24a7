"""What one reader can reach in one snapshot: the permission mask, and documents with given words.

Suggestions and corrections are checked here before they are shown: a word that stands only in what
the reader may not open must not be offered.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from portal.search.segment import Mask
from portal.search.snapshot import Snapshot

Masks = tuple[Mask, ...]


class Reach:
    """One reader's view of one snapshot; made for one question and not shared between threads.

    ``audiences`` is ``None`` for a reader of everything. ``readable`` holds a mask over the
    documents of each segment; ``sections`` counts all of them, readable or not.
    """

    def __init__(self, snapshot: Snapshot, audiences: frozenset[str] | None) -> None:
        self.snapshot = snapshot
        self.readable: Masks = tuple(
            segment.live
            if audiences is None
            else segment.live & segment.arrays.mask("audience", audiences)
            for segment in snapshot.segments
        )
        self.sections = sum(segment.arrays.sections for segment in snapshot.segments)
        self._holding: dict[str, Masks] = {}
        self._frequencies: dict[str, int] = {}

    def frequency(self, word: str) -> int:
        """In how many sections a word stands, readable or not: a measure of how common it is."""
        known = self._frequencies.get(word)
        if known is None:
            known = sum(
                segment.arrays.section_frequency(word) for segment in self.snapshot.segments
            )
            self._frequencies[word] = known
        return known

    def holding(self, words: Sequence[str]) -> Masks:
        """The readable documents that hold all the words, by segment."""
        masks = self.readable
        for word in words:
            masks = tuple(
                mask & holders for mask, holders in zip(masks, self._holders(word), strict=True)
            )
        return masks

    def count(self, words: Sequence[str]) -> int:
        """How many readable documents hold all the words."""
        return sum(int(np.count_nonzero(mask)) for mask in self.holding(words))

    def texts(self, masks: Masks, limit: int) -> Iterator[str]:
        """The folded sections of the first ``limit`` of the given documents."""
        for segment, mask in zip(self.snapshot.segments, masks, strict=True):
            arrays = segment.arrays
            chosen = np.flatnonzero(mask)[:limit]
            limit -= len(chosen)
            for document in chosen:
                for section in range(arrays.starts[document], arrays.starts[document + 1]):
                    yield arrays.text(section)

    def _holders(self, word: str) -> Masks:
        known = self._holding.get(word)
        if known is None:
            known = self._standing(word)
            parts = self.snapshot.segmenter.sub_words(word)
            if parts:
                together = self.holding(parts)
                known = tuple(a | b for a, b in zip(known, together, strict=True))
            self._holding[word] = known
        return known

    def _standing(self, word: str) -> Masks:
        masks = []
        for segment, found in zip(
            self.snapshot.segments, self.snapshot.postings(word), strict=True
        ):
            mask = np.zeros(segment.arrays.documents, dtype=bool)
            mask[found.documents] = True
            masks.append(mask)
        return tuple(masks)
