"""Choosing what to recommend to one person. Pure: everything it looks at is given."""

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from portal.catalogue.documents import readable
from portal.models import Role
from portal.models.lists import ALL_INDUSTRIES
from portal.recommend.ease import CoReading
from portal.recommend.facts import Fact, Offer, Vocabulary
from portal.recommend.mix import Candidate, Dislikes, Source, mix
from portal.recommend.people import NO_HISTORY, History, Person
from portal.recommend.types import Reason, ReasonCode

T = TypeVar("T")

LENGTH = 20
PROPOSED = 40
"""How many candidates of one source are looked at."""
LOOKED_BACK = 10
"""How many of the latest documents tell at which stages a person works."""
STAGES = 3
AT_LEAST = 2
"""How many of those must be of a stage for the person to be working at it."""

SHARES: Mapping[ReasonCode, float] = {
    ReasonCode.CO_READ: 8.0,
    ReasonCode.SIMILAR: 3.0,
    ReasonCode.STAGE: 3.0,
    ReasonCode.GAP: 2.0,
    ReasonCode.ROLE: 2.0,
    ReasonCode.INDUSTRY_HOT: 1.5,
    ReasonCode.INDUSTRY_NEW: 1.0,
}
"""How large a part of the list each source should have."""

ROLE_KINDS: Mapping[str, tuple[str, ...]] = {
    Role.INDUSTRY_MANAGER: ("template", "proposal", "case"),
    Role.ACCOUNT_MANAGER: ("proposal", "case", "brochure", "tariff"),
    Role.PRODUCT_MANAGER: ("product", "tariff", "manual"),
    Role.BUSINESS_MANAGER: ("case", "news"),
    Role.ADMINISTRATOR: ("manual", "template"),
}
"""The kinds of document that each role works with."""


@dataclass(frozen=True, slots=True)
class Stock:
    """All that recommendations are chosen from, the same for everybody.

    ``similar`` holds for some documents those like each, the most alike first.
    """

    co_reading: CoReading
    offers: Mapping[int, Offer]
    facts: Mapping[int, Fact]
    similar: Mapping[int, Sequence[int]]
    vocabulary: Vocabulary


def recommend(
    person: Person,
    stock: Stock,
    history: History = NO_HISTORY,
    dismissed: Collection[int] = (),
    length: int = LENGTH,
) -> list[Candidate]:
    """What to recommend to a person, the best first.

    Never what the person used, wrote, dismissed, or may not read. What is like something dismissed
    comes later. Without a history there is still what the role and the industries offer.
    """
    chooser = _Chooser(person, stock, history, frozenset(dismissed))
    return mix(list(chooser.sources()), length, chooser.dislikes())


