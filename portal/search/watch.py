"""Which of some documents a question finds: the other direction of searching, for what pushes.

A question that is kept asks, each time documents change, whether these few answer it. Filters and
permission are looked at first, and words only where a document is left: of thousands of questions,
few have one.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from portal.search.candidates import (
    Candidates,
    candidates_of,
    count,
    held,
    postings_of,
    terms_of,
    visible_of,
)
from portal.search.exact import leave_out, require_titles, with_text
from portal.search.match import MOST
from portal.search.snapshot import Snapshot
from portal.search.types import Query

_ROUNDING = 1e-4


def matching(
    snapshot: Snapshot,
    query: Query,
    audiences: frozenset[str] | None,
    among: Collection[int] | None,
    *,
    most_will_do: bool,
) -> frozenset[int]:
    """Those of the documents ``among`` (``None``: of all) that answer, for a reader.

    A document must hold all words. Where most will do it must hold half of their weight, and for a
    question in a sentence three tenths, as in searching; but the best of a bad lot is no match.
    """
    candidates = candidates_of(snapshot, audiences, query)
    if among is not None:
        wanted = np.fromiter(among, dtype=np.int64, count=len(among))
        for item in candidates:
            item.matched = item.matched & np.isin(item.segment.arrays.document_ids, wanted)
    if not count(candidates):
        return frozenset()
    if query.has_text or query.excluded:
        _match(snapshot, candidates, query, most_will_do=most_will_do)
    found: set[int] = set()
    for item in candidates:
        ids = item.segment.arrays.document_ids[np.flatnonzero(item.narrowed())]
        found.update(ids.tolist())
    return frozenset(found)


def _match(
    snapshot: Snapshot, candidates: list[Candidates], query: Query, *, most_will_do: bool
) -> None:
    require_titles(candidates, query.titles)
    for phrase in query.phrases:
        _require_text(candidates, phrase)
    leave_out(snapshot, candidates, query.excluded)
    if not query.words or not count(candidates):
        return
    allowed = [item.matched for item in candidates]
    share = 1.0
    if query.is_question or most_will_do:
        share = MOST["question" if query.is_question else "words"]
    for item, mask, weights in zip(
        candidates, allowed, _coverage(snapshot, candidates, query), strict=True
    ):
        item.matched = mask & (weights >= share * (1 - _ROUNDING)) & (weights > 0)
    pieces = [piece for piece in query.pieces if len(piece) > 1]
    if pieces and not count(candidates) and not most_will_do:
        # As in searching: the last resort is the text as it was typed.
        for item, mask in zip(candidates, allowed, strict=True):
            item.matched = mask
        for piece in pieces:
            _require_text(candidates, piece)


def _require_text(candidates: list[Candidates], needle: str) -> None:
    for item in candidates:
        item.matched = with_text(item, needle, item.matched)


def _coverage(
    snapshot: Snapshot, candidates: list[Candidates], query: Query
) -> list[npt.NDArray[np.float32]]:
    """Of each document, by segment: the share of the words' weight that it holds."""
    terms = [terms_of(snapshot, word) for word in query.words]
    postings = postings_of(snapshot, terms)
    visible = visible_of(candidates)
    words = [held(snapshot, each, postings, visible) for each in terms]
    # A word that stands nowhere weighs nothing while searching; here it is one that is missing.
    heaviest = max((word.weight for word in words), default=0.0) or 1.0
    weights = [word.weight or heaviest for word in words]
    total = sum(weights)
    shares = []
    for number, segment in enumerate(snapshot.segments):
        share = np.zeros(segment.arrays.documents, dtype=np.float32)
        for word, weight in zip(words, weights, strict=True):
            share += word.masks[number] * np.float32(weight / total)
        shares.append(share)
    return shares
