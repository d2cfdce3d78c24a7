"""What a process sees of the index at one moment, kept fresh as the writer commits."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from whoosh.index import FileIndex

from portal.search.index import IndexFolder, IndexStore, IndexUnavailable
from portal.search.postings import PostingCache, Postings
from portal.search.schema import WORD_FIELDS
from portal.search.segment import Mask, SegmentArrays
from portal.text import Segmenter

CHECK_SECONDS = 0.2
DRIFT = 0.05
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment's arrays with the deletions of one commit."""

    arrays: SegmentArrays
    live: Mask


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One commit of the index. ``average_lengths`` are tokens per section, by word field.

    ``documents`` counts deleted ones too, as document frequencies do.
    """

    folder: Path
    generation: int
    segments: tuple[Segment, ...]
    documents: int
    average_lengths: dict[str, float]
    cache: PostingCache
    segmenter: Segmenter
    born: int

    @property
    def living(self) -> int:
        """Number of documents that are not deleted."""
        return sum(int(np.count_nonzero(segment.live)) for segment in self.segments)

    def postings(self, term: str) -> list[Postings]:
        """A term's postings in each segment, through the cache."""
        found = []
        for segment in self.segments:
            arrays = segment.arrays
            postings = self.cache.get(arrays.key, term)
            if postings is None:
                postings = arrays.postings(term, self.average_lengths)
                self.cache.put(arrays.key, term, postings)
            found.append(postings)
        return found

    def with_prefix(self, prefix: str, limit: int) -> list[str]:
        """The first terms that begin with a prefix, at most ``limit``."""
        terms = {
            term for segment in self.segments for term in segment.arrays.with_prefix(prefix, limit)
        }
        return sorted(terms)[:limit]


class SnapshotSource:
    """Hands out the newest snapshot; opens only the segments that are new. Safe for threads."""

    def __init__(self, store: IndexStore, cache_bytes: int) -> None:
        self._store = store
        self._cache = PostingCache(cache_bytes)
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = None
        self._checked = 0.0

    def current(self) -> Snapshot:
        """The newest commit, at most 0.2 s old; :class:`IndexUnavailable` before the first."""
        snapshot = self._snapshot
        if snapshot is not None and time.monotonic() - self._checked < CHECK_SECONDS:
            return snapshot
        # Whoever finds a new commit opens it; the others go on with the snapshot they have.
        if not self._lock.acquire(blocking=snapshot is None) and snapshot is not None:
            return snapshot
        try:
            if self._snapshot is None or time.monotonic() - self._checked >= CHECK_SECONDS:
                self._snapshot = self._refresh(self._snapshot)
                self._checked = time.monotonic()
            return self._snapshot
        finally:
            self._lock.release()

    def expire(self) -> None:
        """Look for a new commit at the next use, however lately that was done."""
        self._checked = 0.0

    def _refresh(self, old: Snapshot | None) -> Snapshot:
        # The writer may remove a segment between our reading of the table of contents and our
        # opening of its files; the next table of contents then names the merged one.
        for attempt in range(_ATTEMPTS):
            try:
                return self._open(old)
            except (FileNotFoundError, EOFError) as error:
                if attempt == _ATTEMPTS - 1:
                    if old is not None:
                        return old
                    raise IndexUnavailable("索引正在更新，请稍后再试") from error
        raise AssertionError("unreachable")

    def _open(self, old: Snapshot | None) -> Snapshot:
        folder = self._store.live()
        if folder is None or not folder.is_readable:
            if old is not None:
                # The index is lost. What is open can still be read, and answers until there is one.
                return old
            raise IndexUnavailable("索引尚未建立，请先启动索引程序（portal indexer）")
        if old is not None and (folder.path, folder.born) != (old.folder, old.born):
            old = None
        if old is not None and folder.generation() == old.generation:
            return old
        index = _open_index(folder)
        toc = index._read_toc()
        known = {} if old is None else {item.arrays.key: item.arrays for item in old.segments}
        segments = []
        for state in toc.segments:
            arrays = known.get(state.segment_id())
            if arrays is None:
                arrays = SegmentArrays(index.storage, toc.schema, state)
            segments.append(Segment(arrays, arrays.alive(state)))
        return Snapshot(
            folder.path,
            toc.generation,
            tuple(segments),
            sum(segment.arrays.documents for segment in segments),
            self._averages(segments, old),
            self._cache,
            folder.segmenter,
            folder.born,
        )

    def _averages(self, segments: list[Segment], old: Snapshot | None) -> dict[str, float]:
        """Average lengths; the old ones stand, and with them the cache, while they nearly fit."""
        averages = {}
        for field in WORD_FIELDS:
            total = sum(segment.arrays.total_lengths[field] for segment in segments)
            averages[field] = total / max(sum(segment.arrays.sections for segment in segments), 1)
        if old is not None and all(
            abs(averages[field] - old.average_lengths[field]) <= DRIFT * averages[field]
            for field in WORD_FIELDS
        ):
            gone = _keys(old.segments) - _keys(segments)
            if gone:
                self._cache.forget(gone)
            return old.average_lengths
        self._cache.clear()
        return averages


def _keys(segments: Iterable[Segment]) -> set[str]:
    return {segment.arrays.key for segment in segments}


def open_segments(folder: IndexFolder) -> list[SegmentArrays]:
    """Every segment of an index, read; what is damaged raises an error of Whoosh or Python."""
    index = folder.open()
    toc = index._read_toc()
    return [SegmentArrays(index.storage, toc.schema, state) for state in toc.segments]


def _open_index(folder: IndexFolder) -> FileIndex:
    try:
        return folder.open()
    except (FileNotFoundError, EOFError):
        raise
    except Exception as error:
        raise IndexUnavailable("索引无法打开，请运行 portal reindex 重建") from error
