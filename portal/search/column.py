"""Files of a Whoosh segment, read whole where Whoosh reads entry by entry."""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_LENGTHS = struct.Struct("!ii")
_COUNT = struct.Struct("!I")
# In a term's entry the count follows a byte of flags and a float.
_COUNT_AT = 5
Offsets = npt.NDArray[np.int64]


def mapped(path: Path) -> mmap.mmap:
    """A file's bytes, of which the system reads those that are looked at."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


class ByteColumn:
    """One byte string for each section of a segment, all of them in one run of bytes.

    ``starts`` and ``stops`` (int64) bound each section's bytes in ``data``. ``reader`` is Whoosh's
    reader of the same column, which knows them; the file begins with the bytes of section 0.
    """

    def __init__(self, reader: Any, path: Path) -> None:
        self.starts: Offsets = np.asarray(reader._offsets, dtype=np.int64)
        self.stops: Offsets = self.starts + np.asarray(reader._lengths, dtype=np.int64)
        self.data = mapped(path)

    def __getitem__(self, section: int) -> bytes:
        return self.data[int(self.starts[section]) : int(self.stops[section])]

    def __iter__(self) -> Iterator[bytes]:
        for start, stop in zip(self.starts, self.stops, strict=True):
            yield self.data[int(start) : int(stop)]

    @property
    def size(self) -> int:
        """Bytes of all sections together."""
        return int(self.stops[-1]) if len(self.stops) else 0


def term_counts(reader: Any) -> Iterator[tuple[str, str, int]]:
    """(field, term, sections) of every term of a segment reader, in the order of its file.

    Whoosh's own iteration makes an object of each term and takes ten times as long.
    """
    terms = reader._terms
    table = terms._tindex
    data = table.dbfile.get(table.startofdata, table.endofdata - table.startofdata)
    place = 0
    while place < len(data):
        key_length, value_length = _LENGTHS.unpack_from(data, place)
        key = place + _LENGTHS.size
        value = key + key_length
        field = terms._fieldunmap[int.from_bytes(data[key : key + 2], "big")]
        (count,) = _COUNT.unpack_from(data, value + _COUNT_AT)
        yield field, data[key + 2 : value].decode(), count
        place = value + value_length
