"""Values that cross the boundary of the statistics."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.statistics.spans import Span


@dataclass(frozen=True, slots=True)
class Figure:
    """How much was used for one value of a dimension.

    ``views``, ``downloads`` and ``applications`` count each person once for each document and day;
    ``readers`` are the different people. ``name`` is set where a code is no word of the taxonomy.
    """

    code: str
    views: int
    downloads: int
    applications: int
    readers: int
    name: str = ""

    @property
    def uses(self) -> int:
        """Views, downloads and applications together."""
        return self.views + self.downloads + self.applications


NOTHING = Figure("", 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class UseReport:
    """The use in a span; ``made_at`` is ``None`` before its figures have first been made.

    ``by`` has the figures of each dimension, the most used first; ``days`` every day of the span.
    """

    span: Span
    made_at: dt.datetime | None
    total: Figure
    before: Figure
    days: tuple[Figure, ...]
    by: Mapping[str, tuple[Figure, ...]]


@dataclass(frozen=True, slots=True)
class FindWeek:
    """How long finding took in the week from Monday ``start``; seconds, ``None`` without finds."""

    start: dt.date
    finds: int
    median: float | None
    ninetieth: float | None


class Fate(StrEnum):
    """What became of a question that found nothing."""

    ANSWERED = "answered"
    SYNONYM = "synonym"
    WORD = "word"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class SoughtInVain:
    """A question of several people that found nothing, as it was last typed, and what became of it.

    ``times`` and ``people`` count the askings in vain; ``fate_at`` is when that happened.
    """

    text: str
    times: int
    people: int
    last_at: dt.datetime
    fate: Fate
    fate_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class UnansweredReport:
    """Questions that found nothing in a span.

    ``fates`` counts all of them; ``shown`` lists those that at least two colleagues asked: what one
    person typed is nobody else's business.
    """

    asked: int
    fates: Mapping[Fate, int]
    shown: tuple[SoughtInVain, ...]

    @property
    def questions(self) -> int:
        """How many different questions found nothing."""
        return sum(self.fates.values())
