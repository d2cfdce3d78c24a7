"""Questions find their passage: a whole collection in through the pipeline.

Runs with ``--squad FILE``; the file is in SQuAD's form or in CMRC 2018's flat one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.search import SearchRequest
from portal.services import Services
from tests.conftest import Library

MEAN_RECIPROCAL_RANK = 0.97
DEPTH = 10


def paragraphs(path: Path) -> list[tuple[str, list[str]]]:
    """Each passage with the questions about it."""
    data: Any = json.loads(path.read_text(encoding="utf-8"))
    entries = data["data"] if isinstance(data, dict) else data
    return [
        (
            paragraph.get("context") or paragraph["context_text"],
            [item.get("question") or item["query_text"] for item in paragraph["qas"]],
        )
        for entry in entries
        for paragraph in entry.get("paragraphs", [entry])
    ]


def reciprocal_rank(services: Services, question: str, document: int | None) -> float:
    request = SearchRequest(question.replace(":", " ").replace("：", " "), page_size=DEPTH)
    hits = services.search.search(request, Viewer.anonymous()).hits
    ranks = (rank for rank, hit in enumerate(hits, 1) if hit.document.id == document)
    return 1 / next(ranks, float("inf"))


@pytest.mark.external
@pytest.mark.timeout(1800)
def test_a_question_finds_its_passage(
    services: Services, library: Library, pytestconfig: pytest.Config
) -> None:
    collection = paragraphs(Path(pytestconfig.getoption("--squad")))
    author = library.person("import")
    outcomes = [
        library.put(text, f"{number}.txt", Filing(author, publish=True), index=False)
        for number, (text, _questions) in enumerate(collection, 1)
    ]
    catch_up(services)
    assert {outcome.status for outcome in outcomes} <= {"added", "duplicate"}
    ranks = [
        reciprocal_rank(services, question, outcome.document_id)
        for outcome, (_text, questions) in zip(outcomes, collection, strict=True)
        for question in questions
    ]
    assert sum(ranks) / len(ranks) >= MEAN_RECIPROCAL_RANK
