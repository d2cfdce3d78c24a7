"""Whoosh's postings as arrays, decoded once and kept within a budget of bytes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Segment
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound

from portal.search.schema import CODE_FIELDS
from portal.search.score import Floats, Ints, impacts

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Postings:
    """A term's sections (ascending int32) and their BM25 impacts (float32), side by side."""

    sections: Ints
    impacts: Floats

    @property
    def size(self) -> int:
        """Bytes held, with a flat charge for the entry itself."""
        return int(self.sections.nbytes + self.impacts.nbytes) + 200


class PostingCache:
    """Least recently used postings of all segments, bounded in bytes; safe for threads."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.bytes = 0
        self._entries: OrderedDict[tuple[str, str, str], Postings | None] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> tuple[bool, Postings | None]:
        """Whether the key is known, and what it holds: ``None`` for a term that is absent."""
        with self._lock:
            if key not in self._entries:
                return False, None
            self._entries.move_to_end(key)
            return True, self._entries[key]

    def put(self, key: tuple[str, str, str], postings: Postings | None) -> None:
        """Keep an entry and drop the least recently used ones beyond the budget."""
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = postings
            self.bytes += _size(postings)
            while self.bytes > self.budget and self._entries:
                _, dropped = self._entries.popitem(last=False)
                self.bytes -= _size(dropped)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self.bytes = 0


def _size(postings: Postings | None) -> int:
    return 200 if postings is None else postings.size


class SegmentArrays:
    """The parts of one segment that never change, as arrays.

    ``document_of[s]`` is the local document of section ``s``; sections of one document follow each
    other, from ``starts[d]`` on. ``document_ids``, ``published`` (epoch seconds, 0 for a draft) and
    the code masks are indexed by local document.
    """

    def __init__(self, storage: FileStorage, schema: Schema, segment: W3Segment) -> None:
        self.key: str = segment.segment_id()
        self.reader = SegmentReader(storage, schema, segment)
        self._lock = threading.Lock()
        owners = self._column("document_id", np.int64)
        changes = np.flatnonzero(owners[1:] != owners[:-1]) + 1
        self.starts: Ints = np.concatenate(([0], changes)).astype(np.int32)
        self.document_ids: npt.NDArray[np.int64] = owners[self.starts]
        sizes = np.diff(np.append(self.starts, len(owners)))
        self.document_of: Ints = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        self.ordinals = self._column("ordinal", np.int32)
        self.published = self._column("published", np.int64)[self.starts]
        self.lengths: dict[str, Floats] = {
            field: self._column(f"{field}_length", np.float32) for field in ("body", "title")
        }
        self.codes: dict[tuple[str, str], Mask] = {
            (field, code.decode()): self._code_mask(field, code)
            for field in CODE_FIELDS
            for code in self.reader.lexicon(field)
        }
        self._texts = self.reader.column_reader("text", reverse=False, translate=False)

    @property
    def sections(self) -> int:
        """Number of sections, deleted ones included."""
        return len(self.document_of)

    @property
    def documents(self) -> int:
        """Number of documents, deleted ones included."""
        return len(self.document_ids)

    def text(self, section: int) -> str:
        """The folded heading and text of a section."""
        with self._lock:
            return bytes(self._texts[section]).decode()

    def postings(self, field: str, term: str, average_length: float) -> Postings | None:
        """Decode a term's postings, or ``None`` if no section holds it."""
        decoded = self._decode(field, term.encode())
        if decoded is None:
            return None
        sections, frequencies = decoded
        lengths = self.lengths[field][sections]
        return Postings(sections, impacts(frequencies, lengths, average_length))

    def with_prefix(self, field: str, prefix: str, limit: int) -> list[str]:
        """The first ``limit`` terms that begin with a prefix, in code point order."""
        terms: list[str] = []
        with self._lock:
            for term in self.reader.expand_prefix(field, prefix):
                terms.append(term.decode())
                if len(terms) == limit:
                    break
        return terms

    def mask(self, field: str, code: str) -> Mask:
        """Which documents carry a code."""
        found = self.codes.get((field, code))
        return np.zeros(self.documents, dtype=bool) if found is None else found

    def live(self, segment: W3Segment) -> Mask:
        """Which documents are not deleted in the given state of this segment."""
        alive = np.ones(self.documents, dtype=bool)
        deleted = np.fromiter(segment.deleted_docs(), dtype=np.int64)
        if len(deleted):
            alive[self.document_of[deleted]] = False
        return alive

    def _decode(self, field: str, term: bytes) -> tuple[Ints, Floats] | None:
        # Whoosh's matcher would hand over one posting at a time; whole blocks are 50 times faster.
        # Its file position is shared by all readers of the segment, hence the lock.
        with self._lock:
            try:
                info = self.reader.term_info(field, term)
            except (TermNotFound, KeyError):
                return None
            if info.is_inlined():
                ids, weights, _values = info.inlined_postings()
                return np.asarray(ids, dtype=np.int32), np.asarray(weights, dtype=np.float32)
            matcher = self.reader._terms.matcher(field, term, self.reader.schema[field].format)
            ids_blocks, weight_blocks = [], []
            while matcher.is_active():
                matcher._read_ids()
                matcher._read_weights()
                ids_blocks.append(np.asarray(matcher._ids, dtype=np.int32))
                weight_blocks.append(np.asarray(matcher._weights, dtype=np.float32))
                matcher._next_block()
        return np.concatenate(ids_blocks), np.concatenate(weight_blocks)

    def _code_mask(self, field: str, code: bytes) -> Mask:
        mask = np.zeros(self.documents, dtype=bool)
        decoded = self._decode(field, code)
        if decoded is not None:
            mask[self.document_of[decoded[0]]] = True
        return mask

    def _column(self, name: str, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        column = self.reader.column_reader(name, reverse=False, translate=False)
        values = (column[number] for number in range(self.reader.doc_count_all()))
        return np.fromiter(values, dtype=dtype, count=self.reader.doc_count_all())
