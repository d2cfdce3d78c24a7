"""What a query is answered with: the candidates of each segment, and who holds a word."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from portal.search.postings import Postings
from portal.search.score import Floats, inverse_document_frequency
from portal.search.segment import Mask
from portal.search.snapshot import Segment, Snapshot
from portal.search.types import Query, Word
from portal.text import is_latin

PREFIX_LIMIT = 20


@dataclass(slots=True)
class Candidates:
    """One segment while a query is answered. Masks are by local document, scores by section.

    ``visible`` is what the reader may open, ``readable`` that of it which the query allows at all.
    """

    segment: Segment
    visible: Mask
    readable: Mask
    matched: Mask
    scores: Floats
    filters: dict[str, Mask] = field(default_factory=dict)

    @classmethod
    def of(cls, segment: Segment, audiences: frozenset[str] | None, query: Query) -> "Candidates":
        """Everything the reader may open, with the query's filters at hand.

        Author and days of publication are asked for once and are no facets, so they narrow here.
        """
        arrays = segment.arrays
        visible = segment.live
        if audiences is not None:
            visible = visible & arrays.mask("audience", audiences)
        readable = visible
        if query.authors:
            readable = readable & arrays.mask("author", query.authors)
        if query.after is not None:
            readable = readable & (arrays.days >= query.after.toordinal())
        if query.before is not None:
            readable = readable & (arrays.days <= query.before.toordinal()) & (arrays.days > 0)
        return cls(
            segment,
            visible,
            readable,
            readable.copy(),
            np.zeros(arrays.sections, dtype=np.float32),
            {facet: arrays.mask(facet, codes) for facet, codes in query.filters.items()},
        )

    def narrowed(self, leave_out: str = "") -> Mask:
        """Matching documents within all filters but one."""
        mask = self.matched
        for facet, allowed in self.filters.items():
            if facet != leave_out:
                mask = mask & allowed
        return mask


def candidates_of(
    snapshot: Snapshot, audiences: frozenset[str] | None, query: Query
) -> list[Candidates]:
    """Everything that a query may be answered with for a reader, by segment."""
    return [Candidates.of(segment, audiences, query) for segment in snapshot.segments]


def visible_of(candidates: Iterable[Candidates]) -> list[Mask]:
    """What the reader may open, by segment."""
    return [item.visible for item in candidates]


@dataclass(frozen=True, slots=True)
class Held:
    """Which documents hold a word, by segment, and the word's weight: its rarity.

    A word that stands nowhere weighs nothing.
    """

    masks: list[Mask]
    weight: float


@dataclass(frozen=True, slots=True)
class Terms:
    """The index terms of one word: each option with its expansions, and each option's parts."""

    options: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, ...], ...]

    def all(self) -> Iterable[str]:
        """Every term, repeated ones included."""
        return itertools.chain(*self.options, *self.parts)


def terms_of(snapshot: Snapshot, word: Word) -> Terms:
    """Expand a word: Latin ones by prefix, Chinese ones by the shorter words within."""
    sub_words = snapshot.segmenter.sub_words
    return Terms(
        tuple([expansions(snapshot, option) for option in word.options]),
        tuple([sub_words(option) for option in word.options]),
    )


def expansions(snapshot: Snapshot, option: str) -> tuple[str, ...]:
    """A folded word itself, and if it is Latin the index terms that begin with it."""
    if is_latin(option) and len(option) > 1:
        longer = snapshot.with_prefix(option, PREFIX_LIMIT)
        return tuple(dict.fromkeys((option, *longer)))
    return (option,)


def postings_of(snapshot: Snapshot, expanded: list[Terms]) -> dict[str, list[Postings]]:
    """The postings of every term, by segment."""
    names = dict.fromkeys(itertools.chain.from_iterable([terms.all() for terms in expanded]))
    return {name: snapshot.postings(name) for name in names}


def held(
    snapshot: Snapshot,
    terms: Terms,
    postings: dict[str, list[Postings]],
    visible: Sequence[Mask] = (),
) -> Held:
    """A document holds a word if it has any of its options, or all the parts of one.

    ``visible`` are masks of documents by segment; none means all. How rare a word is counts within
    them: what else is answered must not depend on documents that the reader may not open.
    """
    masks = []
    for number, segment in enumerate(snapshot.segments):
        mask = np.zeros(segment.arrays.documents, dtype=bool)
        for group, parts in zip(terms.options, terms.parts, strict=True):
            for name in group:
                mask[postings[name][number].documents.astype(np.intp)] = True
            if parts:
                mask |= _having_all(segment, [postings[name][number] for name in parts])
        masks.append(mask)
    counted = [mask & seen for mask, seen in zip(masks, visible, strict=True)] if visible else masks
    found = sum(int(np.count_nonzero(mask)) for mask in counted)
    weight = inverse_document_frequency(found, snapshot.documents) if found else 0.0
    return Held(masks, weight)


def _having_all(segment: Segment, parts: list[Postings]) -> Mask:
    every = np.ones(segment.arrays.documents, dtype=bool)
    for part in parts:
        having = np.zeros(segment.arrays.documents, dtype=bool)
        having[part.documents.astype(np.intp)] = True
        every &= having
    return every


def holding_all(words: list[Held], candidates: list[Candidates]) -> list[Mask]:
    """Which documents hold every word, by segment."""
    masks = [np.ones(item.segment.arrays.documents, dtype=bool) for item in candidates]
    for word in words:
        for mask, holders in zip(masks, word.masks, strict=True):
            mask &= holders
    return masks


def count(candidates: list[Candidates]) -> int:
    """How many documents match within the filters."""
    return sum(int(np.count_nonzero(item.narrowed())) for item in candidates)
