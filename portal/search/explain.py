"""How a score came about, and why a document is or is not among the answers.

Everything is asked of the engine's own parts, one condition at a time, so that the explanation
cannot drift from what the engine does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from portal.search.candidates import candidates_of
from portal.search.engine import SECOND_STAGE, Answer, Order, answer
from portal.search.match import Weighing, match, weigh
from portal.search.schema import WORD_FIELDS
from portal.search.score import gram_parts
from portal.search.segment import SegmentArrays
from portal.search.snapshot import Snapshot
from portal.search.types import Query


@dataclass(frozen=True, slots=True)
class TermScore:
    """A term's part of the first stage, in the document's best section.

    ``word`` is the word of the query that it stands for. ``frequencies`` counts it by word field.
    ``contribution`` is ``idf * impact``, or 0 where ``counts`` is false: a very common term is
    passed over while rarer ones are there.
    """

    word: str
    term: str
    document_frequency: int
    idf: float
    frequencies: Mapping[str, int]
    impact: float
    contribution: float
    counts: bool


@dataclass(frozen=True, slots=True)
class GramScore:
    """A character gram's part of the second stage: how often it stands in the best section."""

    gram: str
    count: int
    contribution: float


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A condition that keeps the document out of the answer.

    ``kind`` is ``index`` (not in it), ``permission``, ``word``, one of the query's parts (titles,
    phrases, excluded, authors, after, before) or the facet of a filter; ``value`` is what the
    question asked for.
    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document stands where it stands; ``score`` is the sum of its parts.

    ``rank`` counts from 1 within the ``total`` answers by relevance and is ``None`` for a document
    that is not among them, which gets no second stage. ``section`` is the ordinal of the best
    section. ``exact`` is what standing there literally adds to the first stage, where the text
    itself had to be looked through. ``missing`` are words of the question that the document does
    not hold, whether or not that keeps it out. ``obstacles`` is empty for a document found.
    """

    document: int
    query: Query
    rank: int | None
    total: int
    relaxed: bool
    substring: bool
    section: int | None = None
    terms: tuple[TermScore, ...] = ()
    exact: float = 0.0
    grams: tuple[GramScore, ...] = ()
    missing: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def first_stage(self) -> float:
        """The score by words."""
        return sum(term.contribution for term in self.terms) + self.exact

    @property
    def second_stage(self) -> float:
        """What the grams add."""
        return sum(gram.contribution for gram in self.grams)

    @property
    def score(self) -> float:
        """The score that the list of answers shows."""
        return self.first_stage + self.second_stage


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where the index keeps a document."""

    number: int
    local: int


def explain(
    snapshot: Snapshot,
    query: Query,
    audiences: frozenset[str] | None,
    document: int,
    *,
    most_will_do: bool,
) -> Explanation:
    """Explain a document's place among a reader's answers, ordered by relevance.

    ``audiences`` are the reader's, ``None`` for one who reads everything. This asks the engine
    again and again and is for people at a terminal, not for a page.
    """
    order = Order(most_will_do=most_will_do)
    found = answer(snapshot, query, audiences, order=order, offset=0, limit=snapshot.documents or 1)
    rank = next((n for n, item in enumerate(found.ranked, 1) if item.document == document), None)
    spot = _spot(snapshot, document)
    ranked = Explanation(document, query, rank, found.total, found.relaxed, found.substring)
    if spot is None:
        return replace(ranked, obstacles=(Obstacle("index", str(document)),))
    seen = candidates_of(snapshot, audiences, query)
    weighing = weigh(snapshot, seen, query)
    section, score = _best_section(snapshot, query, audiences, spot, most_will_do=most_will_do)
    terms = tuple(_terms(snapshot, query, weighing, spot, section)) if query.has_text else ()
    missing = _missing(query, weighing, spot)
    obstacles = tuple(_obstacles(snapshot, query, audiences, spot)) if rank is None else ()
    if rank is None and not obstacles:
        obstacles = tuple(Obstacle("word", word) for word in missing)
    arrays = snapshot.segments[spot.number].arrays
    return replace(
        ranked,
        section=int(arrays.ordinals[section]),
        terms=terms,
        exact=_exact(score, terms),
        grams=_grams(snapshot, query, found, rank),
        missing=missing,
        obstacles=obstacles,
    )


def _spot(snapshot: Snapshot, document: int) -> _Spot | None:
    for number, segment in enumerate(snapshot.segments):
        for local in np.flatnonzero((segment.arrays.document_ids == document) & segment.live):
            return _Spot(number, int(local))
    return None


