"""What is written to an index is what is read from it, whichever way it was gathered."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from whoosh.index import FileIndex, create_in

from portal.search import writer
from portal.search.blocks import decode
from portal.search.schema import make_schema
from portal.search.writer import SectionWriter

WORDS = st.sampled_from(["专线", "带宽", "资费", "5g", "云", "𠮷野家", "a" * 300])
SECTIONS = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=20)
Postings = dict[str, list[tuple[int, float]]]


def expected(sections: list[list[str]]) -> Postings:
    found: Postings = {}
    for number, words in enumerate(sections):
        for word, count in Counter(words).items():
            found.setdefault(word, []).append((number, float(count)))
    return found


def write(index: FileIndex, sections: list[list[str]]) -> None:
    adding = SectionWriter(index)
    for words in sections:
        adding.add_section({"body": words}, {})
    adding.commit(merge=False)


def merge(index: FileIndex) -> None:
    adding = SectionWriter(index)
    # Something is added before the other segments' postings, whose sections come later.
    adding.add_section({"body": ["专线"]}, {})
    adding.commit(optimize=True)


def read(index: FileIndex) -> Postings:
    reader = index.reader()
    found: Postings = {}
    for field, term in reader.all_terms():
        decoded = decode(reader, field, term)
        assert decoded is not None
        found[term.decode()] = list(zip(decoded[0].tolist(), decoded[1].tolist(), strict=True))
    reader.close()
    return found


@pytest.fixture(params=[1_000_000, 7])
def waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many postings wait before they are sorted: all of a test's, and few."""
    monkeypatch.setattr(writer, "_WAITING", request.param)
    return int(request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(sections=SECTIONS)
def test_postings_come_back_as_they_were_added(
    sections: list[list[str]], waiting: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    index = create_in(str(tmp_path_factory.mktemp(f"waiting-{waiting}")), make_schema())
    write(index, sections)
    assert read(index) == expected(sections)


def test_a_merge_keeps_every_posting_in_order(waiting: int, tmp_path: Path) -> None:
    first = [["专线", "带宽", "专线"]] * 5
    second = [["资费"], ["专线", "资费"]]
    index = create_in(str(tmp_path), make_schema())
    write(index, first)
    write(index, second)
    merge(index)
    found = read(index)
    assert waiting
    assert len(found["专线"]) == 7
    assert {word: [count for _section, count in rows] for word, rows in found.items()} == {
        "专线": [1.0, *[2.0] * 5, 1.0],
        "带宽": [1.0] * 5,
        "资费": [1.0, 1.0],
    }
    assert all(rows == sorted(rows) for rows in found.values())
