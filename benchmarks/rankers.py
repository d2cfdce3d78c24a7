"""Rankers of passages for the quality benchmark: text in, passage ids out, best first."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from jieba.analyse import ChineseAnalyzer
from whoosh import fields, index, query

from benchmarks.corpus import BenchDocument, BenchQuery, query_terms
from benchmarks.engines import Case
from benchmarks.engines_portal import FirstStage
from benchmarks.engines_tantivy import TantivyEngine
from portal.catalogue import Viewer
from portal.search import BadRequest, SearchRequest
from portal.services import Services
from portal.text import fold

DEPTH = 10
K1 = 1.2
B = 0.75
_RUN = re.compile(r"(?P<han>[\u3400-\u9fff]+)|[^\W\u3400-\u9fff]+")


class Ranker(Protocol):
    """Something that ranks passages for a text."""

    name: str

    def rank(self, text: str) -> Sequence[int]:
        """The best ten passage ids, or fewer where fewer match."""
        ...


class PortalRanker:
    """The search service as a person meets it, with default settings."""

    name = "portal"

    def __init__(self, services: Services) -> None:
        self._search = services.search
        self.refused = 0
        """How many texts were refused; each counts as a miss."""

    def rank(self, text: str) -> Sequence[int]:
        """The documents of the first page."""
        try:
            page = self._search.search(SearchRequest(text, page_size=DEPTH), Viewer.operator())
        except BadRequest:
            self.refused += 1
            return ()
        return [hit.document.id for hit in page.hits]


class FirstStageRanker:
    """The first stage alone."""

    name = FirstStage.name

    def __init__(self, services: Services) -> None:
        self._engine = FirstStage(services)

    def rank(self, text: str) -> Sequence[int]:
        """The best by words alone; a text that the service would refuse finds nothing."""
        try:
            return self._engine.question(_asked(text), Case.WORDS)().documents[:DEPTH]
        except BadRequest:
            return ()


class JiebaWhooshRanker:
    """What jieba's documentation offers: Whoosh with jieba's ChineseAnalyzer."""

    name = "Whoosh, ChineseAnalyzer"

    def __init__(self, folder: Path, passages: Sequence[BenchDocument]) -> None:
        self._analyzer = ChineseAnalyzer()
        schema = fields.Schema(number=fields.STORED, text=fields.TEXT(analyzer=self._analyzer))
        folder.mkdir(parents=True)
        whoosh_index = index.create_in(str(folder), schema)
        writer = whoosh_index.writer(limitmb=256)
        for passage in passages:
            writer.add_document(number=passage.id, text=passage.text)
        writer.commit(optimize=True)
        self._searcher = whoosh_index.searcher()

    def rank(self, text: str) -> Sequence[int]:
        """Any of the words that the analyzer finds in the text."""
        terms = dict.fromkeys(token.text for token in self._analyzer(text, mode="query"))
        words = query.Or([query.Term("text", term) for term in terms])
        return [hit["number"] for hit in self._searcher.search(words, limit=DEPTH)]


class TantivyRanker:
    """tantivy over the words that the portal cuts."""

    name = "tantivy, the portal's words"

    def __init__(self, folder: Path, passages: Sequence[BenchDocument]) -> None:
        TantivyEngine.build(folder, passages)
        self._engine = TantivyEngine(folder, count=False)

    def rank(self, text: str) -> Sequence[int]:
        """Any of the words."""
        return self._engine.question(_asked(text), Case.WORDS)().documents[:DEPTH]


class BigramRanker:
    """BM25 over overlapping character bigrams of the folded text, in memory."""

    name = "character bigrams, BM25"

    def __init__(self, passages: Sequence[BenchDocument]) -> None:
        grams = [Counter(_bigrams(passage.text)) for passage in passages]
        lengths = np.array([sum(counts.values()) for counts in grams], dtype=float)
        self._ids = np.array([passage.id for passage in passages])
        self._norms = K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0))
        postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, counts in enumerate(grams):
            for gram, count in counts.items():
                postings[gram].append((place, count))
        self._postings = {gram: np.array(pairs).T for gram, pairs in postings.items()}

    def rank(self, text: str) -> Sequence[int]:
        """Any of the bigrams."""
        scores = np.zeros(len(self._ids))
        for gram in dict.fromkeys(_bigrams(text)):
            if gram in self._postings:
                places, counts = self._postings[gram]
                rest = len(self._ids) - len(places) + 0.5
                weight = np.log1p(rest / (len(places) + 0.5))
                scores[places] += weight * counts * (K1 + 1) / (counts + self._norms[places])
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [int(self._ids[place]) for place in best if scores[place] > 0]


def _bigrams(text: str) -> Iterator[str]:
    for match in _RUN.finditer(fold(text)):
        run = match.group()
        if match["han"] and len(run) > 1:
            yield from (run[start : start + 2] for start in range(len(run) - 1))
        else:
            yield run


def _asked(text: str) -> BenchQuery:
    return BenchQuery(text, query_terms(text), 0, {})
