"""One list out of several sources, so that no source, author or topic fills it. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from portal.recommend.types import Reason

ALWAYS = 2
"""How many of one author, or of one topic, may stand anywhere in a list."""
SHARE = 3
"""Beyond that one author, or one topic, has at most every third place."""
WEIGHED_DOWN = 2.0
"""By what factor a dismissal sends whatever has its author, or its topic, down the list."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a source proposes, and why; author and topic are ``None`` if unknown."""

    document: int
    reason: Reason
    author: Hashable | None = None
    topic: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Dislikes:
    """How many documents of an author, and of a topic, a person dismissed."""

    authors: Mapping[Hashable, int] = field(default_factory=dict)
    topics: Mapping[Hashable, int] = field(default_factory=dict)

    def of(self, candidate: Candidate) -> int:
        """How many dismissals speak against a candidate."""
        return self.authors.get(candidate.author, 0) + self.topics.get(candidate.topic, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """Candidates, the best first, and how large a part of the list they should be."""

    share: float
    candidates: Sequence[Candidate]


NOTHING = Dislikes()


def mix(sources: Sequence[Source], length: int, dislikes: Dislikes = NOTHING) -> list[Candidate]:
    """Take turns between the sources by their shares, each document once.

    At each place it is the turn of the source that has had least of its share; the earlier source
    where two have had the same. An author, or a topic, that has had a third of the places is
    passed over until nothing else is left.
    """
    waiting = [_in_order(source.candidates, dislikes) for source in sources]
    served = [0] * len(sources)
    taken: list[Candidate] = []
    seen: set[int] = set()
    crowd = _Crowd()
    while len(taken) < length:
        turns = sorted(
            (place for place, queue in enumerate(waiting) if queue),
            key=lambda place: ((served[place] + 1) / sources[place].share, place),
        )
        found = _next(turns, waiting, seen, crowd, len(taken) + 1)
        if found is None:
            break
        place, candidate = found
        served[place] += 1
        taken.append(candidate)
        seen.add(candidate.document)
        crowd.add(candidate)
    return taken


class _Crowd:
    """How often each author and topic stands in the list so far."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Hashable]] = Counter()

    def add(self, candidate: Candidate) -> None:
        self._counts.update(self._keys(candidate))

    def has_room(self, candidate: Candidate, place: int) -> bool:
        most = max(ALWAYS, -(-place // SHARE))
        return all(self._counts[key] < most for key in self._keys(candidate))

    def _keys(self, candidate: Candidate) -> Iterator[tuple[str, Hashable]]:
        if candidate.author is not None:
            yield "author", candidate.author
        if candidate.topic is not None:
            yield "topic", candidate.topic


def _next(
    turns: Sequence[int],
    waiting: list[list[Candidate]],
    seen: set[int],
    crowd: _Crowd,
    place: int,
) -> tuple[int, Candidate] | None:
    """The next candidate and its source, with room for it if there is any such."""
    first: tuple[int, Candidate] | None = None
    for source in turns:
        waiting[source] = [each for each in waiting[source] if each.document not in seen]
        for candidate in waiting[source]:
            if crowd.has_room(candidate, place):
                return source, candidate
            first = first or (source, candidate)
    return first


def _in_order(candidates: Sequence[Candidate], dislikes: Dislikes) -> list[Candidate]:
    if not dislikes.authors and not dislikes.topics:
        return list(candidates)
    ranks = [
        (rank * WEIGHED_DOWN ** dislikes.of(candidate), rank)
        for rank, candidate in enumerate(candidates, 1)
    ]
    return [candidates[rank - 1] for _, rank in sorted(ranks)]
