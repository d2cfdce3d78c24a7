"""Each program, run small as a person runs it: its figures, its exit code, its page."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import BenchDocument
from benchmarks.engines_fts import FtsEngine

SPEED = ("search_speed", "--docs", "60", "--queries", "5")


def run(program: str, *arguments: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a program and hand over what it said; its exit code must be the expected one."""
    name = f"benchmarks.{program}" if program else "benchmarks"
    done = subprocess.run(
        [sys.executable, "-m", name, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done


def figures(path: Path) -> list[dict[str, Any]]:
    """Every figure of a JSON file, whatever its section."""
    sections = json.loads(path.read_text(encoding="utf-8"))["sections"]
    return [figure for section in sections for figure in section["figures"]]


def engines(rows: Sequence[dict[str, Any]], measure: str) -> set[str]:
    """The engines of which something was measured."""
    return {row["engine"] for row in rows if row["measure"] == measure}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run of search_speed kept, and its figures in speed.json: it takes longest."""
    folder = tmp_path_factory.mktemp("cache")
    done = run(*SPEED, "--cache", folder, "--json", folder / "speed.json")
    assert "WRONG" not in done.stdout
    return folder


def test_search_speed_measures_every_engine_in_one_run(cache: Path) -> None:
    rows = figures(cache / "speed.json")

    peers = {"Whoosh", "SQLite FTS5", "tantivy", "tantivy, total counted"}
    for measure in ("p50", "p95", "p99"):
        assert peers | {"portal, first stage", "portal, whole answer"} <= engines(rows, measure)
    assert {row["case"] for row in rows} >= {"words", "2 filters", "facets", "cold"}
    assert all(row["value"] > 0 for row in rows)
    assert engines(rows, "publish to searchable, median") == {"portal"}
    assert engines(rows, "after queries") == {"portal, server process"}


def test_all_programs_together_write_one_page(
    tmp_path: Path, cache: Path, squad_file: Path
) -> None:
    page = tmp_path / "benchmarks.md"

    kept = ("--kept", cache / "speed.json")
    run("", *SPEED[1:], *kept, "--cache", cache, "--squad", squad_file, "--out", page)

    text = page.read_text(encoding="utf-8")
    for program in ("search_speed", "index_throughput", "search_quality"):
        assert f"## {program}" in text
    assert str(tmp_path) not in text


def test_search_speed_fails_when_an_engine_gives_wrong_documents(
    tmp_path: Path, cache: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(cache, kept)
    for built in kept.glob("*/fts5"):
        built.unlink()
        FtsEngine.build(built, [BenchDocument(1, "无关", ("与问题无关的文字",))])

    only = ("--skip", "whoosh", "--skip", "tantivy")
    done = run(*SPEED, *only, "--cache", kept, "--json", tmp_path / "speed.json", expect=1)

    assert "WRONG: words: SQLite FTS5 finds the source" in done.stdout
    assert json.loads((tmp_path / "speed.json").read_text())["correct"] is False


def test_index_throughput_compares_with_plain_whoosh(tmp_path: Path) -> None:
    run("index_throughput", "--docs", 30, "--rounds", 1, "--json", tmp_path / "index.json")

    rows = figures(tmp_path / "index.json")
    assert {"portal", "Whoosh, ChineseAnalyzer"} <= engines(rows, "documents per second")
    assert all(row["value"] > 0 for row in rows)


def test_search_quality_finds_passages_by_questions_in_any_script(
    tmp_path: Path, flat_file: Path
) -> None:
    run("search_quality", "--squad", flat_file, "--json", tmp_path / "quality.json")

    rows = figures(tmp_path / "quality.json")
    assert {row["case"] for row in rows} == {
        "plain",
        "Traditional",
        "no Latin letters",
        "one homophone",
    }
    assert {"Whoosh, ChineseAnalyzer", "character bigrams, BM25"} <= engines(rows, "recall@10")
    (ours,) = (
        row["value"]
        for row in rows
        if (row["engine"], row["case"], row["measure"]) == ("portal", "Traditional", "MRR@10")
    )
    assert ours == 1.0


# Run as processes: jieba.analyse leaves a file open where it is imported, an error in tests.
@pytest.mark.parametrize("program", ["", "search_speed", "index_throughput", "search_quality"])
def test_help_shows_an_example(program: str) -> None:
    assert "python -m benchmarks" in run(program, "--help").stdout
