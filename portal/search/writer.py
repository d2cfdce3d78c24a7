"""Writing segments: Whoosh's writer and file format with arrays where it handles single postings.

Whoosh sorts (field, term, document) tuples and writes postings one by one in blocks of 128. Ours
gathers each term's postings in arrays and writes each term as one block, uncompressed. The files
are Whoosh's own format; its readers read them too.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import (
    W3Codec,
    W3FieldWriter,
    W3PostingsWriter,
)
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from portal.search.blocks import decode

_Grouped = tuple[str, bytes, "array[int]", "array[float]"]
_LONGEST_BLOCK = 1 << 20
_SMALL = 16  # where NumPy's overhead outweighs its speed
_CODES = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32}


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


class _Pool:
    """Postings in memory: sections and frequencies of each (field, term), sections ascending."""

    def __init__(self) -> None:
        self._terms: dict[str, dict[bytes, tuple[array[int], array[float]]]] = {}

    def add_counts(self, field: str, section: int, counts: Mapping[str, int]) -> None:
        terms = self._terms.setdefault(field, {})
        for token, count in counts.items():
            entry = terms.get(key := token.encode())
            if entry is None:
                entry = terms[key] = (array("I"), array("f"))
            entry[0].append(section)
            entry[1].append(count)

    def extend(self, field: str, term: bytes, sections: Any, frequencies: Any) -> None:
        entry = self._terms.setdefault(field, {}).setdefault(term, (array("I"), array("f")))
        entry[0].frombytes(sections.astype(np.uint32).tobytes())
        entry[1].frombytes(frequencies.astype(np.float32).tobytes())

    def iter_postings(self) -> Iterator[_Grouped]:
        for field in sorted(self._terms):
            terms = self._terms[field]
            for term in sorted(terms):
                yield field, term, *terms[term]

    def cleanup(self) -> None:
        self._terms.clear()


class _Codec(W3Codec):  # type: ignore[misc]
    length_stats = False  # lengths lie in columns of our own

    def __init__(self) -> None:
        super().__init__(blocklimit=_LONGEST_BLOCK, compression=0)

    def field_writer(self, storage: Any, segment: Any) -> "_FieldWriter":
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> "_PostingsWriter":
        return _PostingsWriter(dbfile, self._blocklimit, byteids, 0, self._inlinelimit)


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    def add_postings(self, schema: Any, _lengths: object, items: Iterator[_Grouped]) -> None:
        current = None
        for field, term, sections, frequencies in items:
            if field != current:
                if current is not None:
                    self.finish_field()
                self.start_field(field, schema[field])
                current = field
            self.start_term(term)
            self._postwriter.write_term(sections, frequencies)
            self.finish_term()
        if current is not None:
            self.finish_field()


class _PostingsWriter(W3PostingsWriter):  # type: ignore[misc]
    def write_term(self, sections: "array[int]", frequencies: "array[float]") -> None:
        """Write all but the last block; the last one is written when the term is finished."""
        for start in range(0, len(sections), self._blocklimit):
            if start:
                self._write_block()
            self._ids = sections[start : start + self._blocklimit]
            self._weights = frequencies[start : start + self._blocklimit]
            self._maxweight = max(self._weights)

    def _mini_ids(self) -> "array[int]":
        if len(self._ids) < _SMALL:
            previous = (0, *self._ids[:-1])
            deltas = [number - before for number, before in zip(self._ids, previous, strict=True)]
            return array("I", deltas)
        steps = np.diff(np.frombuffer(self._ids, dtype=np.uint32), prepend=np.uint32(0))
        code = next(code for code, end in _CODES.items() if int(steps.max()) < end)
        return array(code, steps.astype(code).tobytes())

    def _mini_weights(self) -> "float | array[float] | None":
        first = self._weights[0]
        if self._weights.count(first) == len(self._weights):
            return None if first == 1 else first
        return self._weights
