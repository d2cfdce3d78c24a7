"""SQLite FTS5 over text that was cut beforehand."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from benchmarks.corpus import COUNTED, FILTERED, BenchDocument, BenchQuery, index_text
from benchmarks.engines import LIMIT, Case, Found, Question

_COLUMNS = (*FILTERED, COUNTED)


class FtsEngine:
    """FTS5's bm25; codes lie in an ordinary table beside it."""

    name = "SQLite FTS5"
    cases: tuple[Case, ...] = tuple(Case)
    alike = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self.cool()

    @staticmethod
    def build(path: Path, documents: Iterable[BenchDocument]) -> None:
        """Write the index and merge it into one segment."""
        connection = sqlite3.connect(path)
        # Contentless: the text itself is not stored, which makes rows quicker to reach.
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='')")
        columns = ", ".join(_COLUMNS)
        connection.execute(f"CREATE TABLE keys (id INTEGER PRIMARY KEY, {columns})")
        for document in documents:
            tokens = index_text(document)
            connection.execute(
                "INSERT INTO words(rowid, text) VALUES (?, ?)", (document.id, tokens)
            )
            codes = [document.keys.get(facet, (None,))[0] for facet in _COLUMNS]
            connection.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (document.id, *codes))
        connection.execute("INSERT INTO words(words) VALUES ('optimize')")
        connection.commit()
        connection.close()

    def cool(self) -> None:
        """Connect anew."""
        if self._connection is not None:
            self._connection.close()
        self._connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)

    def question(self, asked: BenchQuery, case: Case) -> Question:
        """A MATCH of quoted terms joined by OR, ordered by rank; counts by a second statement."""
        match = " OR ".join(f'"{term}"' for term in asked.terms)
        filters = list(asked.filters.items()) if case.filtered else []
        values = (match, *(code for _facet, code in filters))
        joined = "FROM words" + (" JOIN keys ON id = words.rowid" if filters else "")
        where = "WHERE words MATCH ?" + "".join(f" AND {facet} = ?" for facet, _code in filters)
        ranked = f"SELECT words.rowid {joined} {where} ORDER BY rank LIMIT {LIMIT}"
        with_keys = "FROM words JOIN keys ON id = words.rowid"
        counted = f"SELECT {COUNTED}, count(*) {with_keys} {where} GROUP BY 1"

        def ask() -> Found:
            assert self._connection is not None
            rows = self._connection.execute(ranked, values).fetchall()
            counts = self._connection.execute(counted, values).fetchall() if case.counted else []
            return Found(tuple(row[0] for row in rows), dict(counts))

        return ask
