"""Adding a term's postings to the scores: the innermost loop of ranking.

NumPy needs four passes for it: weighing, fetching, adding and putting back. SciPy multiplies a
sparse matrix by a vector into an array that is handed to it, in one compiled loop, and a term's
postings are a matrix of one column. SciPy's own classes make the result anew at each product, with
zeros for all sections, so the routine beneath them is called.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from portal.search.postings import Postings
from portal.search.score import Floats

WeightedPostings = tuple[float, Postings]


def accumulate(scores: Floats, terms: Sequence[WeightedPostings]) -> None:
    """Add each term's impacts, times its weight, to the scores of its sections, in place.

    ``scores`` (float32) are indexed by section.
    """
    add, size = _product(), len(scores)
    weights = np.array([weight for weight, _found in terms], dtype=np.float32)
    for number, (_weight, found) in enumerate(terms):
        weight = weights[number : number + 1]
        add(size, 1, found.span, found.sections, found.impacts, weight, scores)


@functools.cache
def _product() -> Callable[..., Any]:
    # Loaded when it is first needed: it takes 0.15 s, and most commands rank nothing.
    from scipy.sparse._sparsetools import csc_matvec

    product: Callable[..., Any] = csc_matvec
    return product
