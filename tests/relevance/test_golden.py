"""The golden queries find what they should."""

from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.models import Version
from portal.search import SearchRequest
from portal.services import Services
from tests.relevance.golden import GOLDEN, Golden


@pytest.fixture(scope="module")
def files(samples: Services) -> Mapping[int, str]:
    """File names by document."""
    with samples.db.read() as session:
        rows = session.execute(sa.select(Version.document_id, Version.file_name)).all()
    return {row.document_id: row.file_name for row in rows}


def answers(samples: Services, files: Mapping[int, str], asked: Golden) -> list[str]:
    request = SearchRequest(asked.text, asked.filters)
    hits = samples.search.search(request, Viewer.operator()).hits
    return [files[hit.document.id] for hit in hits]


@pytest.mark.parametrize("asked", GOLDEN, ids=lambda asked: asked.text)
def test_what_should_come_first_does(
    samples: Services, files: Mapping[int, str], asked: Golden
) -> None:
    found = answers(samples, files, asked)
    assert any(asked.file in name for name in found[: asked.within]), found[:5]


def test_every_expected_file_is_in_the_library(files: Mapping[int, str]) -> None:
    missing = [asked.file for asked in GOLDEN if not any(asked.file in n for n in files.values())]
    assert missing == []


def test_on_average_the_right_file_is_first(samples: Services, files: Mapping[int, str]) -> None:
    ranks = []
    for asked in GOLDEN:
        found = answers(samples, files, asked)
        ranks.append(next((1 / n for n, name in enumerate(found, 1) if asked.file in name), 0.0))
    assert sum(ranks) / len(ranks) >= 0.95
