"""Search: the index on disk, ranking over it, and the one service that answers questions."""

from portal.search.index import IndexBusy, IndexStore, IndexUnavailable
from portal.search.indexer import Indexer
from portal.search.service import SearchService
from portal.search.types import (
    FILTERS,
    SORTS,
    BadRequest,
    FacetCount,
    Hit,
    HitPlace,
    ResultPage,
    SearchError,
    SearchRequest,
    Span,
)

__all__ = [
    "FILTERS",
    "SORTS",
    "BadRequest",
    "FacetCount",
    "Hit",
    "HitPlace",
    "IndexBusy",
    "IndexStore",
    "IndexUnavailable",
    "Indexer",
    "ResultPage",
    "SearchError",
    "SearchRequest",
    "SearchService",
    "Span",
]
