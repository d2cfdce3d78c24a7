"""What the index holds, for comparing it with the database."""

from collections.abc import Mapping

import numpy as np

from portal.search.index import IndexStore, IndexUnavailable
from portal.search.snapshot import SnapshotSource


def indexed_sections(store: IndexStore) -> Mapping[int, int]:
    """The documents in the live index, and how many sections each has there.

    A document that stands there twice has the sections of both. Raises
    :class:`~portal.search.IndexUnavailable` where there is no index that can be read.
    """
    source = SnapshotSource(store, 0)
    try:
        snapshot = source.current()
    except IndexUnavailable:
        raise
    except Exception as error:
        # A damaged file raises whatever Whoosh, NumPy or the system says of it.
        raise IndexUnavailable("索引已损坏，请运行 portal reindex 重建") from error
    found: dict[int, int] = {}
    for segment in snapshot.segments:
        arrays = segment.arrays
        counts = np.diff(arrays.starts)
        for place in np.flatnonzero(segment.live):
            document = int(arrays.document_ids[place])
            found[document] = found.get(document, 0) + int(counts[place])
    return found
