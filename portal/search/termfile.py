"""Writing a segment's terms and postings: Whoosh's file formats, each record put together at once.

Whoosh makes several objects for every term and asks the files for their position again and again,
which takes longer than cutting the text into words. What comes out is the same, byte for byte.
"""

import struct
from array import array
from collections.abc import Iterator
from pickle import dumps
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3FieldWriter
from whoosh.filedb.filetables import md5_hash
from whoosh.util.numeric import length_to_byte

Grouped = tuple[str, bytes, "array[int]", "array[float]"]
"""Field, term, and parallel: sections, ascending, and the term's frequency in each."""

_LONGEST_BLOCK = 1 << 20
_SMALL = 16  # where NumPy's overhead outweighs its speed
_CODES = {"B": 1 << 8, "H": 1 << 16, "I": 1 << 32}
_BUFFER = 1 << 20
_PICKLE = 2  # of Whoosh's files
# Lengths of fields lie in columns of our own.
_NO_LENGTHS = (length_to_byte(None), length_to_byte(0))
# Not inlined; weight, documents, lengths, largest weight, first and last id; where, and how long.
_TERM_INFO = struct.Struct("!BfIBBfIIqi")
_BLOCK_LENGTH = struct.Struct("!i")
_KEY = struct.Struct("!iiH")
_FIELD_BYTES = 2


class TermWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh has no types
    """Writes the terms of all fields; fields and terms must come in ascending order."""

    def add_postings(self, _schema: Any, _lengths: object, items: Iterator[Grouped]) -> None:
        """Write everything to the file of terms and the file of postings."""
        posts, terms = _Buffer(self._postfile), _Buffer(self._tindex.dbfile)
        buckets, index = self._tindex.buckets, self._tindex.index
        for field, term, sections, frequencies in items:
            number = self._fieldmap.setdefault(field, len(self._fieldmap))
            start = posts.position
            posts.add(_postings(sections, frequencies))
            info = _term_info(sections, frequencies, start, posts.position - start)
            index.append(terms.position)
            hashed = md5_hash(number.to_bytes(_FIELD_BYTES) + term)
            buckets[hashed & 255].append((hashed, terms.position))
            terms.add(_KEY.pack(len(term) + _FIELD_BYTES, len(info), number) + term + info)
        posts.flush()
        terms.flush()


class _Buffer:
    """Gathers what goes to the end of a file, and knows how far that is."""

    def __init__(self, file: Any) -> None:
        self.position: int = file.tell()
        self._file = file
        self._waiting = bytearray()

    def add(self, record: bytes) -> None:
        self._waiting += record
        self.position += len(record)
        if len(self._waiting) > _BUFFER:
            self.flush()

    def flush(self) -> None:
        self._file.write(bytes(self._waiting))
        self._waiting.clear()


def _term_info(
    sections: "array[int]", frequencies: "array[float]", start: int, length: int
) -> bytes:
    return _TERM_INFO.pack(
        0,
        sum(frequencies),
        len(sections),
        *_NO_LENGTHS,
        max(frequencies),
        sections[0],
        sections[-1],
        start,
        length,
    )


def _postings(sections: "array[int]", frequencies: "array[float]") -> bytes:
    """A term's postings in blocks; the length of the last one is negative."""
    blocks = [WHOOSH3_HEADER_MAGIC]
    for start in range(0, len(sections), _LONGEST_BLOCK):
        end = start + _LONGEST_BLOCK
        block = _block(sections[start:end], frequencies[start:end])
        length = len(block) if end < len(sections) else -len(block)
        blocks += [_BLOCK_LENGTH.pack(length), block]
    return b"".join(blocks)


def _block(sections: "array[int]", frequencies: "array[float]") -> bytes:
    info = (len(sections), sections[-1], max(frequencies), 0, *_NO_LENGTHS)
    data = (_steps(sections), _weights(frequencies), None)
    return dumps(info, _PICKLE) + dumps(data, _PICKLE)


def _steps(sections: "array[int]") -> "array[int]":
    """The first section, and how far each is from the one before."""
    if len(sections) == 1:
        return sections
    if len(sections) < _SMALL:
        previous = (0, *sections[:-1])
        steps = [number - before for number, before in zip(sections, previous, strict=True)]
        return array("I", steps)
    wide = np.diff(np.frombuffer(sections, dtype=np.uint32), prepend=np.uint32(0))
    code = next(code for code, end in _CODES.items() if int(wide.max()) < end)
    return array(code, wide.astype(code).tobytes())


def _weights(frequencies: "array[float]") -> "float | array[float] | None":
    """Nothing where each is 1, and one number where all are the same."""
    first = frequencies[0]
    if frequencies.count(first) == len(frequencies):
        return None if first == 1 else first
    return frequencies
