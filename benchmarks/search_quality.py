"""Search quality: questions to passages, on any SQuAD-style file, beside other ways of indexing.

Each passage is one document of the portal without a title, indexed as any other; a question's only
right answer is its own passage. Questions are also asked in Traditional characters, without their
Latin letters (no pinyin, no abbreviations to hold on to), and with one homophone error.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import numpy as np

from benchmarks.library import fill, open_portal, rebuild
from benchmarks.rankers import (
    DEPTH,
    BigramRanker,
    FirstStageRanker,
    JiebaWhooshRanker,
    PortalRanker,
    Ranker,
    TantivyRanker,
)
from benchmarks.report import Check, Figure, Report, Section, finish
from benchmarks.squad import Collection, Question, load, one_homophone, traditional, without_latin

EXCERPT = 30
EXCERPTS = 50
_NOTE = (
    "Mean reciprocal rank of the right passage among the first 10, and the share of questions whose"
    " passage comes first, or among the first 10."
)


@click.command()
@click.option("--squad", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--questions", type=int, help="Ask only so many questions, drawn by the seed.")
@click.option("--seed", default=2026, show_default=True, help="Seed of errors and of the draw.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(squad: Path, questions: int | None, seed: int, json_file: Path | None) -> None:
    """Measure how often the right passage is found, and how high.

    \b
    Example:
      python -m benchmarks.search_quality --squad dev.json --json quality.json
    """
    collection = load(squad)
    asked = _draw(collection.questions, questions, seed)
    variants = {
        "plain": asked,
        "Traditional": traditional(asked),
        "no Latin letters": without_latin(asked),
        "one homophone": one_homophone(asked, collection.passages, seed),
    }
    with tempfile.TemporaryDirectory() as temporary:
        rankers = _rankers(Path(temporary), collection)
        figures = [
            figure
            for case, written in variants.items()
            for ranker in rankers
            for figure in measure(ranker, case, written)
        ]
        checks = [*excerpts_are_found(rankers, collection), *_refusals(rankers)]
    sections = (Section("Question to passage", _NOTE, tuple(figures)),)
    parameters = {"passages": len(collection.passages), "questions": len(asked), "seed": seed}
    report = Report("search_quality", parameters, sections, tuple(checks))
    raise SystemExit(finish(report, json_file))


def _draw(questions: Sequence[Question], count: int | None, seed: int) -> Sequence[Question]:
    if count is None or count >= len(questions):
        return questions
    chosen = np.random.default_rng(seed).choice(len(questions), size=count, replace=False)
    return [questions[int(place)] for place in sorted(chosen)]


def _rankers(folder: Path, collection: Collection) -> list[Ranker]:
    services = open_portal(folder / "portal")
    fill(services, collection.passages)
    rebuild(services)
    return [
        PortalRanker(services),
        FirstStageRanker(services),
        JiebaWhooshRanker(folder / "whoosh", collection.passages),
        BigramRanker(collection.passages),
        TantivyRanker(folder / "tantivy", collection.passages),
    ]


def measure(ranker: Ranker, case: str, questions: Sequence[Question]) -> Iterator[Figure]:
    """MRR@10, recall@1, recall@10, and the mean time of a question."""
    started = time.perf_counter()
    ranks = np.array([_reciprocal_rank(ranker, question) for question in questions])
    taken = (time.perf_counter() - started) * 1000 / max(1, len(questions))
    measures: Mapping[str, tuple[float, str]] = {
        f"MRR@{DEPTH}": (float(ranks.mean()), ""),
        "recall@1": (float((ranks == 1).mean()), ""),
        f"recall@{DEPTH}": (float((ranks > 0).mean()), ""),
        "mean time": (taken, "ms"),
    }
    for name, (value, unit) in measures.items():
        yield Figure(ranker.name, case, name, value, unit)


def _reciprocal_rank(ranker: Ranker, question: Question) -> float:
    found = list(ranker.rank(question.text))[:DEPTH]
    return 1 / (found.index(question.passage) + 1) if question.passage in found else 0.0


def excerpts_are_found(rankers: Sequence[Ranker], collection: Collection) -> Iterator[Check]:
    """Whoever is asked a passage's own words finds the passage; anything else is a defect."""
    step = max(1, len(collection.passages) // EXCERPTS)
    passages = collection.passages[::step]
    for ranker in rankers:
        missed = sum(
            passage.id not in ranker.rank(passage.text.strip()[:EXCERPT]) for passage in passages
        )
        detail = f"{missed} of {len(passages)} missed"
        # Passages of one article may begin alike, so that a few stand below the tenth place.
        yield Check(
            f"{ranker.name} finds a passage by its beginning", missed <= len(passages) // 20, detail
        )


def _refusals(rankers: Sequence[Ranker]) -> Iterator[Check]:
    for ranker in rankers:
        if isinstance(ranker, PortalRanker):
            yield Check("the portal refuses no question", not ranker.refused, f"{ranker.refused}")


if __name__ == "__main__":
    main()
