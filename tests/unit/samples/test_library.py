"""The sample library that the first run loads, checked as the portal reads it."""

import datetime as dt
import difflib
import functools
import hashlib
import itertools
import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from portal.ingest.extract import extract
from portal.ingest.templates import blanks
from portal.ingest.types import Extraction, Limits
from samples.build import codes
from samples.build.library import Library, entry
from samples.build.source import Source, is_traditional, load_sources

LIBRARY = Library(Path(__file__).resolve().parents[3] / "samples")
MANIFEST: list[dict[str, Any]] = json.loads(LIBRARY.manifest.read_text("utf-8"))
PATHS = [str(document["path"]) for document in MANIFEST]
MOST_ALIKE = 0.3


@functools.cache
def extracted(path: str) -> Extraction:
    file = LIBRARY.root / path
    return extract(file.read_bytes(), file.name)


def text_of(path: str) -> str:
    return "\n".join(section.text for section in extracted(path).sections)


def letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def values(field: str) -> set[str]:
    found = (document[field] for document in MANIFEST)
    return {code for value in found for code in ([value] if isinstance(value, str) else value)}


def test_the_library_has_at_least_96_documents() -> None:
    assert len(MANIFEST) >= 96


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("industry", codes.INDUSTRIES),
        ("work_type", codes.WORK_TYPES),
        ("stage", codes.STAGES),
        ("kind", codes.KINDS),
        ("product", codes.PRODUCTS),
        ("library", codes.LIBRARIES),
        ("visibility", codes.VISIBILITIES),
    ],
)
def test_every_code_of_a_facet_has_a_document_and_no_other_occurs(
    field: str, known: frozenset[str]
) -> None:
    assert values(field) == known


def test_every_industry_has_at_least_10_documents() -> None:
    counts = Counter(code for document in MANIFEST for code in document["industry"])
    assert min(counts[industry] for industry in codes.INDUSTRIES) >= 10


def test_every_author_is_known_and_wrote_something() -> None:
    assert values("author") == set(codes.AUTHORS)


def test_all_seven_formats_occur_and_office_files_and_pdfs_at_least_8_times() -> None:
    counts = Counter(extracted(path).format for path in PATHS)
    assert set(counts) == codes.FORMATS
    assert min(counts[name] for name in ("docx", "pptx", "xlsx", "pdf")) >= 8


@pytest.mark.parametrize("path", PATHS)
def test_the_content_of_a_file_is_what_its_name_says(path: str) -> None:
    assert extracted(path).format == path.rpartition(".")[2]


@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith((".pptx", ".pdf"))])
def test_decks_and_pdfs_have_several_slides_or_pages(path: str) -> None:
    least = 5 if path.endswith(".pptx") else 2
    assert len({section.place.number for section in extracted(path).sections}) >= least


@pytest.mark.parametrize("path", [path for path in PATHS if path.endswith(".xlsx")])
def test_workbooks_have_several_sheets(path: str) -> None:
    assert len({section.place.label for section in extracted(path).sections}) >= 2


@pytest.mark.parametrize("path", PATHS)
def test_a_document_has_400_to_3000_characters_all_readable(path: str) -> None:
    assert 400 <= sum(map(str.isalpha, text_of(path))) <= 3000
    assert extracted(path).notices == ()
    assert not [c for c in text_of(path) if unicodedata.category(c) in ("Co", "Cn") or c == "�"]


@pytest.mark.parametrize("source", load_sources(LIBRARY.sources), ids=lambda source: source.path)
def test_no_character_of_a_source_is_lost_on_the_way(source: Source) -> None:
    title = extracted(source.path).title
    labels = "".join(section.place.label for section in extracted(source.path).sections)
    read = unicodedata.normalize("NFKC", title + labels + text_of(source.path))
    written = unicodedata.normalize("NFKC", source.body)
    assert {c for c in written if not c.isspace()} - set(read) <= set("#|-*>:`_.·1234567890")


@pytest.mark.parametrize("path", PATHS)
def test_no_markup_is_left_in_the_text(path: str) -> None:
    assert "**" not in text_of(path)
    assert "| ---" not in text_of(path)


def test_no_two_documents_are_alike() -> None:
    grams = {path: five_grams(path) for path in PATHS}
    alike = [
        (a, b)
        for a, b in itertools.combinations(PATHS, 2)
        if len(grams[a] & grams[b]) >= MOST_ALIKE * len(grams[a] | grams[b])
    ]
    assert alike == []


def five_grams(path: str) -> set[str]:
    text = letters(text_of(path))
    return {text[start : start + 5] for start in range(len(text) - 4)}


def test_a_word_file_and_a_deck_are_templates_with_blanks() -> None:
    templates = [str(document["path"]) for document in MANIFEST if document.get("template")]
    assert {path.rpartition(".")[2] for path in templates} == {"docx", "pptx"}
    for path in templates:
        assert len(blanks((LIBRARY.root / path).read_bytes(), Limits())) >= 5


def test_at_least_3_documents_are_in_traditional_chinese() -> None:
    assert sum(is_traditional(text_of(path)) for path in PATHS) >= 3


@pytest.mark.parametrize("document", MANIFEST, ids=lambda document: document["path"])
def test_the_title_read_from_a_file_resembles_the_manifest(document: dict[str, Any]) -> None:
    said, read = letters(document["title"]), letters(extracted(document["path"]).title)
    matcher = difflib.SequenceMatcher(None, said, read, autojunk=False)
    shared = sum(block.size for block in matcher.get_matching_blocks())
    assert shared >= 0.6 * min(len(said), len(read))
    assert shared >= 0.4 * len(said)


def test_titles_and_file_names_are_told_apart() -> None:
    assert len(values("title")) == len(MANIFEST)
    assert len({Path(path).name for path in PATHS}) == len(MANIFEST)


def test_dates_lie_in_the_year_that_the_library_tells_of() -> None:
    dates = sorted(dt.date.fromisoformat(document["published"]) for document in MANIFEST)
    assert dt.date(2025, 10, 1) <= dates[0]
    assert dates[-1] <= dt.date(2026, 11, 30)


def test_the_samples_take_less_than_15_megabytes() -> None:
    files = [path for path in LIBRARY.root.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 15 * 2**20


def test_the_manifest_says_what_the_sources_say() -> None:
    sources = load_sources(LIBRARY.sources)
    assert [json.loads(json.dumps(entry(source))) for source in sources] == MANIFEST


def test_every_built_file_is_current_with_its_source() -> None:
    built = LIBRARY.load_record()
    digests = {source.path: source.digest for source in load_sources(LIBRARY.sources)}
    assert {path: record["source"] for path, record in built.items()} == digests


def test_every_built_file_is_the_one_that_was_built_and_there_is_no_other() -> None:
    found = {
        path.relative_to(LIBRARY.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in LIBRARY.files.rglob("*")
        if path.is_file() and path != LIBRARY.record
    }
    assert found == {path: record["file"] for path, record in LIBRARY.load_record().items()}
