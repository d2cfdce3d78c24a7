"""Reading Whoosh's postings as arrays, block by block."""

import numpy as np
import numpy.typing as npt
from whoosh.reading import SegmentReader, TermNotFound


def decode(
    reader: SegmentReader, field: str, term: bytes
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]] | None:
    """A term's sections (ascending) and its frequency in each; ``None`` if no section has it.

    Whoosh's matcher hands over one posting at a time; its blocks are arrays on disk, and reading
    them whole is many times faster. Not safe for threads: the file's position is shared.
    """
    try:
        reader.term_info(field, term)
    except (TermNotFound, KeyError):
        return None
    matcher = reader._terms.matcher(field, term, reader.schema[field].format)
    ids, weights = [], []
    while matcher.is_active():
        matcher._read_data()
        deltas, stored, _values = matcher._data
        block = np.cumsum(np.asarray(deltas, dtype=np.int32), dtype=np.int32)
        ids.append(block)
        if stored is None or isinstance(stored, float):
            weights.append(np.full(len(block), 1.0 if stored is None else stored, np.float32))
        else:
            weights.append(np.asarray(stored, dtype=np.float32))
        matcher._next_block()
    return np.concatenate(ids), np.concatenate(weights)
