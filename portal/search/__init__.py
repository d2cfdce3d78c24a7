"""Search: the index on disk, ranking over it, and the one service that answers questions."""

from portal.search.index import IndexBusy, IndexStore, IndexUnavailable
from portal.search.indexer import Indexer
from portal.search.service import SearchService
from portal.search.types import (
    FILTERS,
    FORMATS,
    MATCHES,
    MAX_PAGE_SIZE,
    SORTS,
    BadRequest,
    FacetCount,
    Hit,
    HitPlace,
    Match,
    ResultPage,
    SearchError,
    SearchRequest,
    Sort,
    Span,
    Suggestion,
)
from portal.search.wire import page_as_json

__all__ = [
    "FILTERS",
    "FORMATS",
    "MATCHES",
    "MAX_PAGE_SIZE",
    "SORTS",
    "BadRequest",
    "FacetCount",
    "Hit",
    "HitPlace",
    "IndexBusy",
    "IndexStore",
    "IndexUnavailable",
    "Indexer",
    "Match",
    "ResultPage",
    "SearchError",
    "SearchRequest",
    "SearchService",
    "Sort",
    "Span",
    "Suggestion",
    "page_as_json",
]
