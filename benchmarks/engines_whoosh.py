"""Plain Whoosh: its own searcher over text that was cut beforehand."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh import fields, index, query
from whoosh.analysis import SpaceSeparatedTokenizer

from benchmarks.corpus import COUNTED, FILTERED, BenchDocument, BenchQuery, index_text
from benchmarks.engines import LIMIT, Case, Found, Question


class WhooshEngine:
    """Whoosh's BM25F over one field, without positions, in one segment."""

    name = "Whoosh"
    cases: tuple[Case, ...] = tuple(Case)
    alike = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cool()

    @staticmethod
    def build(folder: Path, documents: Iterable[BenchDocument]) -> None:
        """Write the index."""
        codes = {facet: fields.ID(sortable=True) for facet in (*FILTERED, COUNTED)}
        words = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        schema = fields.Schema(number=fields.STORED, text=words, **codes)
        folder.mkdir(parents=True)
        writer = index.create_in(str(folder), schema).writer(limitmb=512)
        for document in documents:
            keys = {facet: values[0] for facet, values in document.keys.items() if facet in codes}
            writer.add_document(number=document.id, text=index_text(document), **keys)
        writer.commit(optimize=True)

    def cool(self) -> None:
        """Open the index anew."""
        self._searcher = index.open_dir(str(self._folder)).searcher()

    def question(self, asked: BenchQuery, case: Case) -> Question:
        """An Or of terms, with Whoosh's own filter and grouping."""
        words = query.Or([query.Term("text", term) for term in asked.terms])
        options: dict[str, Any] = {"limit": LIMIT}
        if case.filtered:
            options["filter"] = query.And(
                [query.Term(facet, code) for facet, code in asked.filters.items()]
            )
        if case.counted:
            options["groupedby"] = COUNTED

        def ask() -> Found:
            results = self._searcher.search(words, **options)
            groups = results.groups(COUNTED) if case.counted else {}
            return Found(
                tuple(hit["number"] for hit in results),
                {code: len(members) for code, members in groups.items()},
            )

        return ask
