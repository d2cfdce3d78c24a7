"""Search pages at a constant rate while documents are published: latency, errors, memory.

``python -m benchmarks.load --kept FOLDER`` runs ``portal serve`` with two web workers on a copy of
a library of 100,000 documents. Signed-in readers ask for whole pages of results, 150 a second, and
a colleague publishes a document every second; each of those must be found in the end.
"""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from benchmarks.crash import read_words
from benchmarks.library import author_id
from benchmarks.load_client import BROWSER, Measured, Plan
from benchmarks.load_portal import Served, library, publishing, questions, served
from benchmarks.report import Check, Figure, Report, Section, finish
from portal.catalogue import Viewer
from portal.jobs import catch_up
from portal.search import SearchRequest

TARGET_MS = 100.0
# A third of the rate: before the caches hold what is asked often, a page costs twice as much, and a
# portal at work for a day does not meet all of its people at once.
WARM_SECONDS = 150.0
WARM_SHARE = 1 / 3
SAMPLE_SECONDS = 10.0
# More than the caches' own growth towards their limits after the warm-up.
FLAT_SHARE = 0.10
_WRK_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", paths[number %% #paths + 1], {["Cookie"] = "%s", ["User-Agent"] = "%s",
    ["Accept-Encoding"] = "br"})
end
"""


@click.command()
@click.option("--docs", default=100_000, show_default=True, help="How many documents.")
@click.option("--rate", default=150.0, show_default=True, help="Pages a second.")
@click.option("--minutes", default=10.0, show_default=True, help="How long.")
@click.option("--soak", is_flag=True, help="One hour, whatever --minutes says.")
@click.option("--seed", default=2026, show_default=True, help="Seed of documents and questions.")
@click.option(
    "--kept",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Keep the library here; built on the first run, a quarter of an hour for 100,000.",
)
@click.option("--wrk", is_flag=True, help="Afterwards ask as fast as it goes, with wrk.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(
    docs: int,
    rate: float,
    minutes: float,
    soak: bool,
    seed: int,
    kept: Path,
    wrk: bool,
    json_file: Path | None,
) -> None:
    """Measure the portal under constant load.

    \b
    Examples:
      python -m benchmarks.load --kept /var/tmp/load --minutes 10
      python -m benchmarks.load --kept /var/tmp/load --soak
    """
    seconds = 3600.0 if soak else minutes * 60
    documents = library(kept / "portal", docs, seed)
    paths = questions(documents, seed)
    with served(kept / "portal", kept / "run") as portal:
        cookies = portal.sign_in()
        measure(portal, Plan(portal.port, rate * WARM_SHARE, WARM_SECONDS, paths, cookies))
        acknowledged = kept / "run" / "published.txt"
        plan = Plan(portal.port, rate, seconds, paths, cookies)
        author = author_id(portal.services)
        with publishing(portal, author, acknowledged, 1.0), _memory(portal) as megabytes:
            measured = measure(portal, plan)
        lost, errors = missing(portal, read_words(acknowledged)), portal.errors()
        figures = [*_figures(measured, rate), *_memory_figures(megabytes)]
        figures.append(Figure("publisher", "", "documents", len(read_words(acknowledged)), ""))
        if wrk:
            figures += _cross_check(plan, kept / "run")
    sections = (
        Section("Constant load", "Times count from the schedule.", tuple(figures)),
        Section("Ten minutes at a time", "", tuple(_parts(measured, 10))),
        Section("Minute by minute", "", tuple(_parts(measured, 1))),
    )
    parameters = {"documents": docs, "rate": rate, "seconds": seconds, "seed": seed}
    checks = (*_checks(measured, megabytes, lost), _log_check(errors))
    report = Report("load", parameters, sections, checks)
    raise SystemExit(finish(report, json_file))


def measure(portal: Served, plan: Plan) -> Measured:
    """Carry out a plan in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load_client"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Measured(**json.loads(done.stdout))


