"""Recommendation quality: whether the document that a reader used last is in the list before it.

From each reader's history the last document is taken away; every way of recommending learns from
the rest and names ten documents that the reader has not used, out of the whole catalogue. The ways
that have settings are tuned on the document before the last, which for this is taken away too.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.ratings import Items, Ratings, load, simulate
from benchmarks.recommenders import LENGTH, Recommend, Way, ways
from benchmarks.report import Check, Figure, Report, Section, finish

TIMES_ALS, TIMES_NEIGHBOURS = 1.4, 1.7
_NDCG = f"NDCG@{LENGTH}"
_NOTE = (
    "Of the left-out last document among all documents that the reader has not used; coverage is"
    " the share of the catalogue that is recommended to anybody. The peers' settings are the best"
    " of a grid on a validation split, the portal's are those that it ships with."
)


@click.command()
@click.option(
    "--ratings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A MovieLens-format file: u.data, ratings.dat, ratings.csv or an .inter file.",
)
@click.option("--readers", default=1000, show_default=True, help="Readers to simulate.")
@click.option("--documents", default=1500, show_default=True, help="Documents to simulate.")
@click.option("--seed", default=2026, show_default=True, help="Seed of simulation and peers.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write JSON there too.")
def main(
    ratings: Path | None, readers: int, documents: int, seed: int, json_file: Path | None
) -> None:
    """Measure on a simulation and on a ratings file; exits with 1 when a target is missed.

    \b
    Examples:
      python -m benchmarks.recommend_quality
      python -m benchmarks.recommend_quality --ratings u.data --json quality.json
    """
    simulated, chosen = measure("simulation", simulate(readers, documents, seed), seed)
    parameters: dict[str, Any] = {"readers": readers, "documents": documents, "seed": seed}
    sections, checks = [simulated], list(_simulation_checks(simulated))
    parameters |= {f"simulation's {name}": settings for name, settings in chosen.items()}
    if ratings is not None:
        measured, chosen = measure(ratings.name, load(ratings), seed)
        sections.append(measured)
        checks += _ratings_checks(measured)
        parameters |= {f"{ratings.name}'s {name}": settings for name, settings in chosen.items()}
    report = Report("recommend_quality", parameters, tuple(sections), tuple(checks))
    raise SystemExit(finish(report, json_file))


def measure(title: str, ratings: Ratings, seed: int) -> tuple[Section, dict[str, str]]:
    """The figures of every way of recommending, and the settings that were chosen."""
    known, answers = _without_last(ratings.histories)
    figures: list[Figure] = []
    chosen: dict[str, str] = {}
    for name, way in ways(ratings, seed).items():
        settings = _tuned(way, known)
        if settings:
            chosen[name] = " ".join(f"{key}={value}" for key, value in settings.items())
        lists = _lists(way.learn(known, settings), known)
        figures += _figures(name, title, lists, answers, ratings.documents)
    return Section(title, _NOTE, tuple(figures)), chosen


def gains(lists: Sequence[Sequence[int]], answers: Sequence[int]) -> list[float]:
    """NDCG for each reader: there is one right answer, so it is 1 / log2(1 + its place)."""
    return [
        1.0 / float(np.log2(2 + found.index(answer))) if answer in found else 0.0
        for found, answer in zip(lists, answers, strict=True)
    ]


def _without_last(histories: Sequence[Items]) -> tuple[list[Items], list[int]]:
    return [history[:-1] for history in histories], [int(history[-1]) for history in histories]


def _tuned(way: Way, known: Sequence[Items]) -> Mapping[str, Any]:
    """The settings with the best NDCG for the documents before the last."""
    if len(way.grid) == 1:
        return way.grid[0]
    earlier, answers = _without_last(known)
    return max(
        way.grid,
        key=lambda settings: float(
            np.mean(gains(_lists(way.learn(earlier, settings), earlier), answers))
        ),
    )


def _lists(recommend: Recommend, known: Sequence[Items]) -> list[list[int]]:
    return [list(recommend(reader, history)) for reader, history in enumerate(known)]


def _figures(
    name: str, case: str, lists: Sequence[Sequence[int]], answers: Sequence[int], documents: int
) -> Iterator[Figure]:
    gained = np.array(gains(lists, answers))
    yield Figure(name, case, _NDCG, float(gained.mean()), "")
    yield Figure(name, case, "hit rate", float((gained > 0).mean()) * 100, "%")
    covered = len({document for found in lists for document in found}) / documents
    yield Figure(name, case, "coverage", covered * 100, "%")


def _simulation_checks(section: Section) -> Iterator[Check]:
    quality = _quality(section)
    ours, popular = quality["portal"], quality["most popular"]
    yield Check(
        "above most popular on the simulation", ours > popular, f"{ours:.3f} to {popular:.3f}"
    )


def _ratings_checks(section: Section) -> Iterator[Check]:
    quality = _quality(section)
    for peer, wanted in (("implicit ALS", TIMES_ALS), ("item-item cosine", TIMES_NEIGHBOURS)):
        times = quality["portal"] / quality[peer] if quality[peer] else float("inf")
        name = f"at least {wanted} times {peer} on {section.title}"
        yield Check(name, times >= wanted, f"{times:.2f} times")


def _quality(section: Section) -> dict[str, float]:
    return {figure.engine: figure.value for figure in section.figures if figure.measure == _NDCG}


if __name__ == "__main__":
    main()
