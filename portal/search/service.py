"""The one search service behind the page, the command line and everything that pushes."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import DocumentSummary, Viewer, documents_for, load_taxonomy
from portal.db import Database
from portal.models import Section, Version
from portal.search.engine import Answer, Ranked, answer
from portal.search.index import IndexStore
from portal.search.query import Query, parse
from portal.search.snapshot import SnapshotSource
from portal.search.snippet import mark, snippet
from portal.search.types import (
    FILTERS,
    MAX_PAGE_SIZE,
    SORTS,
    BadRequest,
    FacetCount,
    Hit,
    HitPlace,
    ResultPage,
    SearchRequest,
)


class SearchService:
    """Answers questions from the index and the database. Safe for threads.

    ``cache_bytes`` bounds the decoded postings that each process keeps.
    """

    def __init__(self, index_dir: Path, db: Database, cache_bytes: int) -> None:
        self.store = IndexStore(index_dir)
        self._db = db
        self._source = SnapshotSource(self.store, cache_bytes)

    def documents(self) -> int:
        """How many documents the index holds; :class:`IndexUnavailable` before the first."""
        return self._source.current().living

    def search(self, request: SearchRequest, viewer: Viewer) -> ResultPage:
        """Answer a question for a reader, who sees and counts only what the reader may open.

        Raises :class:`BadRequest` for an unknown code, order or page size, and
        :class:`IndexUnavailable` before the first indexing.
        """
        started = time.perf_counter()
        _check(request)
        with self._db.read() as session:
            query = parse(request.text, request.filters, load_taxonomy(session))
            size = request.page_size
            found = answer(
                self._source.current(),
                query,
                viewer.audiences,
                newest=request.sort == "newest",
                offset=(request.page - 1) * size,
                limit=size,
            )
            hits = _hits(session, viewer, query, found)
        pages = max(1, -(-found.total // size))
        return ResultPage(
            request=replace(request, filters=query.filters),
            total=found.total,
            took_ms=(time.perf_counter() - started) * 1000,
            page=min(request.page, pages),
            pages=pages,
            hits=hits,
            facets=_facets(found.facets, query),
            relaxed=found.relaxed,
            substring=found.substring,
        )


def _check(request: SearchRequest) -> None:
    if request.sort not in SORTS:
        raise BadRequest(f"排序方式 “{request.sort}” 不存在。可用：{'、'.join(SORTS)}")
    if request.page < 1:
        raise BadRequest("页码从 1 开始")
    if not 1 <= request.page_size <= MAX_PAGE_SIZE:
        raise BadRequest(f"每页条数应在 1 到 {MAX_PAGE_SIZE} 之间")
    unknown = set(request.filters) - set(FILTERS)
    if unknown:
        raise BadRequest(f"没有名为 {'、'.join(sorted(unknown))} 的筛选项")


def _hits(session: Session, viewer: Viewer, query: Query, found: Answer) -> tuple[Hit, ...]:
    documents = documents_for(session, viewer, [item.document for item in found.ranked])
    sections = _sections(session, found.ranked)
    return tuple(
        _hit(documents[item.document], item, query, sections)
        for item in found.ranked
        # Gone from the database since the index was written: the indexer is about to follow.
        if item.document in documents and (item.document, item.ordinals[0]) in sections
    )


def _sections(session: Session, ranked: tuple[Ranked, ...]) -> dict[tuple[int, int], Section]:
    wanted = {item.document: item.ordinals for item in ranked}
    current = (
        sa.select(Version.document_id, sa.func.max(Version.id).label("id"))
        .where(Version.document_id.in_(wanted))
        .group_by(Version.document_id)
        .subquery()
    )
    ordinals = {ordinal for chosen in wanted.values() for ordinal in chosen}
    rows = session.execute(
        sa.select(current.c.document_id, Section)
        .join(Section, Section.version_id == current.c.id)
        .where(Section.ordinal.in_(ordinals))
    )
    return {(document, section.ordinal): section for document, section in rows}


def _hit(
    document: DocumentSummary,
    item: Ranked,
    query: Query,
    sections: Mapping[tuple[int, int], Section],
) -> Hit:
    places = [sections[item.document, n] for n in item.ordinals if (item.document, n) in sections]
    return Hit(
        document=document,
        score=item.score,
        title=mark(document.title, query.needles),
        snippet=snippet(places[0].text, query.needles),
        places=tuple(
            HitPlace(place.ordinal, place.place_kind, place.place_number, place.place_label)
            for place in places
        ),
    )


def _facets(
    counts: Mapping[str, Mapping[str, int]], query: Query
) -> dict[str, tuple[FacetCount, ...]]:
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for facet in FILTERS:
        chosen = query.filters.get(facet, ())
        codes = dict(counts[facet]) | {code: counts[facet].get(code, 0) for code in chosen}
        rows = [FacetCount(code, count, code in chosen) for code, count in codes.items()]
        facets[facet] = tuple(sorted(rows, key=lambda row: (-row.count, row.code)))
    return facets
