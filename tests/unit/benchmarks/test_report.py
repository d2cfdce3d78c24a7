"""Figures as a table, as JSON, and as a page."""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import page
from benchmarks.report import Check, Figure, Report, Section, finish

FIGURES = (
    Figure("portal", "words", "p50", 0.25, "ms"),
    Figure("portal", "words", "p95", 1234.5, "ms"),
    Figure("SQLite FTS5", "words", "p50", 12.0, "ms"),
)


def report(*, passed: bool = True) -> Report:
    section = Section("Warm", "Taken in turns.", FIGURES)
    check = Check("sources are found", passed, "60 of 60")
    return Report("search_speed", {"documents": 100}, (section,), (check,))


def test_a_row_for_each_engine_and_case_and_a_column_for_each_measure() -> None:
    section = report().sections[0]

    assert section.measures == ["p50 (ms)", "p95 (ms)"]
    assert section.rows() == [
        ("portal", "words", "0.25", "1,234"),
        ("SQLite FTS5", "words", "12", ""),
    ]


def test_json_names_machine_versions_date_and_every_figure() -> None:
    data = json.loads(report().to_json())

    assert data["program"] == "search_speed"
    assert data["correct"] is True
    assert {"cpu", "cores", "memory_gib", "python"} <= set(data["machine"])
    assert {"sqlite", "whoosh", "numpy"} <= set(data["versions"])
    assert data["date"].startswith("20")
    assert data["sections"][0]["figures"][0] == {
        "engine": "portal", "case": "words", "measure": "p50", "value": 0.25, "unit": "ms"
    }  # fmt: skip


def test_json_reads_back_as_the_same_report() -> None:
    written = report()

    assert Report.from_json(written.to_json()) == written


def test_a_right_report_exits_with_0_and_a_wrong_one_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert finish(report(), tmp_path / "right.json") == 0
    assert finish(report(passed=False), tmp_path / "wrong.json") == 1

    assert json.loads((tmp_path / "wrong.json").read_text())["correct"] is False
    assert "WRONG: sources are found: 60 of 60" in capsys.readouterr().out


def test_the_page_shows_machine_tables_and_checks() -> None:
    text = page([report(passed=False)], "python -m benchmarks")

    assert "cores" in text
    assert "| portal | words | 0.25 | 1,234 |" in text
    assert "**wrong**: sources are found" in text
