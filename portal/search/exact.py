"""What words alone do not decide: titles, exact phrases, what to leave out, the substring pass."""

from collections.abc import Iterable

import numpy as np

from portal.search.candidates import Candidates, count, held, holding_all, postings_of, terms_of
from portal.search.segment import Mask
from portal.search.snapshot import Snapshot
from portal.search.types import Query, Word

FEW_TO_VERIFY = 2000


def require_titles(candidates: list[Candidates], titles: Iterable[str]) -> None:
    """Keep documents whose title has every one of the words."""
    for item in candidates:
        for word in titles:
            item.matched = item.matched & item.segment.arrays.title_mask(word)


def require_phrases(
    snapshot: Snapshot, candidates: list[Candidates], phrases: Iterable[str]
) -> None:
    """Keep documents in which every phrase stands, in whatever section.

    The phrase's words narrow the search first. Where that leaves nothing, the text was cut
    differently and every text is looked through.
    """
    for phrase in phrases:
        before = [item.matched for item in candidates]
        masks = [
            with_text(item, phrase, item.matched & mask)
            for item, mask in zip(candidates, _holding(snapshot, candidates, phrase), strict=True)
        ]
        if not any(mask.any() for mask in masks):
            masks = [
                _scan(item, phrase) & within
                for item, within in zip(candidates, before, strict=True)
            ]
        for item, mask in zip(candidates, masks, strict=True):
            item.matched = mask


def leave_out(snapshot: Snapshot, candidates: list[Candidates], excluded: Iterable[str]) -> None:
    """Drop documents that hold any of the excluded words or phrases."""
    for needle in excluded:
        words = snapshot.segmenter.query_words(needle)
        if not words:
            continue  # nothing but punctuation
        for item, mask in zip(candidates, _holding(snapshot, candidates, needle), strict=True):
            gone = mask & item.matched
            if len(words) > 1:
                gone = with_text(item, needle, gone)
            item.matched = item.matched & ~gone


def match_substring(candidates: list[Candidates], allowed: list[Mask], query: Query) -> bool:
    """The last resort: documents whose text holds each typed piece as it stands."""
    needles = [piece for piece in query.pieces if len(piece) > 1]
    if not needles:
        return False
    # The longest is the likeliest not to be there at all, and then the others are not looked for.
    needles.sort(key=len, reverse=True)
    masks = list(allowed)
    for needle in needles:
        masks = [mask & _scan(item, needle) for mask, item in zip(masks, candidates, strict=True)]
        if not any(mask.any() for mask in masks):
            return False
    for item, mask in zip(candidates, masks, strict=True):
        item.matched = mask
    return count(candidates) > 0


def _holding(snapshot: Snapshot, candidates: list[Candidates], text: str) -> list[Mask]:
    """Which documents hold every word of a text, in whatever order and place."""
    words = snapshot.segmenter.query_words(text)
    expanded = [terms_of(snapshot, Word((word,))) for word in words]
    postings = postings_of(snapshot, expanded)
    return holding_all([held(snapshot, terms, postings) for terms in expanded], candidates)


def with_text(item: Candidates, needle: str, among: Mask) -> Mask:
    """Which of the given documents have a substring; their sections score for it."""
    arrays = item.segment.arrays
    documents = np.flatnonzero(among)
    if len(documents) > FEW_TO_VERIFY:
        return _scan(item, needle) & among
    mask = np.zeros(arrays.documents, dtype=bool)
    for document in documents:
        for section in range(arrays.starts[document], arrays.starts[document + 1]):
            if needle in arrays.text(section):
                mask[document] = True
                item.scores[section] += np.float32(len(needle))
    return mask


def _scan(item: Candidates, needle: str) -> Mask:
    """Which documents have a substring, by one pass over all text; their sections score for it."""
    arrays = item.segment.arrays
    sections = arrays.sections_with(needle)
    mask = np.zeros(arrays.documents, dtype=bool)
    mask[arrays.document_of[sections]] = True
    item.scores[sections] += np.float32(len(needle))
    return mask
