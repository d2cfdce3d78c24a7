"""Suggestions and corrections: their speed, and how often a correction is the right one.

What is typed are the first characters, the pinyin and the initials of titles; the questions to be
mended are excerpts of the documents with one slip. Synthetic text has no sense, so the share of
right corrections says less here than on real text: tests/integration/test_suggest_quality.py holds
that to its figure.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import numpy as np

from benchmarks.corpus import BenchDocument
from benchmarks.library import documents_in, fill, holds, kept, open_portal, prepare, reader
from benchmarks.measure import quiet
from benchmarks.report import Check, Figure, Report, Section, finish
from benchmarks.slips import KINDS, make_slips
from portal.catalogue import Viewer
from portal.search import SearchService
from portal.search.near import NearSource
from portal.search.suggest import SegmentNames
from portal.services import Services
from portal.text import fold
from portal.text.pinyin import SOUNDS, sounds

ROUNDS = 3
_SUGGEST = (
    "Milliseconds for at most 8 suggestions to a reader without privileges, median of 3 rounds."
)
_MEAN = (
    "Milliseconds for one question with one slip, asked for the first time: the portal remembers "
    "what came of it. The share that got back what was meant."
)
_BUILD = "Once for each segment and process: names at the first key, words aside in a thread."


@click.command()
@click.option("--docs", default=20_000, show_default=True, help="How many documents.")
@click.option("--queries", "asked", default=100, show_default=True, help="How many of each kind.")
@click.option("--seed", default=2026, show_default=True, help="Seed of documents and queries.")
@click.option("--cache", type=click.Path(path_type=Path), help="Keep built indexes here.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(docs: int, asked: int, seed: int, cache: Path | None, json_file: Path | None) -> None:
    """Measure suggestions while typing and corrections of slips.

    \b
    Examples:
      python -m benchmarks.suggest --docs 100000 --cache /var/tmp/bench --json suggest.json
    """
    with _portal(cache, docs, seed) as (services, documents):
        viewer = reader(services)
        built = list(_build_times(services.search))
        services.search.prepare_words()
        services.search.warm()
        suggested = tuple(_suggestions(services.search, viewer, documents, asked, seed))
        mended = tuple(_corrections(services.search, viewer, documents, asked, seed))
        hidden = _nothing_hidden(services.search, viewer, documents)
    sections = (
        Section("Suggestions", _SUGGEST, suggested),
        Section("Did you mean", _MEAN, mended),
        Section("Preparation", _BUILD, tuple(built)),
    )
    parameters = {"documents": docs, "queries": asked, "seed": seed}
    report = Report("suggest", parameters, sections, (hidden,))
    raise SystemExit(finish(report, json_file))


@contextmanager
def _portal(
    cache: Path | None, docs: int, seed: int
) -> Iterator[tuple[Services, Sequence[BenchDocument]]]:
    with kept(cache, docs, seed) as folder:
        services = open_portal(folder / "portal")
        documents = documents_in(folder, services, docs, seed)
        if not holds(services, docs):
            fill(services, documents)
        prepare(services)
        yield services, documents


def _build_times(search: SearchService) -> Iterator[Figure]:
    for segment in search.snapshot().segments:
        case = f"names of {segment.arrays.documents} documents"
        started = time.perf_counter()
        names = SegmentNames(segment.arrays)
        yield Figure("portal", case, "time", time.perf_counter() - started, "s")
        yield Figure("portal", case, "held", float(len(names.table)), "")
    started = time.perf_counter()
    near = NearSource()
    near.prepare(search.snapshot())
    yield Figure("portal", "words of all segments", "time", time.perf_counter() - started, "s")
    held = len(near.of(search.snapshot()))
    yield Figure("portal", "words of all segments", "held", float(held), "")


def _suggestions(
    search: SearchService, viewer: Viewer, documents: Sequence[BenchDocument], count: int, seed: int
) -> Iterator[Figure]:
    for case, typed in _typed(documents, count, seed).items():
        yield from _figures(case, _timed([_suggest(search, viewer, text) for text in typed]))


def _typed(documents: Sequence[BenchDocument], count: int, seed: int) -> dict[str, list[str]]:
    chooser = random.Random(seed)
    titles = [fold(document.title) for document in chooser.sample(documents, count)]
    heard = [[SOUNDS[number] for number in sounds(title)] for title in titles]
    return {
        "first character": [title[:1] for title in titles],
        "first 2 characters": [title[:2] for title in titles],
        "first 4 characters": [title[:4] for title in titles],
        "first letter": [parts[0][:1] for parts in heard],
        "first syllable": [parts[0] for parts in heard],
        "pinyin of 4": ["".join(parts[:4]) for parts in heard],
        "initials of 4": ["".join(part[:1] for part in parts[:4]) for parts in heard],
        "pinyin, then initials": [
            "".join(parts[:2]) + "".join(part[:1] for part in parts[2:5]) for parts in heard
        ],
    }


def _suggest(search: SearchService, viewer: Viewer, text: str) -> Callable[[], object]:
    return lambda: search.suggest(text, viewer)


def _corrections(
    search: SearchService, viewer: Viewer, documents: Sequence[BenchDocument], count: int, seed: int
) -> Iterator[Figure]:
    snapshot = search.snapshot()
    readable = [document.text for document in documents[:5000] if document.visibility == "everyone"]
    for kind in KINDS:
        slips = make_slips(readable, snapshot.segmenter, kind, count, seed)
        times, right = list[float](), 0
        with quiet():
            for slip in slips:
                started = time.perf_counter()
                meant = search.did_you_mean(slip.typed, viewer)
                times.append((time.perf_counter() - started) * 1000)
                right += meant == slip.meant
        yield from _figures(kind, times)
        yield Figure("portal", kind, "right", right / len(slips), "")


def _nothing_hidden(
    search: SearchService, viewer: Viewer, documents: Sequence[BenchDocument]
) -> Check:
    """Whether no suggestion names a document that the reader may not open."""
    closed = {document.id for document in documents if document.visibility != "everyone"}
    titles = [document.title for document in documents if document.id in closed][:200]
    shown = [
        each.document for title in titles for each in search.suggest(title[:2], viewer, limit=20)
    ]
    leaked = sorted(closed.intersection(each for each in shown if each is not None))
    return Check("nothing hidden is suggested", not leaked, f"{len(shown)} seen, leaked: {leaked}")


def _timed(asks: Sequence[Callable[[], object]]) -> list[float]:
    """The median of each over the rounds, in milliseconds, after one untimed round."""
    for ask in asks:
        ask()
    with quiet():
        rounds = [[_milliseconds(ask) for ask in asks] for _ in range(ROUNDS)]
    return [float(np.median(times)) for times in zip(*rounds, strict=True)]


def _milliseconds(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000


def _figures(case: str, times: Sequence[float]) -> list[Figure]:
    return [
        Figure("portal", case, f"p{percent}", float(np.percentile(times, percent)), "ms")
        for percent in (50, 95, 99)
    ]


if __name__ == "__main__":
    main()
