"""Who used what, in order of time: read from a ratings file, or simulated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Items = NDArray[np.int32]

FEWEST = 3
"""A reader needs one document to be asked for, one to tune on, and one to go by."""
INDUSTRIES, STAGES, AUTHORS = 9, 16, 120
_FIELDS = re.compile(r"::|[,\t]| +")


@dataclass(frozen=True, slots=True)
class Ratings:
    """Each reader's distinct documents, the oldest first; documents are numbered from 0.

    ``published`` is by document, the greater the newer. ``authors`` and ``topics`` are by document
    too, and empty where nothing is known of them.
    """

    histories: list[Items]
    published: NDArray[np.float64]
    authors: Mapping[int, int] = field(default_factory=dict)
    topics: Mapping[int, int] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        """How many documents the catalogue has."""
        return len(self.published)


def load(path: Path) -> Ratings:
    """Read a MovieLens-format file: reader, document, rating, seconds, in any of its separators.

    A first line that names the columns is passed over. Every rating counts as a use, whatever its
    value, as is usual for top-N measurements. A document is taken to be as old as its first rating.
    ``ValueError`` names a line that has another form.
    """
    rows: list[tuple[int, int, float]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        fields = _FIELDS.split(line.strip())
        try:
            rows.append((int(fields[0]), int(fields[1]), float(fields[3])))
        except (ValueError, IndexError):
            if number > 1 and line.strip():
                raise ValueError(f"line {number} of {path.name} is no rating: {line!r}") from None
    table = np.array(rows)
    readers, documents, seconds = table[:, 0], table[:, 1], table[:, 2]
    names, documents = np.unique(documents, return_inverse=True)
    order = np.lexsort((np.arange(len(rows)), seconds, readers))
    starts = np.unique(readers[order], return_index=True)[1][1:]
    histories = [_distinct(part) for part in np.split(documents[order].astype(np.int32), starts)]
    published = np.full(len(names), np.inf)
    np.minimum.at(published, documents, seconds)
    return Ratings([each for each in histories if len(each) >= FEWEST], published)


def simulate(readers: int, documents: int, seed: int) -> Ratings:
    """Colleagues who work in industries of unequal size, each going through the stages of deals.

    At a stage a colleague uses documents of the industry and stage, the better known the more
    often, comes back to authors who helped, and one time in six looks at anything.
    """
    draw = np.random.default_rng(seed)
    sizes = draw.dirichlet(np.full(INDUSTRIES, 2.0))
    industry = draw.choice(INDUSTRIES, documents, p=sizes)
    stage = draw.integers(0, STAGES, documents)
    author = draw.integers(0, AUTHORS, documents)
    fame = np.arange(1, documents + 1, dtype=np.float64) ** -0.8
    draw.shuffle(fame)
    topic = industry * STAGES + stage
    by_topic = {each: np.flatnonzero(topic == each) for each in np.unique(topic)}
    histories = [
        _career(draw, int(home), by_topic, author, fame)
        for home in draw.choice(INDUSTRIES, readers, p=sizes)
    ]
    return Ratings(
        [each for each in histories if len(each) >= FEWEST],
        draw.random(documents),
        dict(enumerate(author.tolist())),
        dict(enumerate(topic.tolist())),
    )


def _career(
    draw: np.random.Generator,
    industry: int,
    by_topic: Mapping[int, NDArray[np.intp]],
    author: NDArray[np.int64],
    fame: NDArray[np.float64],
) -> Items:
    trusted = set(draw.choice(AUTHORS, 8).tolist())
    used: list[int] = []
    stage = int(draw.integers(0, STAGES))
    for _ in range(int(draw.integers(4, 40))):
        choice = by_topic.get(industry * STAGES + stage, np.arange(0))
        if draw.random() < 1 / 6 or not len(choice):
            choice = np.arange(len(fame))
        weights = fame[choice] * np.where(np.isin(author[choice], list(trusted)), 4.0, 1.0)
        used.append(int(draw.choice(choice, p=weights / weights.sum())))
        if draw.random() < 0.3:
            stage = (stage + 1) % STAGES
    return _distinct(np.array(used, dtype=np.int32))


def _distinct(history: Items) -> Items:
    """Each document once, where it was first used."""
    return history[np.sort(np.unique(history, return_index=True)[1])]
