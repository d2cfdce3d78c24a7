"""What a benchmark found: figures, checks and the machine, as tables and as JSON."""

import datetime as dt
import importlib.metadata
import json
import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import click
from rich.console import Console
from rich.table import Table

_PACKAGES = ("knowledge-portal", "numpy", "whoosh", "jieba", "rjieba", "tantivy")

database_option = click.option(
    "--database-url",
    default="",
    metavar="URL",
    help="An empty database to use; by default SQLite in a folder of its own.",
)
"""For programs that can compare kinds of databases."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: of which engine, in which case, what, and in which unit."""

    engine: str
    case: str
    measure: str
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Check:
    """A result that must hold; ``detail`` says what was found."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong into one table; ``note`` says how they were taken."""

    title: str
    note: str
    figures: tuple[Figure, ...]

    @property
    def measures(self) -> list[str]:
        """The table's columns: each measure with its unit, in order of appearance."""
        return list(dict.fromkeys(_column(figure) for figure in self.figures))

    def rows(self) -> list[tuple[str, ...]]:
        """The table's rows: engine, case, then a cell for each measure."""
        cells: dict[tuple[str, str], dict[str, str]] = {}
        for figure in self.figures:
            row = cells.setdefault((figure.engine, figure.case), {})
            row[_column(figure)] = _shown(figure.value)
        return [
            (*key, *(row.get(name, "") for name in self.measures)) for key, row in cells.items()
        ]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one run of one program found."""

    program: str
    parameters: Mapping[str, Any]
    sections: tuple[Section, ...]
    checks: tuple[Check, ...]
    date: str = field(default_factory=lambda: dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
    machine: Mapping[str, Any] = field(default_factory=lambda: machine())
    versions: Mapping[str, str] = field(default_factory=lambda: versions())

    @property
    def correct(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> str:
        """The report as a JSON object whose figures are grouped by section."""
        return json.dumps(asdict(self) | {"correct": self.correct}, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The report that :meth:`to_json` wrote."""
        data = json.loads(text)
        sections = tuple(
            Section(item["title"], item["note"], tuple(Figure(**row) for row in item["figures"]))
            for item in data["sections"]
        )
        checks = tuple(Check(**item) for item in data["checks"])
        known = {key: data[key] for key in ("program", "parameters", "date", "machine", "versions")}
        return cls(sections=sections, checks=checks, **known)


def finish(report: Report, json_file: Path | None) -> int:
    """Print the report, write its JSON where asked, and return the exit code: 1 if wrong."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=120)
    for section in report.sections:
        console.print(_table(section))
        if section.note:
            console.print(section.note, style="dim")
    for check in report.checks:
        style, word = ("green", "right") if check.passed else ("bold red", "WRONG")
        console.print(f"{word}: {check.name}: {check.detail}", style=style, markup=False)
    if json_file is not None:
        json_file.write_text(report.to_json() + "\n", encoding="utf-8")
    return 0 if report.correct else 1


def markdown(report: Report) -> str:
    """The report as a chapter of a Markdown page."""
    given = ", ".join(f"{name} {value}" for name, value in report.parameters.items())
    lines = [f"## {report.program}", "", f"{report.date[:10]}; {given}.", ""]
    for section in report.sections:
        lines += [f"### {section.title}", "", *_markdown_table(section), "", section.note, ""]
    lines += ["### Checks", ""]
    lines += [
        f"- {'right' if item.passed else '**wrong**'}: {item.name}: {item.detail}"
        for item in report.checks
    ]
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Processor, cores that this process may use, memory in GiB, system and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The versions of everything that is compared."""
    found = {"sqlite": sqlite3.sqlite_version}
    for name in _PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _cpu() -> str:
    try:
        lines: Iterable[str] = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _table(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left")
    table.add_column("engine")
    table.add_column("case")
    for name in section.measures:
        table.add_column(name, justify="right")
    for row in section.rows():
        table.add_row(*row)
    return table


def _markdown_table(section: Section) -> list[str]:
    names = ("engine", "case", *section.measures)
    rule = ("---", "---", *("---:" for _ in section.measures))
    return ["| " + " | ".join(row) + " |" for row in (names, rule, *section.rows())]


def _column(figure: Figure) -> str:
    return f"{figure.measure} ({figure.unit})" if figure.unit else figure.measure


def _shown(value: float) -> str:
    if value == int(value) and abs(value) >= 10:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
