"""Writing segments: Whoosh's writer and file format with arrays where it handles single postings.

Whoosh sorts (field, term, document) tuples and writes postings one by one in blocks of 128. Ours
gathers each term's postings in arrays and writes each term as one block, uncompressed (see
``termfile``). The files are Whoosh's own format; its readers read them too.
"""

import itertools
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from portal.search.blocks import decode
from portal.search.termfile import Grouped, TermWriter

_WAITING = 1_000_000
_ITEM = 4  # bytes of a section's number, and of a frequency


class SectionWriter(SegmentWriter):  # type: ignore[misc]  # Whoosh has no types
    """Adds and deletes sections; ``commit`` makes them visible. One at a time for an index."""

    def __init__(self, index: FileIndex) -> None:
        # Not compound: Whoosh copies the whole of a compound file into memory to read it.
        super().__init__(index, codec=_Codec(), compound=False)
        self.pool = _Pool()
        self._columns = {
            name: field.column_type for name, field in self.schema.items() if field.column_type
        }

    def add_section(
        self, tokens: Mapping[str, Iterable[str]], columns: Mapping[str, int | bytes]
    ) -> None:
        """Add one section: the tokens of its indexed fields and the values of its columns."""
        self.perdocwriter.start_doc(self.docnum)
        for field, values in tokens.items():
            self.pool.add_counts(field, self.docnum, Counter(values))
        for name, value in columns.items():
            self.perdocwriter.add_column_value(name, self._columns[name], value)
        self.perdocwriter.finish_doc()
        self._added = True
        self.docnum += 1

    def delete_documents(self, document_ids: Iterable[int]) -> None:
        """Mark the sections of the given documents as deleted."""
        terms = [str(document_id).encode() for document_id in document_ids]
        for segment in self.segments:
            reader = SegmentReader(self.storage, self.schema, segment)
            for term in terms:
                found = decode(reader, "document", term)
                for section in found[0].tolist() if found is not None else ():
                    segment.delete_document(section)
            reader.close()

    def add_reader(self, reader: SegmentReader) -> None:
        """Take over the living sections of another segment, which a merge then drops."""
        first = self.docnum
        # The type is said, for a segment of which nothing lives any more.
        living = np.array(
            [n for n in range(reader.doc_count_all()) if not reader.is_deleted(n)], dtype=np.int64
        )
        readers = {
            name: reader.column_reader(name, column, translate=False)
            for name, column in self._columns.items()
        }
        for number in living.tolist():
            self.perdocwriter.start_doc(self.docnum)
            for name, column in readers.items():
                self.perdocwriter.add_column_value(name, self._columns[name], column[number])
            self.perdocwriter.finish_doc()
            self.docnum += 1
        places = np.full(reader.doc_count_all(), -1, dtype=np.int64)
        places[living] = np.arange(first, self.docnum)
        for field, term in reader.all_terms():
            found = decode(reader, field, term)
            if found is not None:
                moved = places[found[0]]
                kept = moved >= 0
                if kept.any():
                    self.pool.extend(field, term, moved[kept], found[1][kept])
        self._added = True


class _Numbers(dict[str, int]):
    """A number for each token, given when it is first asked for."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


class _FieldPool:
    """A field's postings in memory: sections and frequencies of each term, sections ascending.

    What is added waits in three parallel columns (the token's number, section, frequency), which
    are filled and sorted by compiled loops; at a million rows they are dealt out to the terms.
    """

    def __init__(self) -> None:
        self.terms: dict[bytes, tuple[array[int], array[float]]] = {}
        self._clear()

    def add_counts(self, section: int, counts: Mapping[str, int]) -> None:
        self._tokens.extend(map(self._numbers.__getitem__, counts))
        self._sections.extend(itertools.repeat(section, len(counts)))
        self._frequencies.extend(counts.values())
        if len(self._tokens) > _WAITING:
            self.deal()

    def extend(self, term: bytes, sections: Any, frequencies: Any) -> None:
        self.deal()
        self._append(
            term, sections.astype(np.uint32).tobytes(), frequencies.astype(np.float32).tobytes()
        )

    def deal(self) -> None:
        """Give what waits to its terms."""
        if not self._tokens:
            return
        tokens = np.frombuffer(self._tokens, dtype=np.uint32)
        order = np.argsort(tokens, kind="stable")
        sections = np.frombuffer(self._sections, dtype=np.uint32)[order].tobytes()
        frequencies = np.frombuffer(self._frequencies, dtype=np.float32)[order].tobytes()
        # The numbers run from 0 without a gap, so each token's rows follow those of the last.
        ends = (_ITEM * np.cumsum(np.bincount(tokens))).tolist()
        start = 0
        for token, end in zip(self._numbers, ends, strict=True):
            self._append(token.encode(), sections[start:end], frequencies[start:end])
            start = end
        self._clear()

    def _append(self, term: bytes, sections: bytes, frequencies: bytes) -> None:
        entry = self.terms.get(term)
        if entry is None:
            self.terms[term] = array("I", sections), array("f", frequencies)
        else:
            entry[0].frombytes(sections)
            entry[1].frombytes(frequencies)

    def _clear(self) -> None:
        self._numbers = _Numbers()
        self._tokens, self._sections, self._frequencies = array("I"), array("I"), array("f")


class _Pool:
    """The postings of all fields in memory."""

    def __init__(self) -> None:
        self._fields: defaultdict[str, _FieldPool] = defaultdict(_FieldPool)

    def add_counts(self, field: str, section: int, counts: Mapping[str, int]) -> None:
        self._fields[field].add_counts(section, counts)

    def extend(self, field: str, term: bytes, sections: Any, frequencies: Any) -> None:
        self._fields[field].extend(term, sections, frequencies)

    def iter_postings(self) -> Iterator[Grouped]:
        for field, pool in sorted(self._fields.items()):
            pool.deal()
            for term in sorted(pool.terms):
                yield field, term, *pool.terms[term]

    def cleanup(self) -> None:
        self._fields.clear()


class _Codec(W3Codec):  # type: ignore[misc]
    length_stats = False  # lengths lie in columns of our own

    def __init__(self) -> None:
        super().__init__(compression=0)

    def field_writer(self, storage: Any, segment: Any) -> TermWriter:
        return TermWriter(self, storage, segment)
