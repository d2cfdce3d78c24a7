"""tantivy, the Rust search library, over text that was cut beforehand."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tantivy

from benchmarks.corpus import COUNTED, FILTERED, BenchDocument, BenchQuery, index_text
from benchmarks.engines import LIMIT, Case, Found, Question

_CODES = (*FILTERED, COUNTED)
_COUNT = {COUNTED: {"terms": {"field": COUNTED, "size": 100}}}


class TantivyEngine:
    """BM25 over one field with frequencies, in one segment.

    Without counting, tantivy skips documents that cannot reach the top; asked for the number of
    matches as well, it visits them all. Both are measured.
    """

    alike = True

    def __init__(self, folder: Path, *, count: bool) -> None:
        self._folder = folder
        self._count = count
        self.name = "tantivy, total counted" if count else "tantivy"
        self.cases: tuple[Case, ...] = (Case.WORDS, Case.FILTERS) if count else tuple(Case)
        self.cool()

    @staticmethod
    def build(folder: Path, documents: Iterable[BenchDocument]) -> None:
        """Write the index."""
        folder.mkdir(parents=True)
        # One thread and one commit, so that there is one segment, which searches fastest.
        index = tantivy.Index(_schema(), path=str(folder))
        writer = index.writer(heap_size=1_500_000_000, num_threads=1)
        for document in documents:
            entry = tantivy.Document()
            entry.add_unsigned("number", document.id)
            entry.add_text("text", index_text(document))
            for facet in _CODES:
                if facet in document.keys:
                    entry.add_text(facet, document.keys[facet][0])
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()

    def cool(self) -> None:
        """Open the index anew."""
        self._index = tantivy.Index.open(str(self._folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()

    def question(self, asked: BenchQuery, case: Case) -> Question:
        """A boolean query; filters are required terms without a score."""
        query = self._query(asked, case)

        def ask() -> Found:
            searcher = self._searcher
            hits = searcher.search(query, LIMIT, count=self._count).hits
            numbers = searcher.fast_field_values("number", [address for _score, address in hits])
            return Found(
                tuple(numbers), _counts(searcher.aggregate(query, _COUNT)) if case.counted else {}
            )

        return ask

    def _query(self, asked: BenchQuery, case: Case) -> Any:
        words = _any_of(self._schema, asked.terms)
        if not case.filtered:
            return words
        required = [
            tantivy.Query.const_score_query(
                tantivy.Query.term_query(self._schema, facet, code, "basic"), 0.0
            )
            for facet, code in asked.filters.items()
        ]
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, part) for part in (words, *required)]
        )


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("number", fast=True)
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    for facet in _CODES:
        builder.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _any_of(schema: Any, terms: Iterable[str]) -> Any:
    return tantivy.Query.boolean_query(
        [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq"))
            for term in terms
        ]
    )


def _counts(found: dict[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in found[COUNTED]["buckets"]}
