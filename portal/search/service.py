"""The one search service behind the page, the command line and everything that pushes."""

import datetime as dt
import time
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import DocumentSummary, Viewer, documents_for, load_taxonomy
from portal.catalogue.activity import hotness
from portal.catalogue.fresh import Fresh
from portal.catalogue.vocabulary import load_vocabulary
from portal.db import Database, Reader, utcnow
from portal.models import Document, Section, Version
from portal.monitor.metrics import CACHE_BYTES, searching
from portal.search.engine import Answer, Order, Ranked, answer
from portal.search.explain import Explanation, explain
from portal.search.index import IndexStore, IndexUnavailable
from portal.search.near import NearSource
from portal.search.query import Language, parse
from portal.search.querylog import successful_queries
from portal.search.similar import similar
from portal.search.snapshot import Snapshot, SnapshotSource
from portal.search.snippet import mark, snippet
from portal.search.spelling import Speller
from portal.search.suggest import NameSource, Suggester
from portal.search.types import (
    FILTERS,
    MATCHES,
    MAX_PAGE_SIZE,
    SORTS,
    BadRequest,
    Hit,
    HitPlace,
    Query,
    ResultPage,
    SearchRequest,
    Suggestion,
)
from portal.search.watch import matching
from portal.text import Segmenter

ASKED_SINCE = dt.timedelta(weeks=8)
ASKED_SECONDS = 300.0
MAX_ASKED = 2000
_WARM_QUERY = "方案 资费"
_Place = sa.Row[int, int, str, int | None, str, str]
_CURRENT = (
    sa.select(Version.document_id, Version.id)
    .join(
        Document,
        sa.and_(Document.id == Version.document_id, Document.current_number == Version.number),
    )
    .where(Version.document_id.in_(sa.bindparam("ids", expanding=True)))
    .subquery()
)
_PLACES = (
    sa.select(
        _CURRENT.c.document_id,
        Section.ordinal,
        Section.place_kind,
        Section.place_number,
        Section.place_label,
        Section.text,
    )
    .join(Section, Section.version_id == _CURRENT.c.id)
    .where(Section.ordinal.in_(sa.bindparam("ordinals", expanding=True)))
)


