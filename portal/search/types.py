"""Values that cross the search package's boundary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from portal.catalogue import DocumentSummary
from portal.models import FACETS, Facet

Sort = Literal["relevance", "newest"]
SORTS: tuple[Sort, ...] = ("relevance", "newest")
FILTERS: tuple[Facet, ...] = FACETS
MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question as it is asked: the text typed, chosen filters, order and page.

    Filters hold codes by facet: values of one facet widen, different facets narrow. ``page`` counts
    from 1; ``page_size`` is 1 to 100.
    """

    text: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    page_size: int = 10


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

    ``relaxed`` says that no document held all words, so that documents with most words answer;
    ``substring`` that only the substring pass found them.
    ``page`` is the page shown: one past the end shows the last.
    """

    request: SearchRequest
    total: int
    took_ms: float
    page: int
    pages: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    relaxed: bool = False
    substring: bool = False


class SearchError(Exception):
    """A question that cannot be answered as asked; the message is a sentence for the person."""


class BadRequest(SearchError):
    """The question's form is wrong: an unknown code, sort order, field or a malformed date."""
