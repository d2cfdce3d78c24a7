"""Values that cross the search package's boundary."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from portal.catalogue import DocumentSummary
from portal.models import FACETS

Sort = Literal["relevance", "newest", "hottest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest", "hottest")
Match = Literal["all", "most"]
MATCHES: tuple[Match, ...] = ("all", "most")
FORMATS = ("docx", "pptx", "xlsx", "pdf", "html", "md", "txt", "image")
FILTERS: tuple[str, ...] = (*FACETS, "format", "year")
"""What can be filtered by: the taxonomy's facets, the file's format, the year of publication."""
MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a document should contain: any of these folded words.

    The first option is what was typed, the others are its synonyms or stood beside an OR.
    """

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, read. All strings are folded except ``text`` and ``authors``.

    ``phrases`` and ``excluded`` are exact substrings. ``titles`` are words that the title must
    hold. ``filters`` holds codes by facet: values of one facet widen, different facets narrow.
    ``after`` and ``before`` bound the day of publication, both included. ``pieces`` are the typed
    words before segmentation; ``text`` is what was typed without its fields. A question in a
    sentence (什么, 如何, a question mark) is not expected to share all its words with its answer.
    """

    words: tuple[Word, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    after: dt.date | None = None
    before: dt.date | None = None
    pieces: tuple[str, ...] = ()
    text: str = ""
    is_question: bool = False

    @property
    def has_text(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self.words or self.phrases or self.titles)

    @property
    def needles(self) -> tuple[str, ...]:
        """Every word and phrase that is looked for, for marking."""
        options = (option for word in self.words for option in word.options)
        return tuple(dict.fromkeys((*self.phrases, *self.titles, *options)))

    @property
    def typed(self) -> str:
        """The words and phrases as typed, run together, for comparing characters."""
        return "".join((*self.phrases, *self.titles, *(word.options[0] for word in self.words)))


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question as it is asked: the text typed, chosen filters, order and page.

    Filters hold codes by facet: values of one facet widen, different facets narrow. ``match`` says
    whether all words are wanted, as far as any document has them, or most of them will do.
    ``page`` counts from 1; ``page_size`` is 1 to 100.
    """

    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    page_size: int = 10
    match: Match = "all"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; ``marked`` when it matched the question."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class HitPlace:
    """Where in the document the hit is. ``ordinal`` is the section's anchor on its page.

    ``kind`` is page, slide, sheet, heading or whole; ``number`` counts from 1; ``label`` is the
    sheet's, slide's or heading's name.
    """

    ordinal: int
    kind: str
    number: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers, at its best place; ``places`` lists up to three, best first."""

    document: DocumentSummary
    score: float
    title: tuple[Span, ...]
    snippet: tuple[Span, ...]
    places: tuple[HitPlace, ...]

    @property
    def place(self) -> HitPlace:
        """The best place."""
        return self.places[0]


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many matching documents carry a code, were it chosen beside the other facets' filters."""

    code: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer. ``total`` counts documents exactly; ``took_ms`` is wall time in the service.

    ``request`` is the question with the fields typed in its text moved to the filters; ``query``
    is how it was read. ``relaxed`` says that documents with most of the words are among the
    answers, since too few have all; ``substring`` that only the substring pass found them.
    ``page`` is the page shown: one past the end shows the last. ``counts`` are documents by facet
    and code.
    """

    request: SearchRequest
    query: Query
    total: int
    took_ms: float
    page: int
    pages: int
    hits: tuple[Hit, ...]
    counts: Mapping[str, Mapping[str, int]]
    relaxed: bool = False
    substring: bool = False

    @property
    def facets(self) -> dict[str, tuple[FacetCount, ...]]:
        """What can be filtered by, with its counts, by facet."""
        return facets_of(self.counts, self.query.filters)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something a reader may be about to type.

    ``document`` is what a title or heading opens, ``ordinal`` the heading's section in it and
    ``within`` the title of its document.
    """

    text: str
    kind: Literal["title", "heading", "query"]
    document: int | None
    ordinal: int | None
    within: str = ""


def facets_of(
    counts: Mapping[str, Mapping[str, int]], chosen: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[FacetCount, ...]]:
    """The values of each facet that are counted or chosen, the most frequent first."""
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for facet in FILTERS:
        selected, counted = chosen.get(facet, ()), counts.get(facet, {})
        codes = {**dict.fromkeys(selected, 0), **counted}
        rows = [FacetCount(code, count, code in selected) for code, count in codes.items()]
        facets[facet] = tuple(sorted(rows, key=lambda row: (-row.count, row.code)))
    return facets


class SearchError(Exception):
    """A question that cannot be answered as asked; the message is a sentence for the person."""


class BadRequest(SearchError):
    """The question's form is wrong: an unknown code, sort order, field or a malformed date.

    ``field`` names what is wrong, as in the address of the page.
    """

    def __init__(self, message: str, field: str = "q") -> None:
        super().__init__(message)
        self.field = field