class _Chooser:
    def __init__(
        self, person: Person, stock: Stock, history: History, dismissed: frozenset[int]
    ) -> None:
        self._person, self._stock = person, stock
        self._history, self._dismissed = history, dismissed
        self._left_out = dismissed.union(history.documents.tolist())
        self._owners = [each for each in person.industries if each in stock.offers] or [
            ALL_INDUSTRIES
        ]

    def sources(self) -> Iterator[Source]:
        """The candidates by source, in the order in which they take turns."""
        for code, found in (
            (ReasonCode.CO_READ, self._co_read()),
            (ReasonCode.SIMILAR, self._similar()),
            (ReasonCode.STAGE, self._stages()),
            (ReasonCode.GAP, self._gaps()),
            (ReasonCode.ROLE, self._role()),
            (ReasonCode.INDUSTRY_HOT, self._offered(code=ReasonCode.INDUSTRY_HOT)),
            (ReasonCode.INDUSTRY_NEW, self._offered(code=ReasonCode.INDUSTRY_NEW)),
        ):
            yield Source(SHARES[code], list(itertools.islice(found, LENGTH)))

    def dislikes(self) -> Dislikes:
        facts = [self._stock.facts[each] for each in self._dismissed if each in self._stock.facts]
        return Dislikes(
            Counter(fact.author for fact in facts),
            Counter(fact.topic for fact in facts if fact.topic is not None),
        )

    def _co_read(self) -> Iterator[Candidate]:
        lately = self._history.documents[: self._history.lately]
        for found in self._stock.co_reading.goes_with(lately, PROPOSED):
            yield from self._candidate(
                found.document, ReasonCode.CO_READ, {"document": found.because}
            )

    def _similar(self) -> Iterator[Candidate]:
        for document in self._history.documents[:LOOKED_BACK].tolist():
            for other in self._stock.similar.get(document, ()):
                yield from self._candidate(other, ReasonCode.SIMILAR, {"document": document})

    def _stages(self) -> Iterator[Candidate]:
        stages = self._working_stages()
        for owner, document, fact in self._used() if stages else ():
            if stage := next((each for each in fact.stages if each in stages), None):
                data = {**self._industry(owner), "stage": self._code(stage)}
                yield from self._candidate(document, ReasonCode.STAGE, data)

    def _working_stages(self) -> set[int]:
        """The stages of which the person's latest documents most are."""
        latest = self._history.documents[:LOOKED_BACK].tolist()
        facts = (self._stock.facts[each] for each in latest if each in self._stock.facts)
        counted = Counter(stage for fact in facts for stage in fact.stages)
        return {stage for stage, count in counted.most_common(STAGES) if count >= AT_LEAST}

    def _gaps(self) -> Iterator[Candidate]:
        if self._person.role != Role.INDUSTRY_MANAGER:
            return
        for owner, gap in _in_turns(
            [(owner, self._stock.offers[owner].gaps) for owner in self._owners]
        ):
            data = {
                **self._industry(owner),
                "stage": self._code(gap.stage),
                "kind": self._code(gap.kind),
            }
            yield from self._candidate(gap.document, ReasonCode.GAP, data)

    def _role(self) -> Iterator[Candidate]:
        wanted = ROLE_KINDS.get(self._person.role, ())
        for owner, document, fact in self._used():
            kind = next((each for each in fact.kinds if self._code(each) in wanted), None)
            if kind is not None:
                data = {**self._industry(owner), "kind": self._code(kind)}
                yield from self._candidate(document, ReasonCode.ROLE, data)

    def _offered(self, code: ReasonCode) -> Iterator[Candidate]:
        hot = code == ReasonCode.INDUSTRY_HOT
        lists = [
            (owner, self._stock.offers[owner].hot if hot else self._stock.offers[owner].newest)
            for owner in self._owners
        ]
        for owner, document in _in_turns(lists):
            yield from self._candidate(document, code, self._industry(owner))

    def _used(self) -> Iterator[tuple[int, int, Fact]]:
        lists = [(owner, self._stock.offers[owner].used) for owner in self._owners]
        found = 0
        for owner, document in _in_turns(lists):
            fact = self._fact(document)
            if fact is not None:
                yield owner, document, fact
                found += 1
            if found >= 2 * PROPOSED:
                return

    def _candidate(
        self, document: int, code: ReasonCode, data: Mapping[str, object]
    ) -> Iterator[Candidate]:
        """The candidate, if this person should see it at all."""
        fact = self._fact(document)
        if fact is not None:
            yield Candidate(document, Reason(code, data), fact.author, fact.topic)

    def _fact(self, document: int) -> Fact | None:
        """What is known of a document, if this person should see it at all."""
        fact = self._stock.facts.get(document)
        if (
            fact is None
            or document in self._left_out
            or fact.author == self._person.id
            or not readable(fact.row, self._person.viewer)
        ):
            return None
        return fact

    def _industry(self, owner: int) -> dict[str, object]:
        return {} if owner == ALL_INDUSTRIES else {"industry": self._code(owner)}

    def _code(self, term: int) -> str:
        return self._stock.vocabulary.codes[term]


def _in_turns(lists: Sequence[tuple[int, Sequence[T]]]) -> Iterator[tuple[int, T]]:
    """The first of each list, then the second of each, and so on, with the list's owner."""
    longest = max((len(items) for _, items in lists), default=0)
    for place in range(longest):
        for owner, items in lists:
            if place < len(items):
                yield owner, items[place]