def _best_section(
    snapshot: Snapshot,
    query: Query,
    audiences: frozenset[str] | None,
    spot: _Spot,
    *,
    most_will_do: bool,
) -> tuple[int, float]:
    candidates = candidates_of(snapshot, audiences, query)
    if query.has_text:
        match(snapshot, candidates, query, most_will_do=most_will_do)
    start, end = snapshot.segments[spot.number].arrays.starts[spot.local : spot.local + 2]
    scores = candidates[spot.number].scores[start:end]
    best = int(np.argmax(scores))
    return int(start) + best, float(scores[best])


def _terms(
    snapshot: Snapshot, query: Query, weighing: Weighing, spot: _Spot, section: int
) -> Iterator[TermScore]:
    """Every term that stands in the section, each once, under the first word that has it."""
    arrays = snapshot.segments[spot.number].arrays
    seen: set[str] = set()
    for terms in weighing.expanded:
        word = terms.options[0][0]
        for name in terms.all():
            found = weighing.postings[name][spot.number]
            at = int(np.searchsorted(found.sections, section))
            if name in seen or at == len(found.sections) or found.sections[at] != section:
                continue
            seen.add(name)
            idf, impact = weighing.idf.get(name, 0.0), float(found.impacts[at])
            yield TermScore(
                word=word,
                term=name,
                document_frequency=sum(len(each.documents) for each in weighing.postings[name]),
                idf=idf,
                frequencies={
                    field: arrays.frequency(field, name, section) for field in WORD_FIELDS
                },
                impact=impact,
                contribution=idf * impact,
                counts=name in weighing.idf,
            )


def _exact(score: float, terms: tuple[TermScore, ...]) -> float:
    # Literal finds add their whole number of characters; what remains is rounding of float32.
    return float(round(score - sum(term.contribution for term in terms)))


def _missing(query: Query, weighing: Weighing, spot: _Spot) -> tuple[str, ...]:
    return tuple(
        word.options[0]
        for word, held in zip(query.words, weighing.held, strict=False)
        if not held.masks[spot.number][spot.local]
    )


def _grams(
    snapshot: Snapshot, query: Query, found: Answer, rank: int | None
) -> tuple[GramScore, ...]:
    """The second stage's grams that stand in the document's best section, best first."""
    if rank is None or rank > SECOND_STAGE or not query.has_text:
        return ()
    # The candidates of the second stage change places among themselves only.
    texts = [
        _text(snapshot, item.document, item.ordinals[0]) for item in found.ranked[:SECOND_STAGE]
    ]
    grams, parts = gram_parts(query.typed, texts)
    scores = [
        GramScore(gram, texts[rank - 1].count(gram), float(part))
        for gram, part in zip(grams, parts[:, rank - 1], strict=True)
        if part
    ]
    return tuple(sorted(scores, key=lambda each: (-each.contribution, each.gram)))


def _text(snapshot: Snapshot, document: int, ordinal: int) -> str:
    spot = _spot(snapshot, document)
    if spot is None:
        raise AssertionError(f"document {document} was found and is not in the index")
    arrays = snapshot.segments[spot.number].arrays
    return arrays.text(_section(arrays, spot.local, ordinal))


def _section(arrays: SegmentArrays, local: int, ordinal: int) -> int:
    start, end = arrays.starts[local : local + 2]
    return int(start) + int(np.flatnonzero(arrays.ordinals[start:end] == ordinal)[0])


def _obstacles(
    snapshot: Snapshot, query: Query, audiences: frozenset[str] | None, spot: _Spot
) -> Iterator[Obstacle]:
    if not _passes(snapshot, Query(), audiences, spot):
        yield Obstacle("permission", "")
    for kind, value, condition in _conditions(query):
        if not _passes(snapshot, condition, None, spot):
            yield Obstacle(kind, value)


def _conditions(query: Query) -> Iterator[tuple[str, str, Query]]:
    """What a query asks besides its words, as queries that ask for one thing each."""
    for facet, codes in query.filters.items():
        yield facet, "、".join(codes), Query(filters={facet: codes})
    if query.authors:
        yield "authors", "、".join(query.authors), Query(authors=query.authors)
    if query.after:
        yield "after", query.after.isoformat(), Query(after=query.after)
    if query.before:
        yield "before", query.before.isoformat(), Query(before=query.before)
    for word in query.titles:
        yield "titles", word, Query(titles=(word,))
    for phrase in query.phrases:
        yield "phrases", phrase, Query(phrases=(phrase,))
    for needle in query.excluded:
        yield "excluded", needle, Query(excluded=(needle,))


def _passes(
    snapshot: Snapshot, condition: Query, audiences: frozenset[str] | None, spot: _Spot
) -> bool:
    """Whether the document answers a question that asks nothing but one condition."""
    candidates = candidates_of(snapshot, audiences, condition)
    if condition.has_text or condition.excluded:
        match(snapshot, candidates, condition, most_will_do=False)
    return bool(candidates[spot.number].narrowed()[spot.local])
