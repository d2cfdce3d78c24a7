"""How fast files come in and can be found, and whether memory stays flat over thousands.

The files are those of the sample library (docx, pptx, xlsx, pdf, html, md, txt), office files with
a picture in them that brings the average to 200 KB, as real ones have; each is made different from
every other.
"""

import io
import itertools
import os
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.report import Check, Figure, Report, Section, database_option, finish
from config import Settings
from portal.accounts import import_user
from portal.catalogue import Viewer
from portal.demo import SAMPLES
from portal.ingest import Filing, ingest
from portal.jobs import catch_up
from portal.migrate import upgrade
from portal.search import SearchRequest
from portal.services import Services, build_services

AVERAGE = 200 * 1024
OFFICE = (".docx", ".pptx", ".xlsx")
LONGEST_SECONDS = 60.0
# What a process may still grow by after the first tenth of the files, caches having filled.
MOST_GROWTH_MIB = 64


def files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of ``count`` different files of 200 KB on average."""
    paths = sorted(path for path in (SAMPLES / "library").rglob("*") if path.is_file())
    chance = random.Random(seed)
    office = [path for path in paths if path.suffix in OFFICE]
    missing = AVERAGE * len(paths) - sum(path.stat().st_size for path in paths)
    picture = max(0, missing // len(office))
    for number, path in zip(range(count), itertools.cycle(paths), strict=False):
        yield f"{number:05}{path.suffix}", _vary(path, number, picture, chance)


def _vary(path: Path, number: int, picture: int, chance: random.Random) -> bytes:
    data, mark = path.read_bytes(), f"wd{number:05}"
    if path.suffix in OFFICE:
        buffer = io.BytesIO(data)
        with zipfile.ZipFile(buffer, "a") as archive:
            folder = {".docx": "word", ".pptx": "ppt", ".xlsx": "xl"}[path.suffix]
            archive.writestr(f"{folder}/media/{mark}.jpg", chance.randbytes(picture))
        return buffer.getvalue()
    if path.suffix == ".pdf":
        return data + f"\n% {mark}\n".encode()
    return data + f"\n\n<p>{mark}</p>\n".encode()


@click.command()
@click.option("--files", "count", default=100, show_default=True, help="How many files.")
@click.option("--seed", default=2026, show_default=True, help="Seed of what differs.")
@database_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(count: int, seed: int, database_url: str, json_file: Path | None) -> None:
    """Take files in one after the other, index them, and watch time and memory.

    \b
    Examples:
      python -m benchmarks.ingest_files
      python -m benchmarks.ingest_files --files 5000
    """
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), extras=False, database_url=database_url)
        services = build_services(settings)
        upgrade(services.db)
        figures, checks = _measure(services, count, seed)
        services.db.dispose()
    section = Section("Files in, until they can be found", "", tuple(figures))
    report = Report("ingest_files", {"files": count, "seed": seed}, (section,), tuple(checks))
    raise SystemExit(finish(report, json_file))


def _measure(services: Services, count: int, seed: int) -> tuple[list[Figure], list[Check]]:
    with services.db.write() as session:
        filing = Filing(import_user(session).id, {"industry": ("education",)}, publish=True)
    taxonomy, taken, size, failed = services.taxonomy(), 0.0, 0, 0
    memory: list[tuple[int, float, float]] = []
    for number, (name, data) in enumerate(files(count, seed), 1):
        begun = time.perf_counter()
        outcome = ingest(
            *(services.db, services.blobs, taxonomy, data, name, filing, services.limits)
        )
        taken += time.perf_counter() - begun
        size, failed = size + len(data), failed + (outcome.status != "added")
        if number % max(1, count // 10) == 0:
            readers = sum(_resident_mib(pid) for pid in _readers())
            memory.append((number, _resident_mib(os.getpid()), readers))
    begun = time.perf_counter()
    catch_up(services)
    indexing = time.perf_counter() - begun
    found = services.search.search(SearchRequest(""), Viewer.operator()).total
    case = f"{count:,} files, {size / count / 1024:.0f} KB on average"
    figures = [
        Figure("portal", case, "taken in", taken, "s"),
        Figure("portal", case, "indexed", indexing, "s"),
        Figure("portal", case, "together", taken + indexing, "s"),
    ]
    for number, own, held in memory:
        figures.append(Figure("memory", f"after {number:,}", "process", own, "MiB"))
        figures.append(Figure("memory", f"after {number:,}", "readers", held, "MiB"))
    growth = max(memory[-1][1] - memory[0][1], memory[-1][2] - memory[0][2])
    checks = [
        Check("every file is in", failed == 0, f"{failed} failed"),
        Check("every file is found", found == count, f"{found} of {count}"),
        Check("memory is flat", growth <= MOST_GROWTH_MIB, f"grew by {growth:.0f} MiB"),
    ]
    if count == 100:
        together = taken + indexing
        checks.append(Check("under a minute", together < LONGEST_SECONDS, f"{together:.1f} s"))
    return figures, checks


def _resident_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    line = next((line for line in lines if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) / 1024


def _readers() -> list[int]:
    children = Path(f"/proc/{os.getpid()}/task")
    return [
        int(child)
        for path in children.glob("*/children")
        for child in path.read_text(encoding="ascii").split()
    ]


if __name__ == "__main__":
    main()