class SearchService:
    """Answers questions from the index and the database. Safe for threads.

    ``cache_bytes`` bounds the decoded postings that each process keeps.
    """

    def __init__(self, index_dir: Path, db: Database, cache_bytes: int) -> None:
        self.store = IndexStore(index_dir)
        self.taxonomy = Fresh(db, load_taxonomy)
        self._vocabulary = Fresh(db, load_vocabulary)
        self._hotness = Fresh(db, hotness)
        self._db = db
        self._source = SnapshotSource(self.store, cache_bytes)
        self._cached = CACHE_BYTES.labels("postings")
        self._asked = Fresh(db, _recently_asked, ASKED_SECONDS)
        self._near = NearSource()
        names = NameSource()
        self._suggester = Suggester(names)
        self._speller = Speller(names, self._near)

    def snapshot(self) -> Snapshot:
        """The newest commit of the index; :class:`IndexUnavailable` before the first."""
        return self._source.current()

    def expire(self) -> None:
        """See the index's newest commit from the next question on."""
        self._source.expire()

    def documents(self) -> int:
        """How many documents the index holds; :class:`IndexUnavailable` before the first."""
        return self.snapshot().living

    def warm(self) -> None:
        """Load dictionaries, tables and the index ahead of the first question."""
        try:
            self.search(SearchRequest(_WARM_QUERY), Viewer.anonymous())
            self.suggest(_WARM_QUERY, Viewer.anonymous())
            self.did_you_mean(_WARM_QUERY, Viewer.anonymous())
        except IndexUnavailable:
            return  # nothing is there to be searched yet

    def prepare_words(self) -> None:
        """Gather now what :meth:`did_you_mean` otherwise gathers aside, for whoever measures it."""
        self._near.prepare(self.snapshot())

    def read(self, request: SearchRequest, segmenter: Segmenter) -> Query:
        """How a request is understood; raises :class:`BadRequest` where it cannot be."""
        language = Language(self.taxonomy.value(), segmenter, self._vocabulary.value().synonyms)
        return parse(request.text, request.filters, language)

    def search(self, request: SearchRequest, viewer: Viewer) -> ResultPage:
        """Answer a question for a reader, who sees and counts only what the reader may open.

        Raises :class:`BadRequest` for an unknown code, order or page size, and
        :class:`IndexUnavailable` before the first indexing.
        """
        with searching("search"):
            return self._answer(request, viewer)

    def _answer(self, request: SearchRequest, viewer: Viewer) -> ResultPage:
        started = time.perf_counter()
        _check(request)
        snapshot = self.snapshot()
        query = self.read(request, snapshot.segmenter)
        size = request.page_size
        found = answer(
            snapshot,
            query,
            viewer.audiences,
            order=self._order(request),
            offset=(request.page - 1) * size,
            limit=size,
        )
        with self._db.look() as database:
            hits = _hits(database, viewer, query, found, snapshot.segmenter)
        self._cached.set(snapshot.cache.bytes)
        pages = max(1, -(-found.total // size))
        return ResultPage(
            request=replace(request, text=query.text, filters=query.filters),
            query=query,
            total=found.total,
            took_ms=(time.perf_counter() - started) * 1000,
            page=min(request.page, pages),
            pages=pages,
            hits=hits,
            counts=found.facets,
            relaxed=found.relaxed,
            substring=found.substring,
        )

    def matching(
        self, request: SearchRequest, viewer: Viewer, among: Collection[int] | None
    ) -> frozenset[int]:
        """Which of some documents a request finds, for alerts; ``None`` asks of all documents.

        Raises like :meth:`search`.
        """
        _check(request)
        snapshot = self.snapshot()
        query = self.read(request, snapshot.segmenter)
        most = request.match == "most"
        return matching(snapshot, query, viewer.audiences, among, most_will_do=most)

    def suggest(self, text: str, viewer: Viewer, limit: int = 8) -> tuple[Suggestion, ...]:
        """What a reader who typed so far may want: past questions, titles, headings."""
        with searching("suggest"):
            return self._suggester.suggest(
                self.snapshot(), text, viewer.audiences, self._asked.value(), limit
            )

    def did_you_mean(self, text: str, viewer: Viewer) -> str | None:
        """The question that a reader probably meant, where it finds more than the one typed."""
        with searching("did_you_mean"):
            return self._speller.did_you_mean(self.snapshot(), text, viewer.audiences)

    def similar(self, document_id: int, viewer: Viewer, limit: int = 5) -> list[DocumentSummary]:
        """The readable documents most like one, best first."""
        snapshot = self.snapshot()
        words = self._near.of(snapshot)
        ids = similar(snapshot, document_id, viewer.audiences, words, limit)
        with self._db.look() as database:
            found = documents_for(database, viewer, ids)
        return [found[each] for each in ids if each in found]

    def explain(self, request: SearchRequest, viewer: Viewer, document: int) -> Explanation:
        """How a document's score came about, or what keeps it from a reader's answers.

        Raises like :meth:`search`. For operators: it speaks of documents that the reader may not
        open.
        """
        _check(request)
        snapshot = self.snapshot()
        query = self.read(request, snapshot.segmenter)
        most = request.match == "most"
        return explain(snapshot, query, viewer.audiences, document, most_will_do=most)

    def _order(self, request: SearchRequest) -> Order:
        hot = self._hotness.value() if request.sort == "hottest" else {}
        return Order(request.sort, hot, most_will_do=request.match == "most")


def _recently_asked(session: Session) -> list[tuple[str, int]]:
    return successful_queries(session, utcnow() - ASKED_SINCE, limit=MAX_ASKED)


def _check(request: SearchRequest) -> None:
    if request.sort not in SORTS:
        raise BadRequest(f"排序方式 “{request.sort}” 不存在。可用：{'、'.join(SORTS)}", "sort")
    if request.match not in MATCHES:
        raise BadRequest(f"匹配方式 “{request.match}” 不存在。可用：{'、'.join(MATCHES)}", "match")
    if request.page < 1:
        raise BadRequest("页码从 1 开始", "page")
    if not 1 <= request.page_size <= MAX_PAGE_SIZE:
        raise BadRequest(f"每页条数应在 1 到 {MAX_PAGE_SIZE} 之间", "limit")
    unknown = sorted(set(request.filters) - set(FILTERS))
    if unknown:
        raise BadRequest(f"没有名为 {'、'.join(unknown)} 的筛选项", unknown[0])


def _hits(
    database: Reader, viewer: Viewer, query: Query, found: Answer, segmenter: Segmenter
) -> tuple[Hit, ...]:
    documents = documents_for(database, viewer, [item.document for item in found.ranked])
    sections = _sections(database, found.ranked)
    return tuple(
        _hit(documents[item.document], item, query, sections, segmenter)
        for item in found.ranked
        # Gone from the database since the index was written: the indexer is about to follow.
        if item.document in documents and (item.document, item.ordinals[0]) in sections
    )


def _sections(database: Reader, ranked: tuple[Ranked, ...]) -> dict[tuple[int, int], _Place]:
    ids = [item.document for item in ranked]
    ordinals = {ordinal for item in ranked for ordinal in item.ordinals}
    rows = database.execute(_PLACES, {"ids": ids, "ordinals": list(ordinals)})
    return {(row[0], row[1]): row for row in rows}


def _hit(
    document: DocumentSummary,
    item: Ranked,
    query: Query,
    sections: Mapping[tuple[int, int], _Place],
    segmenter: Segmenter,
) -> Hit:
    places = [sections[item.document, n] for n in item.ordinals if (item.document, n) in sections]
    return Hit(
        document=document,
        score=item.score,
        title=mark(document.title, query.needles, segmenter),
        snippet=snippet(places[0].text, query.needles, segmenter),
        places=tuple(
            HitPlace(place.ordinal, place.place_kind, place.place_number, place.place_label)
            for place in places
        ),
    )
