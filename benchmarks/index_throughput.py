"""Indexing throughput: the portal from its database, beside plain Whoosh from memory.

The portal reads rows, folds, cuts words, and writes and syncs its index. Whoosh is given each
document's whole text as one string and cuts it with jieba's own ChineseAnalyzer. They take turns.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from jieba.analyse import ChineseAnalyzer
from whoosh import fields, index, query

from benchmarks.corpus import BenchDocument, BenchQuery, make_queries, synthesise
from benchmarks.library import fill, open_portal, rebuild
from benchmarks.report import Check, Figure, Report, Section, finish
from portal.catalogue import Viewer
from portal.models import FACETS
from portal.search import SearchRequest
from portal.services import Services

KNOWN_ITEMS = 20
PORTAL = "portal"
WHOOSH = "Whoosh, ChineseAnalyzer"
WHOOSH_TWO = "Whoosh, ChineseAnalyzer, 2 processes"
_NOTE = (
    "Documents of about 500 characters; the median over rounds, engines in turns. CPU seconds say "
    "more than seconds where others use the machine too."
)


@dataclass(frozen=True, slots=True)
class Effort:
    """What indexing all documents once took; ``cpu`` counts every process, so it may be more."""

    seconds: float
    cpu: float


@click.command()
@click.option("--docs", default=2000, show_default=True, help="How many documents.")
@click.option("--rounds", default=3, show_default=True, help="How often each engine indexes them.")
@click.option("--seed", default=2026, show_default=True, help="Seed of the documents.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(docs: int, rounds: int, seed: int, json_file: Path | None) -> None:
    """Measure documents indexed per second.

    \b
    Example:
      python -m benchmarks.index_throughput --docs 5000 --json throughput.json
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        services = open_portal(folder / "portal")
        codes: dict[str, Sequence[str]] = {
            facet: services.taxonomy().codes(facet) for facet in FACETS
        }
        documents = list(synthesise(docs, seed, codes))
        fill(services, documents)
        efforts = _take_turns(folder, services, documents, rounds)
        queries = make_queries(documents, KNOWN_ITEMS, seed)
        checks = list(_checks(folder, services, queries))
    sections = (Section("Indexing", _NOTE, tuple(_figures(efforts, docs))),)
    parameters = {"documents": docs, "rounds": rounds, "seed": seed}
    report = Report("index_throughput", parameters, sections, tuple(checks))
    raise SystemExit(finish(report, json_file))


def _take_turns(
    folder: Path, services: Services, documents: Sequence[BenchDocument], rounds: int
) -> dict[str, list[Effort]]:
    ChineseAnalyzer()("预热")  # loads jieba's dictionary, which happens once per process
    builders: Mapping[str, Callable[[Path], None]] = {
        PORTAL: lambda _path: rebuild(services),
        WHOOSH: lambda path: _build_whoosh(path, documents, 1),
        WHOOSH_TWO: lambda path: _build_whoosh(path, documents, 2),
    }
    efforts: dict[str, list[Effort]] = {name: [] for name in builders}
    for number in range(rounds):
        for name, build in builders.items():
            started, used = time.perf_counter(), _cpu_seconds()
            build(folder / f"{name} {number}")
            effort = Effort(time.perf_counter() - started, _cpu_seconds() - used)
            efforts[name].append(effort)
    return efforts


def _cpu_seconds() -> float:
    """What this process and the children it waited for have used so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _build_whoosh(folder: Path, documents: Sequence[BenchDocument], processes: int) -> None:
    schema = fields.Schema(
        number=fields.STORED,
        text=fields.TEXT(analyzer=ChineseAnalyzer()),
        **{facet: fields.KEYWORD(commas=True) for facet in FACETS},
    )
    folder.mkdir(parents=True)
    writer = index.create_in(str(folder), schema).writer(limitmb=256, procs=processes)
    for document in documents:
        keys = {facet: ",".join(codes) for facet, codes in document.keys.items()}
        writer.add_document(number=document.id, text=document.text, **keys)
    writer.commit()


def _figures(efforts: Mapping[str, Sequence[Effort]], docs: int) -> Iterator[Figure]:
    case = f"{docs:,} documents"
    medians = {
        name: Effort(
            statistics.median(item.seconds for item in taken),
            statistics.median(item.cpu for item in taken),
        )
        for name, taken in efforts.items()
    }
    ours = medians[PORTAL]
    for name, median in medians.items():
        yield Figure(name, case, "documents per second", docs / median.seconds, "")
        yield Figure(name, case, "time, times ours", median.seconds / ours.seconds, "")
        yield Figure(name, case, "documents per CPU second", docs / median.cpu, "")
        yield Figure(name, case, "CPU, times ours", median.cpu / ours.cpu, "")


def _checks(folder: Path, services: Services, queries: Sequence[BenchQuery]) -> Iterator[Check]:
    """What was indexed is found again, by whichever engine."""
    found = sum(
        query.source
        in [
            hit.document.id
            for hit in services.search.search(SearchRequest(query.text), Viewer.operator()).hits
        ]
        for query in queries
    )
    yield _found(PORTAL, found, len(queries))
    analyzer = ChineseAnalyzer()
    for name in (WHOOSH, WHOOSH_TWO):
        with index.open_dir(str(folder / f"{name} 0")).searcher() as searcher:
            found = sum(_finds(searcher, analyzer, asked) for asked in queries)
        yield _found(name, found, len(queries))


def _finds(searcher: Any, analyzer: Any, asked: BenchQuery) -> bool:
    terms = dict.fromkeys(token.text for token in analyzer(asked.text))
    words = query.Or([query.Term("text", term) for term in terms])
    return any(hit["number"] == asked.source for hit in searcher.search(words, limit=20))


def _found(name: str, found: int, asked: int) -> Check:
    return Check(f"{name} finds what it indexed", found >= 0.9 * asked, f"{found} of {asked}")


if __name__ == "__main__":
    main()
