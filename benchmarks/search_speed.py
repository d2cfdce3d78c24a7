"""Search speed: the portal beside Whoosh, SQLite FTS5 and tantivy on the same documents.

Every engine holds the same words, cut once by the portal's rules, and ranks documents with any of
the query's words; the best 20 are asked for.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from benchmarks import checks, measure
from benchmarks.corpus import BenchDocument, BenchQuery, make_queries
from benchmarks.engines import LIMIT, Case, Engine
from benchmarks.engines_fts import FtsEngine
from benchmarks.engines_portal import FirstStage, WholeAnswer
from benchmarks.engines_tantivy import TantivyEngine
from benchmarks.engines_whoosh import WhooshEngine
from benchmarks.freshness import publish_to_searchable
from benchmarks.library import documents_in, fill, holds, kept, open_portal, prepare, reader
from benchmarks.report import Check, Figure, Report, Section, finish
from portal.services import Services

MEMORY_QUERIES = 1000
_WARM = (
    f"Milliseconds for the best {LIMIT}, median over rounds of each query, percentiles over "
    "queries; engines take turns. The whole answer is a page of 10 with permissions, second stage, "
    "all facets and marked snippets."
)
_COLD = (
    "First query of an engine that was just opened, or for the portal, whose server process stays "
    "up, just emptied of decoded postings. The system's file cache is warm."
)
_MEMORY = f"A worker of the web server, before and after {MEMORY_QUERIES} different queries."


@click.command()
@click.option("--docs", default=20_000, show_default=True, help="How many documents.")
@click.option("--queries", "asked", default=60, show_default=True, help="How many queries.")
@click.option("--seed", default=2026, show_default=True, help="Seed of documents and queries.")
@click.option("--skip", multiple=True, help="Leave out this peer: whoosh, fts5 or tantivy.")
@click.option("--cache", type=click.Path(path_type=Path), help="Keep built indexes here.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(
    docs: int,
    asked: int,
    seed: int,
    skip: tuple[str, ...],
    cache: Path | None,
    json_file: Path | None,
) -> None:
    """Measure search speed, freshness and memory.

    \b
    Examples:
      python -m benchmarks.search_speed --docs 100000 --cache /var/tmp/bench --json speed.json
      python -m benchmarks.search_speed --docs 5000 --skip whoosh
    """
    with kept(cache, docs, seed) as folder:
        services = open_portal(folder / "portal")
        documents = documents_in(folder, services, docs, seed)
        _build_portal(services, documents)
        engines = [*_own(services), *_peers(folder, documents, skip)]
        queries = make_queries(documents, asked, seed)
        sections, found = measure_all(services, engines, queries, documents, seed)
    parameters = {"documents": docs, "queries": asked, "seed": seed}
    report = Report("search_speed", parameters, tuple(sections), tuple(found))
    raise SystemExit(finish(report, json_file))


def _build_portal(services: Services, documents: Sequence[BenchDocument]) -> None:
    with _told("portal"):
        if not holds(services, len(documents)):
            fill(services, documents)
        prepare(services)


def _own(services: Services) -> list[Engine]:
    whole = WholeAnswer(services, reader(services))
    return [FirstStage(services), whole]


def _peers(
    folder: Path, documents: Sequence[BenchDocument], skip: Sequence[str]
) -> Iterator[Engine]:
    builders: dict[str, Callable[[Path, Sequence[BenchDocument]], None]] = {
        "whoosh": WhooshEngine.build,
        "fts5": FtsEngine.build,
        "tantivy": TantivyEngine.build,
    }
    for name in (name for name in builders if name not in skip):
        path = folder / name
        if not path.exists():
            with _told(name):
                # Moved into place when whole: an interrupted build is not taken for an index.
                builders[name](folder / f"{name}.part", documents)
                (folder / f"{name}.part").rename(path)
    if "whoosh" not in skip:
        yield WhooshEngine(folder / "whoosh")
    if "fts5" not in skip:
        yield FtsEngine(folder / "fts5")
    if "tantivy" not in skip:
        yield TantivyEngine(folder / "tantivy", count=False)
        yield TantivyEngine(folder / "tantivy", count=True)


@contextmanager
def _told(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{name}: ready after {time.perf_counter() - started:.1f} s", file=sys.stderr)


def measure_all(
    services: Services,
    engines: Sequence[Engine],
    queries: Sequence[BenchQuery],
    documents: Sequence[BenchDocument],
    seed: int,
) -> tuple[list[Section], list[Check]]:
    """Run every measurement; return the tables and what was checked on the way."""
    figures: list[Figure] = []
    ratios: list[Figure] = []
    found: list[Check] = []
    for case in Case:
        timed = measure.time_warm(engines, queries, case, seed)
        figures += measure.figures(timed, case)
        if FirstStage.name in timed:
            ratios += measure.ratios(timed, case, FirstStage.name)
        found += checks.case_checks(case, timed, engines, queries, documents)
        found += checks.rankings_agree(timed, FirstStage.name, "tantivy")
    cold = measure.time_cold(engines, queries)
    published, seen = publish_to_searchable(services)
    return [
        Section("Warm", _WARM, tuple(figures)),
        Section("Warm, in proportion", "Above 1: slower than ours.", tuple(ratios)),
        Section("Cold", _COLD, tuple(measure.figures(cold, "cold"))),
        Section("Freshness", "From the commit of the document's rows.", tuple(published)),
        Section("Memory", _MEMORY, tuple(_memory(services, documents, seed))),
    ], [*found, *seen]


def _memory(services: Services, documents: Sequence[BenchDocument], seed: int) -> Iterator[Figure]:
    asked = [query.text for query in make_queries(documents, MEMORY_QUERIES, seed + 1)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.resident", str(services.settings.data_dir)],
        input="\n".join(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    for state, megabytes in json.loads(done.stdout)["megabytes"].items():
        yield Figure("portal, server process", "resident memory", state, megabytes, "MiB")


if __name__ == "__main__":
    main()
