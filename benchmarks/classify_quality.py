"""Proposed keys: leave-one-out on the sample library, beside always naming the commonest code."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import numpy as np
from rich.progress import Progress

from benchmarks.report import Check, Figure, Report, Section, finish
from config import Settings
from portal.catalogue import Taxonomy
from portal.demo import add_demo_users, load_samples
from portal.ingest.classify import proposed_keys, scores, train
from portal.ingest.learn import Example, Floats
from portal.ingest.proposals import examples
from portal.migrate import upgrade
from portal.models import FACETS
from portal.services import build_services

_NOTE = (
    "First is right: the code named first is one of the document's own. Precision and recall are "
    "those of all codes that the author would be shown. Every document is judged by "
    "a model that was fitted, titles' shares and confidences included, without it; the commonest "
    "code is that of all documents. Calibration "
    "error: mean difference of confidence and share of right codes, in ten bands of confidence."
)


@click.command()
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(json_file: Path | None) -> None:
    """Measure how often the key proposed first is right.

    \b
    Example:
      python -m benchmarks.classify_quality
    """
    with tempfile.TemporaryDirectory() as folder:
        services = build_services(Settings(data_dir=Path(folder), demo=True))
        upgrade(services.db)
        add_demo_users(services)
        with Progress(disable=True) as progress:
            load_samples(services, progress)
        taxonomy = services.taxonomy()
        with services.db.read() as session:
            known = examples(session)
        services.db.dispose()
    figures, checks = measure(known, taxonomy)
    section = Section("Key named first", _NOTE, tuple(figures))
    report = Report("classify_quality", {"documents": len(known)}, (section,), tuple(checks))
    raise SystemExit(finish(report, json_file))


def measure(known: Sequence[Example], taxonomy: Taxonomy) -> tuple[list[Figure], list[Check]]:
    """For each facet the classifier's accuracy, what it proposes, and the commonest code's."""
    guessed: dict[str, list[Floats]] = {facet: [] for facet in FACETS}
    proposed: dict[str, list[set[str]]] = {facet: [] for facet in FACETS}
    for place, example in enumerate(known):
        model = train([*known[:place], *known[place + 1 :]], taxonomy)
        if model is None:
            raise SystemExit("too few documents to learn from")
        for facet in FACETS:
            guessed[facet].append(scores(model, taxonomy, facet, example))
            keys = proposed_keys(facet, model, taxonomy, example)
            proposed[facet].append({key.code for key in keys})
    figures, checks = [], []
    for facet in FACETS:
        codes = taxonomy.codes(facet)
        truth = np.array([[code in one.keys[facet] for code in codes] for one in known])
        sure = np.array(guessed[facet])
        right = float(truth[np.arange(len(known)), sure.argmax(axis=1)].mean())
        common = _commonest(known, facet)
        figures += [
            Figure("classifier", facet, "first is right", right, ""),
            *_proposals(facet, known, proposed[facet]),
            Figure("classifier", facet, "calibration error", _calibration(sure, truth), ""),
            Figure("commonest code", facet, "first is right", common, ""),
        ]
        name = f"better than the commonest {facet}"
        checks.append(Check(name, right > common, f"{right:.3f}, {common:.3f}"))
    return figures, checks


def _proposals(
    facet: str, known: Sequence[Example], proposed: Sequence[set[str]]
) -> Iterator[Figure]:
    """The share of proposed codes that are right, and of right codes that are proposed."""
    hits = sum(
        len(codes & set(one.keys[facet])) for one, codes in zip(known, proposed, strict=True)
    )
    named = sum(map(len, proposed))
    wanted = sum(len(one.keys[facet]) for one in known)
    yield Figure("classifier", facet, "precision", hits / max(1, named), "")
    yield Figure("classifier", facet, "recall", hits / max(1, wanted), "")


def _commonest(known: Sequence[Example], facet: str) -> float:
    counts = Counter(code for one in known for code in one.keys[facet])
    commonest = max(counts, key=lambda code: counts[code])
    return sum(commonest in one.keys[facet] for one in known) / len(known)


def _calibration(guessed: Floats, truth: Floats) -> float:
    bands = np.minimum((guessed * 10).astype(int), 9)
    error = 0.0
    for band in range(10):
        chosen = bands == band
        if chosen.any():
            error += float(chosen.mean()) * abs(
                float(guessed[chosen].mean()) - float(truth[chosen].mean())
            )
    return error


if __name__ == "__main__":
    main()