def missing(portal: Served, words: set[str]) -> list[str]:
    """Acknowledged documents that are not found exactly once when the index has caught up."""
    catch_up(portal.services)
    return [
        word
        for word in sorted(words)
        if portal.services.search.search(SearchRequest(word), Viewer.operator()).total != 1
    ]


@contextmanager
def _memory(portal: Served) -> Iterator[list[float]]:
    """Look at the memory of all processes from time to time."""
    samples, done = list[float](), threading.Event()

    def look() -> None:
        while not done.wait(SAMPLE_SECONDS):
            samples.append(portal.megabytes())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield samples
    finally:
        done.set()
        watcher.join()


def _figures(measured: Measured, rate: float) -> Iterator[Figure]:
    case = f"{rate:g} pages a second"
    yield Figure("portal", case, "answers", len(measured.milliseconds), "")
    for percent in (50, 95, 99, 99.9):
        value = float(np.percentile(measured.milliseconds or [0.0], percent))
        yield Figure("portal", case, f"p{percent:g}", value, "ms")
    yield Figure("portal", case, "longest", max(measured.milliseconds, default=0.0), "ms")


def _parts(measured: Measured, minutes: int) -> Iterator[Figure]:
    """Each so many minutes by themselves."""
    times = np.asarray(measured.milliseconds)
    begun = np.asarray(measured.begun) - min(measured.begun, default=0.0)
    parts = begun // (60 * minutes)
    for part in range(int(parts.max(initial=-1)) + 1):
        first, last = minutes * part + 1, minutes * (part + 1)
        case = f"minute {first}" if minutes == 1 else f"minutes {first} to {last}"
        for percent in (50, 99):
            value = float(np.percentile(times[parts == part], percent))
            yield Figure("portal", case, f"p{percent}", value, "ms")


def _memory_figures(megabytes: list[float]) -> Iterator[Figure]:
    if megabytes:
        first, last = _ends(megabytes)
        yield Figure("memory", "all processes", "first tenth", first, "MiB")
        yield Figure("memory", "all processes", "last tenth", last, "MiB")


def _ends(megabytes: list[float]) -> tuple[float, float]:
    part = max(1, len(megabytes) // 10)
    return float(np.median(megabytes[:part])), float(np.median(megabytes[-part:]))


def _checks(measured: Measured, megabytes: list[float], lost: list[str]) -> tuple[Check, ...]:
    p99 = float(np.percentile(measured.milliseconds or [1e9], 99))
    bad = {code: count for code, count in measured.statuses.items() if code != "200"}
    first, last = _ends(megabytes) if megabytes else (0.0, 0.0)
    return (
        Check("p99 under 100 ms", p99 < TARGET_MS, f"{p99:.1f} ms"),
        Check(
            "no error", not (bad or measured.errors or measured.wrong),
            f"statuses {bad}, connections {measured.errors}, wrong pages {measured.wrong}",
        ),
        Check("memory is flat", last <= first * (1 + FLAT_SHARE), f"{first:.0f}, {last:.0f} MiB"),
        Check("what was published is found once", not lost, f"not: {lost[:5]}"),
    )  # fmt: skip


def _log_check(errors: list[str]) -> Check:
    return Check("no error in the log", not errors, f"{len(errors)} {errors[:3]}")


def _cross_check(plan: Plan, folder: Path) -> Iterator[Figure]:
    """How many pages a second wrk gets out of it, with eight connections that never wait."""
    program = shutil.which("wrk")
    if program is None:
        raise click.UsageError("wrk is not installed (Debian: apt-get install wrk)")
    (folder / "paths.txt").write_text("\n".join(plan.paths), encoding="ascii")
    script = folder / "ask.lua"
    script.write_text(
        _WRK_SCRIPT % (folder / "paths.txt", plan.cookies[0], BROWSER), encoding="ascii"
    )
    command = [program, "-t1", "-c8", "-d30s", "-s", str(script), f"http://127.0.0.1:{plan.port}"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    print(text, file=sys.stderr)
    pages = float(text.partition("Requests/sec:")[2].split()[0])
    yield Figure("wrk", "8 connections, no pause", "pages a second", pages, "")


if __name__ == "__main__":
    main()
