"""What the engines under measurement have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from benchmarks.corpus import BenchQuery

LIMIT = 20


class Case(StrEnum):
    """What is asked of an engine beside the query's words."""

    WORDS = "words"
    FILTERS = "2 filters"
    FACET = "facets"
    FILTERS_FACET = "2 filters, facets"

    @property
    def filtered(self) -> bool:
        """Whether the query's two filters apply."""
        return self in (Case.FILTERS, Case.FILTERS_FACET)

    @property
    def counted(self) -> bool:
        """Whether matching documents are counted by code."""
        return self in (Case.FACET, Case.FILTERS_FACET)


@dataclass(frozen=True, slots=True)
class Found:
    """Document ids, best first, and where asked how many matches carry each code of the facet."""

    documents: tuple[int, ...]
    counts: Mapping[str, int] = field(default_factory=dict)


Question = Callable[[], Found]
"""A query made ready: calling it is what is timed."""


class Engine(Protocol):
    """An engine that holds the benchmark's documents."""

    name: str
    cases: tuple[Case, ...]
    alike: bool
    """Whether its semantics are any of the words over all documents, as most peers' are."""

    def question(self, query: BenchQuery, case: Case) -> Question:
        """Make a query ready; what depends on the open index is looked up when it is called."""
        ...

    def cool(self) -> None:
        """Forget what queries taught the process; the system's file cache stays warm."""
        ...
