"""The portal's own engine: the first stage alone, and the whole answer that a page shows."""

from benchmarks.corpus import COUNTED, BenchQuery
from benchmarks.engines import LIMIT, Case, Found, Question
from portal.catalogue import Viewer
from portal.search import SearchRequest, SearchService
from portal.search.match import first_stage, weighted_terms
from portal.services import Services


class FirstStage:
    """Any of the words, no masks, no second stage: what the peers do."""

    name = "portal, first stage"
    cases: tuple[Case, ...] = (Case.WORDS,)
    alike = True

    def __init__(self, services: Services) -> None:
        self._services = services

    def cool(self) -> None:
        """Forget decoded postings."""
        _forget(self._services.search)

    def question(self, asked: BenchQuery, _case: Case) -> Question:
        """The parsed query over the snapshot that is current when it is asked."""
        search = self._services.search
        query = search.read(SearchRequest(asked.text), search.snapshot().segmenter)

        def ask() -> Found:
            snapshot = search.snapshot()
            ranked = first_stage(snapshot, weighted_terms(snapshot, query), LIMIT)
            return Found(tuple([document for document, _score in ranked]))

        return ask


class WholeAnswer:
    """Everything for a page of ten: permissions, second stage, all facets, marked snippets."""

    name = "portal, whole answer"
    cases: tuple[Case, ...] = (Case.FACET, Case.FILTERS_FACET)
    alike = False

    def __init__(self, services: Services, viewer: Viewer) -> None:
        self._services = services
        self._viewer = viewer

    def cool(self) -> None:
        """Forget decoded postings."""
        _forget(self._services.search)

    def question(self, asked: BenchQuery, case: Case) -> Question:
        """The request that a page sends; the portal counts every facet always."""
        filters = {facet: (code,) for facet, code in asked.filters.items()}
        request = SearchRequest(asked.text, filters if case.filtered else {}, page_size=10)

        def ask() -> Found:
            page = self._services.search.search(request, self._viewer)
            return Found(
                tuple(hit.document.id for hit in page.hits),
                {row.code: row.count for row in page.facets[COUNTED]},
            )

        return ask


def _forget(search: SearchService) -> None:
    search.snapshot().cache.clear()
