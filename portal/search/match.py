"""Which documents answer a query, and how well their sections do: masks and first-stage scores."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from portal.search.postings import Postings
from portal.search.query import Query, Word
from portal.search.score import Floats, inverse_document_frequency
from portal.search.segment import Mask
from portal.search.snapshot import Segment, Snapshot
from portal.text import is_latin, query_words, sub_words

PREFIX_LIMIT = 20
COMMON_SHARE = 0.15
COMMON_FROM = 2000
ENOUGH_FOR_QUESTION = 10
MOST = {"words": 0.5, "question": 0.3}
FEW_TO_VERIFY = 2000


@dataclass(slots=True)
class Candidates:
    """One segment while a query is answered. Masks are by local document, scores by section."""

    segment: Segment
    readable: Mask
    matched: Mask
    scores: Floats
    filters: dict[str, Mask] = field(default_factory=dict)

    @classmethod
    def of(cls, segment: Segment, audiences: frozenset[str] | None, query: Query) -> "Candidates":
        """Everything the reader may open, with the query's filters at hand."""
        arrays = segment.arrays
        readable = segment.live
        if audiences is not None:
            readable = readable & arrays.mask("audience", audiences)
        return cls(
            segment,
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


@dataclass(frozen=True, slots=True)
class Held:
    """Which documents hold a word, by segment, and the word's weight: its rarity."""

    masks: list[Mask]
    weight: float


@dataclass(frozen=True, slots=True)
class Terms:
    """The index terms of one word: each option with its expansions, and each option's parts."""

    options: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[str, ...], ...]

    def all(self) -> Iterable[str]:
        """Every term, repeated ones included."""
        for group in (*self.options, *self.parts):
            yield from group


def terms_of(snapshot: Snapshot, word: Word) -> Terms:
    """Expand a word: Latin ones by prefix, Chinese ones by the shorter words within."""
    options = []
    for option in word.options:
        expanded = [option]
        if is_latin(option) and len(option) > 1:
            expanded += snapshot.with_prefix(option, PREFIX_LIMIT)
        options.append(tuple(dict.fromkeys(expanded)))
    return Terms(tuple(options), tuple(tuple(sub_words(option)) for option in word.options))


def match(snapshot: Snapshot, candidates: list[Candidates], query: Query) -> tuple[bool, bool]:
    """Narrow the candidates to those that answer, and score their sections.

    Returns whether documents with most of the words had to do, and whether only the substring
    pass found any.
    """
    phrase_words = [Word((word,)) for phrase in query.phrases for word in query_words(phrase)]
    expanded = [terms_of(snapshot, word) for word in (*query.words, *phrase_words)]
    postings = _postings(snapshot, expanded)
    _add_scores(snapshot, candidates, postings)
    held = [_held(snapshot, terms, postings) for terms in expanded]
    words, in_phrases = held[: len(query.words)], held[len(query.words) :]
    _require_phrases(candidates, query, in_phrases)
    _leave_out(snapshot, candidates, query.excluded)
    allowed = [item.matched for item in candidates]
    for item, mask in zip(candidates, _and(words, candidates), strict=True):
        item.matched = item.matched & mask
    enough = ENOUGH_FOR_QUESTION if query.is_question else 1
    if not query.words or _count(candidates) >= enough:
        return False, False
    complete = _count(candidates)
    best = _relax(candidates, allowed, words, MOST["question" if query.is_question else "words"])
    if best < MOST["words"] and not complete and _match_substring(candidates, allowed, query):
        return False, True
    return _count(candidates) > complete, False


def first_stage(snapshot: Snapshot, query: Query, limit: int) -> list[tuple[int, float]]:
    """The best (document, score) by words alone: any word matches, nothing else is asked.

    This is the part of the engine that other engines have too, for comparison with them.
    """
    candidates = [Candidates.of(segment, None, Query()) for segment in snapshot.segments]
    postings = _postings(snapshot, [terms_of(snapshot, word) for word in query.words])
    used = _add_scores(snapshot, candidates, postings)
    rows: list[tuple[float, int]] = []
    for number, item in enumerate(candidates):
        touched = [entry[number].sections for entry in used if len(entry[number].sections)]
        if not touched:
            continue
        sections = np.concatenate(touched)
        values = item.scores[sections]
        # A section stands here once for each of its terms, hence the wider cut.
        cut = min(len(values), limit * len(touched))
        bound = np.partition(values, len(values) - cut)[len(values) - cut]
        for section in np.unique(sections[values >= bound]):
            document = item.segment.arrays.document_of[section]
            identity = int(item.segment.arrays.document_ids[document])
            rows.append((-float(item.scores[section]), identity))
    best: dict[int, float] = {}
    for negative, document in sorted(rows):
        best.setdefault(document, -negative)
    return list(best.items())[:limit]


def _postings(snapshot: Snapshot, expanded: list[Terms]) -> dict[str, list[Postings]]:
    names = dict.fromkeys(name for terms in expanded for name in terms.all())
    return {name: snapshot.postings(name) for name in names}


def _add_scores(
    snapshot: Snapshot, candidates: list[Candidates], postings: dict[str, list[Postings]]
) -> list[list[Postings]]:
    """Add every term's impacts to the section scores; return the postings that were used.

    In a large collection, terms in more than 15 % of the documents are passed over as long as a
    rarer one is there: they cost most and decide least.
    """
    frequencies = {
        name: sum(len(item.documents) for item in found) for name, found in postings.items()
    }
    common = COMMON_SHARE * snapshot.documents
    rare = [name for name, frequency in frequencies.items() if 0 < frequency <= common]
    chosen = rare if rare and snapshot.documents >= COMMON_FROM else list(postings)
    for name in chosen:
        idf = np.float32(inverse_document_frequency(frequencies[name], snapshot.documents))
        for item, found in zip(candidates, postings[name], strict=True):
            item.scores[found.sections] += idf * found.impacts
    return [postings[name] for name in chosen]


