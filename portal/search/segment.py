"""One Whoosh segment read into arrays: everything of it that never changes."""

import contextlib
import functools
import threading
import time
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.columns import EmptyColumnReader
from whoosh.fields import Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader

from portal.recent import Recent
from portal.search.blocks import decode
from portal.search.column import ByteColumn, mapped, term_counts
from portal.search.postings import NONE, Postings
from portal.search.schema import CODE_FIELDS, WORD_FIELDS
from portal.search.score import (
    FIELDS,
    Floats,
    Ints,
    first_of_each,
    impacts,
    merge_fields,
    weighted_frequency,
)

Mask = npt.NDArray[np.bool_]
MOST_NEEDLES, FEW_HOLDERS = 1000, 1000
# A byte for each document: of 100,000 that is 10 MB, for what a hundred people may read.
MOST_MASKS = 100
LOOK_BYTES = 4 * 2**20


class SegmentArrays:
    """A segment's columns, codes and texts, and the decoding of its postings. Safe for threads.

    ``document_of[s]`` is the local document of section ``s`` and ``owners[s]`` that document's id;
    the sections of one document follow each other, from ``starts[d]`` up to ``starts[d + 1]``.
    ``document_ids``, ``published`` (epoch seconds, 0 for a draft), ``days`` (that moment's day as a
    proleptic Gregorian ordinal) and the masks are indexed by local document.

    ``codes`` lists every (field, code) of the segment; row ``d`` of ``code_table`` holds the
    numbers of document ``d``'s codes in that list plus one, filled up with zeros.
    """

    def __init__(self, storage: FileStorage, schema: Schema, segment: W3Segment) -> None:
        self.key: str = segment.segment_id()
        self._open = functools.partial(SegmentReader, storage, schema, segment)
        self._reader = self._open()
        # A snapshot may be in use by several threads when the next one replaces it, so that its
        # files are closed when the last of them lets go.
        weakref.finalize(self, self._reader.close)
        self._lock = threading.Lock()
        self.sections: int = self._reader.doc_count_all()
        self.owners: npt.NDArray[np.int64] = self._column("document_id", np.int64)
        changes = np.flatnonzero(self.owners[1:] != self.owners[:-1]) + 1
        self.starts: Ints = np.concatenate(([0], changes, [self.sections])).astype(np.int32)
        self.document_ids: npt.NDArray[np.int64] = self.owners[self.starts[:-1]]
        self.document_of: Ints = np.repeat(
            np.arange(self.documents, dtype=np.int32), np.diff(self.starts)
        )
        self.ordinals: Ints = self._column("ordinal", np.int32)
        self.published: npt.NDArray[np.int64] = self._column("published", np.int64)[
            self.starts[:-1]
        ]
        self.lengths: dict[str, Floats] = {
            field: self._column(f"{field}_length", np.float32) for field in WORD_FIELDS
        }
        self.total_lengths = {field: float(each.sum()) for field, each in self.lengths.items()}
        self.days: Ints = self._column("day", np.int32)[self.starts[:-1]]
        self.codes, self.code_table = self._read_codes()
        self._masks: dict[tuple[str, str], Mask] = {}
        self._any_of: Recent[tuple[str, frozenset[str]], Mask] = Recent(MOST_MASKS)
        self._holding: Recent[str, Ints] = Recent(MOST_NEEDLES)
        texts = self._column_reader("text")
        self._text_starts = np.asarray(texts._offsets, dtype=np.int64)
        self._text_lengths = np.asarray(texts._lengths, dtype=np.int64)
        self._texts = mapped(Path(storage.folder, W3Codec.column_filename(segment, "text")))
        self.names, self.name_codes = (
            ByteColumn(
                self._column_reader(name),
                Path(storage.folder, W3Codec.column_filename(segment, name)),
            )
            for name in ("names", "name_codes")
        )

    @property
    def documents(self) -> int:
        """Number of documents, deleted ones included."""
        return len(self.document_ids)

    @property
    def one_section_each(self) -> bool:
        """Whether every document has a single section, so that both are numbered alike."""
        return self.documents == self.sections

    def text(self, section: int) -> str:
        """The folded heading and text of a section."""
        start = int(self._text_starts[section])
        return self._texts[start : start + int(self._text_lengths[section])].decode()

    def sections_with(self, needle: str) -> Ints:
        """Every section whose text holds a substring, ascending; one pass over all text.

        What few hold is remembered: the pass takes long, and the segment never changes.
        """
        known = self._holding.get(needle)
        if known is not None:
            return known
        found = self._look_through(needle.encode())
        return self._holding.keep(needle, found) if len(found) <= FEW_HOLDERS else found

    def _look_through(self, wanted: bytes) -> Ints:
        found: list[int] = []
        position, end = 0, int(self._text_starts[-1] + self._text_lengths[-1])
        while position < end:
            # While it looks no other thread of the process can do anything, so in steps.
            high = min(position + LOOK_BYTES + len(wanted) - 1, end)
            place = self._texts.find(wanted, position, high)
            if place < 0:
                position = high - len(wanted) + 1 if high < end else end
                continue
            section = int(np.searchsorted(self._text_starts, place, side="right")) - 1
            stop = int(self._text_starts[section] + self._text_lengths[section])
            if place + len(wanted) <= stop:
                found.append(section)
                position = stop  # one find is enough for a section
            else:
                position = place + 1  # it stretches over two sections' texts
        return np.array(found, dtype=np.int32)

    def postings(self, term: str, average_lengths: dict[str, float]) -> Postings:
        """Decode a term's postings in all word fields."""
        parts = []
        for field in WORD_FIELDS:
            decoded = self._decode(field, term.encode())
            if decoded is not None:
                sections, frequencies = decoded
                lengths = self.lengths[field][sections]
                weighted = weighted_frequency(
                    frequencies, lengths, average_lengths[field], FIELDS[field]
                )
                parts.append((sections, weighted))
        if not parts:
            return NONE
        sections, pseudo = merge_fields(parts)
        if int(sections.min()) < 0:
            # Scores are added without a check of bounds. What lies above them was refused when
            # the lengths were fetched.
            raise IndexError(f"the postings of {term!r} are damaged")
        documents = sections
        if not self.one_section_each:
            documents = first_of_each(self.document_of[sections])[0]
        return Postings.of(sections, impacts(pseudo), documents)

    def frequency(self, field: str, term: str, section: int) -> int:
        """How often a term stands in a word field of a section."""
        decoded = self._decode(field, term.encode())
        if decoded is None:
            return 0
        sections, frequencies = decoded
        return int(frequencies[sections == section].sum())

    def section_frequency(self, term: str) -> int:
        """In how many sections a term stands, whichever word field has the more; not decoded."""
        with self._lock:
            return max(
                int(self._reader.doc_frequency(field, term.encode())) for field in WORD_FIELDS
            )

    def words(self, rest: float) -> dict[str, int]:
        """Every term with the sections that hold it, by the word field where it is in more.

        ``rest`` is for how many seconds to stand back after every 500 terms, so that a thread in
        the background leaves others their turn.

        A reader of its own goes through the file of terms, so that questions need not wait for
        this one's lock. Empty when the segment's files have been merged away.
        """
        found: dict[str, int] = {}
        try:
            reader = self._open()
        except FileNotFoundError:
            return found
        with contextlib.closing(reader):
            for number, (field, term, count) in enumerate(term_counts(reader)):
                if rest and number % 500 == 0:
                    time.sleep(rest)
                if field in WORD_FIELDS:
                    found[term] = max(count, found.get(term, 0))
        return found

    def with_prefix(self, prefix: str, limit: int) -> list[str]:
        """The first terms of each word field that begin with a prefix, in code point order."""
        terms: list[str] = []
        with self._lock:
            for field in WORD_FIELDS:
                for number, term in enumerate(self._reader.expand_prefix(field, prefix)):
                    if number == limit:
                        break
                    terms.append(term.decode())
        return terms

    def mask(self, field: str, codes: Iterable[str]) -> Mask:
        """Which documents carry any of the codes; not to be changed, since it is remembered."""
        wanted = frozenset(codes)
        known = self._any_of.get((field, wanted))
        if known is None:
            known = np.zeros(self.documents, dtype=bool)
            for code in wanted:
                known |= self._mask(field, code)
            self._any_of.keep((field, wanted), known)
        return known

    def title_mask(self, word: str) -> Mask:
        """Which documents have a word in their title."""
        return self._carriers("title", word)

    def alive(self, segment: W3Segment) -> Mask:
        """Which documents are not deleted in the given state of this segment."""
        alive = np.ones(self.documents, dtype=bool)
        deleted = np.fromiter(segment.deleted_docs(), dtype=np.int64)
        alive[self.document_of[deleted]] = False
        return alive

    def _mask(self, field: str, code: str) -> Mask:
        known = self._masks.get((field, code))
        if known is None:
            known = self._masks[field, code] = self._carriers(field, code)
        return known

    def _carriers(self, field: str, term: str) -> Mask:
        mask = np.zeros(self.documents, dtype=bool)
        decoded = self._decode(field, term.encode())
        if decoded is not None:
            mask[self.document_of[decoded[0]]] = True
        return mask

    def _read_codes(self) -> tuple[tuple[tuple[str, str], ...], npt.NDArray[np.uint16]]:
        codes = []
        carriers = []
        for field in CODE_FIELDS:
            for code in self._reader.lexicon(field):
                decoded = self._decode(field, code)
                if decoded is not None:
                    codes.append((field, code.decode()))
                    carriers.append(np.unique(self.document_of[decoded[0]]))
        sizes = np.zeros(self.documents, dtype=np.int64)
        for documents in carriers:
            sizes[documents] += 1
        table = np.zeros((self.documents, int(sizes.max(initial=0))), dtype=np.uint16)
        filled = np.zeros(self.documents, dtype=np.int64)
        for number, documents in enumerate(carriers, 1):
            table[documents, filled[documents]] = number
            filled[documents] += 1
        return tuple(codes), table

    def _decode(self, field: str, term: bytes) -> tuple[Ints, Floats] | None:
        with self._lock:
            return decode(self._reader, field, term)

    def _column_reader(self, name: str) -> Any:
        # Every segment of ours has every column: where Whoosh finds no file, the writer has just
        # removed the segment, which whoever opens it must learn as of any other file.
        reader = self._reader.column_reader(name, translate=False)
        if isinstance(reader, EmptyColumnReader):
            raise FileNotFoundError(name)
        return reader

    def _column(self, name: str, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        column = self._column_reader(name)
        # A numeric column is a plain big-endian array; entries past its end have the default, 0.
        stored = column._dbfile.get(column._basepos, column._count * column._fixedlen)
        values = np.zeros(self.sections, dtype=dtype)
        values[: column._count] = np.frombuffer(stored, dtype=f">{column._typecode}")
        return values


def sections_of(
    arrays: SegmentArrays, documents: npt.NDArray[np.intp]
) -> tuple[Ints, npt.NDArray[np.intp]]:
    """The sections of documents (ascending), and where each document's begin among them."""
    if arrays.one_section_each:
        return documents.astype(np.int32), np.arange(len(documents))
    starts = arrays.starts[documents]
    sizes = arrays.starts[documents + 1] - starts
    begin = np.cumsum(sizes) - sizes
    sections = np.arange(sizes.sum()) + np.repeat(starts - begin, sizes)
    return sections.astype(np.int32), begin
