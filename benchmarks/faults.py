"""What may go wrong under load: a full disk, a locked database, a lost index, killed processes.

``python -m benchmarks.faults --kept FOLDER`` serves a copy of a library on a small file system of
its own, asks pages at a constant rate and publishes a document every second. Each fault comes
while that goes on and passes again. Every answer must then have been a right page or a clear 503,
the portal must be ready again by itself, and every acknowledged document must be found once.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import requests

from benchmarks.crash import read_words
from benchmarks.library import author_id
from benchmarks.load import measure, missing
from benchmarks.load_client import Measured, Plan
from benchmarks.load_portal import PATIENCE, Served, library, publishing, questions, served
from benchmarks.report import Check, Figure, Report, Section, finish

BEFORE, AFTER = 8.0, 20.0
FAULT_SECONDS = 10.0
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Survived:
    """What came of one fault; ``recovery`` are seconds from its end until the portal was ready."""

    name: str
    measured: Measured
    recovery: float


def full_disk(portal: Served) -> None:
    """Fill the portal's file system to the last byte, and make room again."""
    ballast = portal.folder.parent / "ballast"
    with ballast.open("wb", buffering=0) as file:
        block = b"\0" * _MIB
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]
    time.sleep(FAULT_SECONDS)
    ballast.unlink()


def locked_database(portal: Served) -> None:
    """Hold the right to write, as a program that somebody opened the database with does."""
    other = sqlite3.connect(portal.folder / "portal.db", isolation_level=None, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    time.sleep(FAULT_SECONDS)
    other.execute("ROLLBACK")
    other.close()


def lost_index(portal: Served) -> None:
    """Remove the folder of the index under its readers and its writer."""
    shutil.rmtree(portal.folder / "index")


def killed_indexer(portal: Served) -> None:
    """Kill -9 the indexer."""
    _kill(portal, "portal indexer")


def killed_scheduler(portal: Served) -> None:
    """Kill -9 the scheduler."""
    _kill(portal, "portal scheduler")


FAULTS: Mapping[str, Callable[[Served], None]] = {
    "full disk": full_disk,
    "locked database": locked_database,
    "killed indexer": killed_indexer,
    "killed scheduler": killed_scheduler,
    # The last: making 100,000 documents' index anew takes minutes, for which the check that nothing
    # is lost waits.
    "lost index": lost_index,
}


@click.command()
@click.option("--docs", default=100_000, show_default=True, help="How many documents.")
@click.option("--rate", default=50.0, show_default=True, help="Pages a second.")
@click.option("--seed", default=2026, show_default=True, help="Seed of documents and questions.")
@click.option(
    "--kept",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The library of `benchmarks.load`; it is built here on the first run.",
)
@click.option("--only", multiple=True, type=click.Choice(list(FAULTS)), help="This fault alone.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(
    docs: int, rate: float, seed: int, kept: Path, only: tuple[str, ...], json_file: Path | None
) -> None:
    """Let things go wrong under load. Has to be root, who may mount a file system in memory.

    \b
    Example:
      python -m benchmarks.faults --kept /var/tmp/load
    """
    paths = questions(library(kept / "portal", docs, seed), seed)
    acknowledged = kept / "published.txt"
    acknowledged.unlink(missing_ok=True)
    with (
        _small_disk(kept / "portal", kept / "disk") as disk,
        served(kept / "portal", disk / "run") as portal,
    ):
        author, cookies = author_id(portal.services), portal.sign_in()
        measure(portal, Plan(portal.port, rate, BEFORE, paths, cookies))
        plan = Plan(portal.port, rate, BEFORE + FAULT_SECONDS + AFTER, paths, cookies)
        with publishing(portal, author, acknowledged, 1.0):
            survived = [survive(portal, plan, name) for name in only or FAULTS]
        words = read_words(acknowledged)
        lost = missing(portal, words)
    figures = [figure for each in survived for figure in _figures(each)]
    figures.append(Figure("published", "", "acknowledged", len(words), ""))
    checks = [each for item in survived for each in _checks(item)]
    checks.append(Check("nothing acknowledged is lost or doubled", not lost, f"{lost[:5]}"))
    section = Section("Faults under load", "", tuple(figures))
    report = Report("faults", {"documents": docs, "rate": rate}, (section,), tuple(checks))
    raise SystemExit(finish(report, json_file))


def survive(portal: Served, plan: Plan, name: str) -> Survived:
    """Let one thing go wrong in the middle of a plan."""
    with ThreadPoolExecutor(1) as aside:
        asking = aside.submit(measure, portal, plan)
        time.sleep(BEFORE)
        FAULTS[name](portal)
        passed = time.monotonic()
        _wait_until_ready(portal)
        recovery = time.monotonic() - passed
        return Survived(name, asking.result(), recovery)


def _wait_until_ready(portal: Served) -> None:
    deadline, pause = time.monotonic() + PATIENCE * 5, threading.Event()
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{portal.root}/readyz", timeout=PATIENCE).status_code == 200:
                return
        except requests.RequestException:
            pass
        pause.wait(0.2)
    raise TimeoutError("the portal is not ready again")


@contextmanager
def _small_disk(library_folder: Path, place: Path) -> Iterator[Path]:
    """A file system with room for the library twice and for what a minute's work adds."""
    taken = sum(path.stat().st_size for path in library_folder.rglob("*") if path.is_file())
    place.mkdir(exist_ok=True)
    size = f"size={taken * 2 // _MIB + 512}m"
    command = ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(place)]
    if subprocess.run(command, check=False).returncode:
        raise click.UsageError("no file system could be mounted; this has to be run as root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def _kill(portal: Served, command: str) -> None:
    for pid in portal.pids(command):
        os.kill(pid, signal.SIGKILL)


def _figures(survived: Survived) -> Iterator[Figure]:
    measured = survived.measured
    yield Figure(survived.name, "", "answers", len(measured.milliseconds), "")
    yield Figure(survived.name, "", "503", measured.statuses.get("503", 0), "")
    p99 = float(np.percentile(measured.milliseconds or [0.0], 99))
    yield Figure(survived.name, "", "p99", p99, "ms")
    yield Figure(survived.name, "", "ready again after", survived.recovery, "s")


def _checks(survived: Survived) -> Iterator[Check]:
    measured = survived.measured
    others = {code: n for code, n in measured.statuses.items() if code not in ("200", "503")}
    yield Check(
        f"{survived.name}: pages are right or say 503",
        not (others or measured.wrong or measured.errors),
        f"other statuses {others}, wrong {measured.wrong}, connections {measured.errors}",
    )


if __name__ == "__main__":
    main()
