"""What readers of a document also read: a linear model with a closed form. Pure.

EASE^R (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019) explains each
document of a reader's history by the others: with the matrix G of how often two documents were
read together, P = (G + ridge I)^-1 and B = I - P diag(1 / diag P). What a reader's history says
about a document is the sum of its rows of B. Two things are added. Co-reading counts by closeness
in time, ``CLOSENESS`` for each document that was read in between, a positive definite kernel, so
that G stays one. And a history speaks by recency, ``STEP`` for each step back.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int32]
Floats = NDArray[np.float32]

READERS = 3
"""How many people must have read a document lately for it to say anything about others."""
LARGEST = 3000
"""How many documents the model has at most; the most read are taken."""
REMEMBERED = 500
"""How many documents of each reader, the latest that the model has, it is made from."""
HEEDED = 60
"""How many documents of a reader, the latest, recommendations are made from."""
NEIGHBOURS = 200
CLOSENESS = 0.9
RIDGE = 30.0
STEP = 0.9


@dataclass(frozen=True, slots=True)
class CoRead:
    """A document that goes with a history, how well, and with which document of it best."""

    document: int
    score: float
    because: int


@dataclass(frozen=True, slots=True)
class CoReading:
    """The rows of B, each by its strongest entries.

    ``documents`` are the numbers of the documents in rising order. Row ``i`` of ``also`` holds
    places in ``documents``, and that of ``weights`` what reading document ``i`` says about them.
    """

    documents: Integers
    also: Integers
    weights: Floats

    @classmethod
    def of(cls, histories: Sequence[Integers]) -> Self:
        """The model of what people read: of each the distinct documents, the latest first."""
        documents = _documents(histories)
        together = np.zeros((len(documents), len(documents)))
        decay = CLOSENESS ** np.arange(max(map(len, histories), default=0))
        for history in histories:
            places = _places(documents, history)
            known = np.flatnonzero(places >= 0)[:REMEMBERED]
            places = places[known]
            together[np.ix_(places, places)] += decay[np.abs(known[:, None] - known)]
        return cls(documents, *_strongest(_solve(together)))

    def goes_with(self, history: Integers, at_most: int) -> list[CoRead]:
        """What goes with a history (distinct documents, the latest first), the best first.

        Only documents of the model that are not in the history, and only where something speaks
        for them; none for a history of which the model knows nothing.
        """
        places = _places(self.documents, history[:HEEDED])
        known = np.flatnonzero(places >= 0)
        if not len(known):
            return []
        says = np.zeros((len(known), len(self.documents)), dtype=np.float32)
        weights = self.weights[places[known]] * (STEP**known)[:, None].astype(np.float32)
        np.put_along_axis(says, self.also[places[known]], weights, axis=1)
        scores = says.sum(axis=0)
        everything = _places(self.documents, history)
        scores[everything[everything >= 0]] = 0.0
        best = np.argsort(-scores, kind="stable")[:at_most]
        best = best[scores[best] > 0]
        because = places[known[says[:, best].argmax(axis=0)]]
        return [
            CoRead(int(self.documents[each]), float(scores[each]), int(self.documents[cause]))
            for each, cause in zip(best, because, strict=True)
        ]

    def covers(self, document: int) -> bool:
        """Whether the model knows anything of a document."""
        return bool(_places(self.documents, np.array([document], dtype=np.int32))[0] >= 0)

    def to_bytes(self) -> bytes:
        """The model in NumPy's npz format."""
        buffer = io.BytesIO()
        np.savez(buffer, documents=self.documents, also=self.also, weights=self.weights)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The model that :meth:`to_bytes` wrote; ``ValueError`` or ``KeyError`` for others."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            found: Mapping[str, NDArray[np.generic]] = dict(arrays)
        return cls(
            found["documents"].astype(np.int32),
            found["also"].astype(np.int32),
            found["weights"].astype(np.float32),
        )


def _documents(histories: Sequence[Integers]) -> Integers:
    """The documents that enough people read, the most read where they are too many."""
    if not histories:
        return np.zeros(0, dtype=np.int32)
    documents, readers = np.unique(np.concatenate(histories), return_counts=True)
    documents, readers = documents[readers >= READERS], readers[readers >= READERS]
    most = np.argsort(-readers, kind="stable")[:LARGEST]
    return np.sort(documents[most]).astype(np.int32)


def _places(documents: Integers, wanted: Integers) -> NDArray[np.intp]:
    """Where each wanted document stands, -1 where it is not among them."""
    if not len(documents):
        return np.full(len(wanted), -1, dtype=np.intp)
    places = np.minimum(np.searchsorted(documents, wanted), len(documents) - 1)
    return np.where(documents[places] == wanted, places, -1)


def _solve(together: NDArray[np.float64]) -> NDArray[np.float64]:
    """B of the model, computed in place of ``together`` as far as possible."""
    together[np.diag_indices_from(together)] += RIDGE
    inverse = np.linalg.inv(together).astype(np.float64, copy=False)
    # Column j is divided by the diagonal's j-th entry. Only now: it is about to be overwritten.
    inverse /= -np.diag(inverse).copy()
    np.fill_diagonal(inverse, 0.0)
    return inverse


def _strongest(weights: NDArray[np.float64]) -> tuple[Integers, Floats]:
    """Of each row the places and values of the entries that are largest, whatever their sign."""
    size = min(NEIGHBOURS, len(weights))
    also = np.zeros((len(weights), size), dtype=np.int32)
    kept = np.zeros((len(weights), size), dtype=np.float32)
    if not size:
        return also, kept
    for row, values in enumerate(weights):
        also[row] = np.argpartition(-np.abs(values), size - 1)[:size]
        kept[row] = values[also[row]]
    return also, kept
