"""Documents like a document: its most telling words, asked as one weighted question."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from portal.search.match import first_stage
from portal.search.near import NearWords
from portal.search.reach import Reach
from portal.search.score import inverse_document_frequency
from portal.search.segment import SegmentArrays
from portal.search.snapshot import Snapshot

TERMS = 16
CONSIDERED = 120
MAX_CHARACTERS = 20_000
TITLE_WEIGHT = 4
# The share of the document's own score that another must reach to be called similar.
ENOUGH = 0.2
# A word of one document is no likeness, and one that most documents have is none either.
_RAREST, _MOST = 2, 0.25


def similar(
    snapshot: Snapshot,
    document_id: int,
    audiences: frozenset[str] | None,
    known: NearWords,
    limit: int = 5,
) -> list[int]:
    """The ids of the documents most like one, best first, among those the audiences may read.

    ``known`` are the index's words as far as they have been gathered, which saves looking each up.
    The document's own 16 words of highest tf-idf are looked for in all documents; a document
    scores with its best section, and the share of the document's own score that it reaches must be
    a fifth. Empty when the document is not in the index or may not be read.
    """
    reach = Reach(snapshot, audiences)
    place = _find(reach, document_id)
    if place is None:
        return []
    number, local = place
    weights = _telling_words(reach, known, snapshot.segments[number].arrays, local)
    terms = [(weight, snapshot.postings(word)) for word, weight in weights.items()]
    alone = [np.zeros_like(mask) for mask in reach.readable]
    alone[number][local] = True
    own = first_stage(snapshot, terms, 1, alone)
    others = [mask & ~itself for mask, itself in zip(reach.readable, alone, strict=True)]
    enough = ENOUGH * own[0][1] if own else 0.0
    found = first_stage(snapshot, terms, limit, others)
    return [document for document, score in found if score > enough]


def _find(reach: Reach, document_id: int) -> tuple[int, int] | None:
    for number, segment in enumerate(reach.snapshot.segments):
        for local in np.flatnonzero(segment.arrays.document_ids == document_id):
            if reach.readable[number][local]:
                return number, int(local)
    return None


def _telling_words(
    reach: Reach, known: NearWords, arrays: SegmentArrays, local: int
) -> dict[str, float]:
    """The document's words of highest tf-idf, each with that weight."""
    counts = Counter(_words(reach.snapshot, arrays, local))
    sections = reach.sections
    weights = {}
    for word, count in counts.most_common(CONSIDERED):
        frequency = known.count(word) if len(known) else reach.frequency(word)
        if _RAREST <= frequency <= max(_MOST * sections, _RAREST):
            idf = inverse_document_frequency(frequency, sections)
            weights[word] = (1 + float(np.log(count))) * idf
    chosen = sorted(weights, key=lambda word: (-weights[word], word))[:TERMS]
    return {word: weights[word] for word in chosen}


def _words(snapshot: Snapshot, arrays: SegmentArrays, local: int) -> Iterator[str]:
    """The document's words of two characters and more; those of its title several times."""
    segmenter = snapshot.segmenter
    start, stop = arrays.starts[local], arrays.starts[local + 1]
    title = arrays.text(int(start)).partition("\n")[0]
    left = MAX_CHARACTERS
    texts = [*([title] * (TITLE_WEIGHT - 1))]
    for section in range(start, stop):
        text = arrays.text(section)[:left]
        left -= len(text)
        texts.append(text)
        if not left:
            break
    for text in texts:
        yield from (word for word in segmenter.index_tokens(text) if len(word) > 1)