def _held(snapshot: Snapshot, terms: Terms, postings: dict[str, list[Postings]]) -> Held:
    """A document holds a word if it has any of its options, or all the parts of one."""
    masks = []
    for number, segment in enumerate(snapshot.segments):
        mask = np.zeros(segment.arrays.documents, dtype=bool)
        for group, parts in zip(terms.options, terms.parts, strict=True):
            for name in group:
                mask[postings[name][number].documents] = True
            if parts:
                mask |= _having_all(segment, [postings[name][number] for name in parts])
        masks.append(mask)
    found = sum(int(np.count_nonzero(mask)) for mask in masks)
    weight = inverse_document_frequency(found, snapshot.documents) if found else 0.0
    return Held(masks, weight)


def _having_all(segment: Segment, parts: list[Postings]) -> Mask:
    every = np.ones(segment.arrays.documents, dtype=bool)
    for part in parts:
        having = np.zeros(segment.arrays.documents, dtype=bool)
        having[part.documents] = True
        every &= having
    return every


def _and(words: list[Held], candidates: list[Candidates]) -> list[Mask]:
    masks = [np.ones(item.segment.arrays.documents, dtype=bool) for item in candidates]
    for word in words:
        for mask, holders in zip(masks, word.masks, strict=True):
            mask &= holders
    return masks


def _relax(
    candidates: list[Candidates], allowed: list[Mask], words: list[Held], share: float
) -> float:
    """Keep documents with a share of the words' weight, or with the most that any has.

    Returns the largest share of the weight that a document has. Words that stand nowhere weigh
    nothing: no document can have them.
    """
    total = sum(word.weight for word in words) or 1.0
    coverage = []
    for number, (item, within) in enumerate(zip(candidates, allowed, strict=True)):
        item.matched = within
        weights = np.zeros(item.segment.arrays.documents, dtype=np.float32)
        for word in words:
            weights += word.masks[number] * np.float32(word.weight / total)
        coverage.append(weights)
    most = max(
        (
            float(np.max(weights, where=item.narrowed(), initial=0.0))
            for item, weights in zip(candidates, coverage, strict=True)
        ),
        default=0.0,
    )
    # The sums are float32, so the bound leaves room for rounding.
    bound = min(share, most) * (1 - 1e-4)
    for item, weights in zip(candidates, coverage, strict=True):
        item.matched = item.matched & (weights >= bound) & (weights > 0)
    known = sum(1 for word in words if word.weight)
    return most * known / max(len(words), 1)


def _require_phrases(candidates: list[Candidates], query: Query, in_phrases: list[Held]) -> None:
    """Keep documents in which every phrase stands, in whatever section.

    The phrase's words narrow the search first. Where that leaves nothing, the text was cut
    differently and every text is looked through.
    """
    for phrase in query.phrases:
        wanted = len(query_words(phrase))
        mine, in_phrases = in_phrases[:wanted], in_phrases[wanted:]
        before = [item.matched for item in candidates]
        masks = [
            _with_text(item, phrase, item.matched & mask)
            for item, mask in zip(candidates, _and(mine, candidates), strict=True)
        ]
        if not any(mask.any() for mask in masks):
            masks = [
                _scan(item, phrase) & within
                for item, within in zip(candidates, before, strict=True)
            ]
        for item, mask in zip(candidates, masks, strict=True):
            item.matched = mask


def _leave_out(snapshot: Snapshot, candidates: list[Candidates], excluded: Iterable[str]) -> None:
    for needle in excluded:
        expanded = [terms_of(snapshot, Word((word,))) for word in query_words(needle)]
        if not expanded:
            continue
        postings = _postings(snapshot, expanded)
        held = [_held(snapshot, terms, postings) for terms in expanded]
        for item, mask in zip(candidates, _and(held, candidates), strict=True):
            if len(expanded) > 1:
                mask = _with_text(item, needle, mask & item.matched)
            item.matched = item.matched & ~mask


def _with_text(item: Candidates, needle: str, among: Mask) -> Mask:
    """Which of the given documents have a substring in their text."""
    arrays = item.segment.arrays
    documents = np.flatnonzero(among)
    if len(documents) > FEW_TO_VERIFY:
        return _scan(item, needle) & among
    mask = np.zeros(arrays.documents, dtype=bool)
    for document in documents:
        sections = range(arrays.starts[document], arrays.starts[document + 1])
        mask[document] = any(needle in arrays.text(section) for section in sections)
    return mask


def _scan(item: Candidates, needle: str) -> Mask:
    """Which documents have a substring, by one pass over all text; their sections score for it."""
    arrays = item.segment.arrays
    sections = arrays.sections_with(needle)
    mask = np.zeros(arrays.documents, dtype=bool)
    mask[arrays.document_of[sections]] = True
    item.scores[sections] += np.float32(len(needle))
    return mask


def _match_substring(candidates: list[Candidates], allowed: list[Mask], query: Query) -> bool:
    """The last resort: documents whose text holds each typed piece as it stands."""
    needles = [piece for piece in query.pieces if len(piece) > 1]
    if not needles:
        return False
    masks = [
        within & np.logical_and.reduce([_scan(item, needle) for needle in needles])
        for item, within in zip(candidates, allowed, strict=True)
    ]
    if not any(mask.any() for mask in masks):
        return False
    for item, mask in zip(candidates, masks, strict=True):
        item.matched = mask
    return _count(candidates) > 0


def _count(candidates: list[Candidates]) -> int:
    return sum(int(np.count_nonzero(item.narrowed())) for item in candidates)
