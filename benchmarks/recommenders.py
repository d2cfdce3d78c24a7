"""Ways of recommending, each behind one interface: the portal's own and its peers."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.nearest_neighbours import CosineRecommender

from benchmarks.ratings import Items, Ratings
from portal.recommend.ease import CoReading
from portal.recommend.mix import Candidate, Source, mix
from portal.recommend.personal import PROPOSED
from portal.recommend.types import Reason, ReasonCode

LENGTH = 10
Recommend = Callable[[int, Items], Sequence[int]]
"""From a reader's number and history, the oldest first, to at most ten documents not in it."""


@dataclass(frozen=True, slots=True)
class Way:
    """How to learn from histories with some settings, and which settings to choose among."""

    learn: Callable[[Sequence[Items], Mapping[str, Any]], Recommend]
    grid: Sequence[Mapping[str, Any]] = ({},)


def ways(ratings: Ratings, seed: int) -> dict[str, Way]:
    """All ways by name, the portal's first."""
    return {
        "portal": Way(lambda known, _: _portal(known, ratings)),
        "most popular": Way(lambda known, _: _ranked(_readers(known, ratings.documents))),
        "newest": Way(lambda _known, _: _ranked(ratings.published)),
        "item-item cosine": Way(
            lambda known, chosen: _neighbours(known, ratings.documents, chosen),
            [{"neighbours": size} for size in (20, 50, 100, 200)],
        ),
        "implicit ALS": Way(
            lambda known, chosen: _als(known, ratings.documents, chosen, seed),
            [
                {"factors": factors, "regularization": weight, "alpha": alpha}
                for factors in (16, 32, 64, 128)
                for weight in (0.01, 0.1, 1.0, 10.0)
                for alpha in (1.0, 5.0, 20.0)
            ],
        ),
    }


def _portal(known: Sequence[Items], ratings: Ratings) -> Recommend:
    """Co-reading, mixed so that no author or topic fills the list, as people get it."""
    model = CoReading.of([history[::-1] for history in known])
    reason = Reason(ReasonCode.CO_READ)

    def recommend(_reader: int, history: Items) -> Sequence[int]:
        candidates = [
            Candidate(
                found.document,
                reason,
                ratings.authors.get(found.document),
                ratings.topics.get(found.document),
            )
            for found in model.goes_with(history[::-1], PROPOSED)
        ]
        return [each.document for each in mix([Source(1.0, candidates)], LENGTH)]

    return recommend


def _readers(known: Sequence[Items], documents: int) -> np.ndarray[Any, Any]:
    return np.bincount(np.concatenate(known), minlength=documents).astype(np.float64)


def _ranked(scores: np.ndarray[Any, Any]) -> Recommend:
    order = np.argsort(-scores, kind="stable")

    def recommend(_reader: int, history: Items) -> Sequence[int]:
        first = order[: LENGTH + len(history)]
        return [int(each) for each in first[~np.isin(first, history)][:LENGTH]]

    return recommend


def _neighbours(known: Sequence[Items], documents: int, chosen: Mapping[str, Any]) -> Recommend:
    return _implicit(
        lambda: CosineRecommender(K=chosen["neighbours"], num_threads=1), known, documents
    )


def _als(known: Sequence[Items], documents: int, chosen: Mapping[str, Any], seed: int) -> Recommend:
    return _implicit(
        lambda: AlternatingLeastSquares(**chosen, iterations=15, random_state=seed, num_threads=1),
        known,
        documents,
    )


def _implicit(make: Callable[[], Any], known: Sequence[Items], documents: int) -> Recommend:
    rows = np.repeat(np.arange(len(known)), [len(history) for history in known])
    ones = np.ones(len(rows), dtype=np.float32)
    used = sp.csr_matrix((ones, (rows, np.concatenate(known))), shape=(len(known), documents))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on threads of the linear algebra library
        model = make()
        model.fit(used, show_progress=False)

    def recommend(reader: int, _history: Items) -> Sequence[int]:
        found, scores = model.recommend(
            reader, used[reader], N=LENGTH, filter_already_liked_items=True
        )
        return [int(each) for each, score in zip(found, scores, strict=True) if score > -1e30]

    return recommend
