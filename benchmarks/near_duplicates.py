"""Near duplicates: how alike unrelated samples are, and how much a text may change to be found."""

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np
import sqlalchemy as sa
from rich.progress import Progress

from benchmarks.report import Check, Figure, Report, Section, finish
from config import Settings
from portal.demo import add_demo_users, load_samples
from portal.ingest.fingerprint import LIKE, bands, likeness, signature
from portal.migrate import upgrade
from portal.models import Section as TextSection
from portal.services import build_services

SEED = 2026
_NOTE = (
    "Every sample is changed at random and compared with itself; found: shares a band and reaches "
    f"the threshold of {LIKE}. Unrelated: every pair of different samples."
)
Change = Callable[[list[str], random.Random], list[str]]


@click.command()
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(json_file: Path | None) -> None:
    """Measure which changes leave a document recognisable, and how alike unrelated ones are.

    \b
    Example:
      python -m benchmarks.near_duplicates
    """
    texts = _texts()
    signatures = [signature(["\n".join(lines)]) for lines in texts]
    figures = []
    for name, change in CHANGES.items():
        chance = random.Random(SEED)
        shares = []
        found = 0
        for lines, own in zip(texts, signatures, strict=True):
            other = signature(["\n".join(change(list(lines), chance))])
            shares.append(likeness(own, other))
            found += shares[-1] >= LIKE and bool(bands(own) & bands(other))
        figures += [
            Figure("MinHash", name, "median likeness", float(np.median(shares)), ""),
            Figure("MinHash", name, "found", found / len(texts), ""),
        ]
    pairs = [
        likeness(one, other)
        for place, one in enumerate(signatures)
        for other in signatures[place + 1 :]
    ]
    alarms = sum(pair >= LIKE for pair in pairs)
    figures += [
        Figure("MinHash", "unrelated pairs", "median likeness", float(np.median(pairs)), ""),
        Figure("MinHash", "unrelated pairs", "largest likeness", max(pairs), ""),
        Figure("MinHash", "unrelated pairs", "found", alarms / len(pairs), ""),
    ]
    check = Check("no two samples are near duplicates", not alarms, f"{alarms} of {len(pairs)}")
    section = Section("Near duplicates", _NOTE, tuple(figures))
    report = Report(
        "near_duplicates", {"documents": len(texts), "seed": SEED}, (section,), (check,)
    )
    raise SystemExit(finish(report, json_file))


def _texts() -> Sequence[list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        services = build_services(Settings(data_dir=Path(folder), demo=True))
        upgrade(services.db)
        add_demo_users(services)
        with Progress(disable=True) as progress:
            load_samples(services, progress)
        found: dict[int, list[str]] = {}
        with services.db.read() as session:
            rows = session.execute(
                sa.select(TextSection.version_id, TextSection.text).order_by(
                    TextSection.version_id, TextSection.ordinal
                )
            )
            for version_id, text in rows:
                found.setdefault(version_id, []).extend(text.splitlines())
        services.db.dispose()
    return list(found.values())


def _numbers(lines: list[str], chance: random.Random) -> list[str]:
    """Every number another one, as in next year's tariff."""
    return [
        "".join(str(chance.randrange(10)) if c.isdigit() else c for c in line) for line in lines
    ]


def _without(share: float) -> Change:
    def change(lines: list[str], chance: random.Random) -> list[str]:
        return [line for line in lines if chance.random() >= share]

    return change


def _reworded(share: float) -> Change:
    """Characters replaced here and there, one in every so many lines."""

    def change(lines: list[str], chance: random.Random) -> list[str]:
        every = "".join(lines)
        return [
            "".join(chance.choice(every) if chance.random() < share else c for c in line)
            for line in lines
        ]

    return change


CHANGES: dict[str, Change] = {
    "every number changed": _numbers,
    "a tenth of the lines dropped": _without(0.1),
    "a third of the lines dropped": _without(1 / 3),
    "one character in fifty changed": _reworded(0.02),
    "one character in ten changed": _reworded(0.1),
}

if __name__ == "__main__":
    main()
