"""Learning keys from documents: tf-idf, ridge regression, and confidences from its own errors."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from portal.text import Segmenter
from portal.text.gist import is_telling

Floats: TypeAlias = npt.NDArray[Any]

CHARACTERS = 8000
"""How much of a document is read; what a document is shows early."""
FEWEST = 20
MOST_WORDS = 20_000
PRIOR = 0.3
TITLE_SHARES = (0.0, 0.2, 0.5)
RIDGE = 0.1
HEAD_WEIGHT = 3
_SLICE = 2048


@dataclass(frozen=True, slots=True)
class Example:
    """A document to learn from: folded title with file name, folded text, codes by facet."""

    head: str
    text: str
    keys: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class FacetModel:
    """A facet's classifier.

    ``weights`` has a row for each feature and a column for each of ``codes``. ``title_share`` says
    how much of a document's likeness is its title's; ``platt`` are slope and offset of the
    logistic curve from score to confidence.
    """

    codes: tuple[str, ...]
    weights: Floats
    mean: Floats
    title_share: float
    platt: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Model:
    """Everything learnt.

    ``vocabulary`` gives a word its place among the features of the text; the same word in a title
    stands ``titles`` places later. ``rarities`` are inverse document frequencies by place.
    """

    version: str
    documents: int
    vocabulary: Mapping[str, int]
    rarities: Floats
    titles: int
    facets: Mapping[str, FacetModel]

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a folded word; an unknown one is the rarest."""
        place = self.vocabulary.get(word)
        return math.log(1 + self.documents) + 1 if place is None else float(self.rarities[place])


Bag: TypeAlias = tuple[Floats, Floats]
"""A sparse vector: places in ascending order and values."""


def learn(
    examples: Sequence[Example],
    codes: Mapping[str, tuple[str, ...]],
    prior: Mapping[str, Floats],
    words: Segmenter,
) -> Model | None:
    """Fit a classifier for each facet; ``None`` for fewer than 20 examples.

    ``prior`` holds for each facet a row for each example with a score from 0 to 1 for each code.
    """
    if len(examples) < FEWEST:
        return None
    texts = [_counts(_text_words(one, words)) for one in examples]
    heads = [_counts(_head_words(one, words)) for one in examples]
    vocabulary, rarities = _vocabulary(texts)
    text_bags = [_bag(counts, vocabulary, rarities) for counts in texts]
    head_bags = [_bag(counts, vocabulary, rarities) for counts in heads]
    likeness = _likeness(text_bags, len(vocabulary)), _likeness(head_bags, len(vocabulary))
    facets = {}
    for facet, known in codes.items():
        truth = np.array(
            [[float(code in one.keys.get(facet, ())) for code in known] for one in examples],
            dtype=np.float64,
        )
        rest = truth - PRIOR * prior[facet]
        share, left_out = _best_share(likeness, rest, truth, PRIOR * prior[facet])
        facets[facet] = FacetModel(
            known,
            _weights((text_bags, head_bags), likeness, share, rest, len(vocabulary)),
            rest.mean(axis=0).astype(np.float32),
            share,
            _platt(left_out.ravel(), truth.ravel()),
        )
    return Model(words.version, len(examples), vocabulary, rarities, len(vocabulary), facets)


def weigh(model: Model, example: Example, title_share: float, words: Segmenter) -> Floats:
    """The features of one document as a dense vector, in the places that the model uses."""
    vector = np.zeros(2 * model.titles, dtype=np.float32)
    for start, counts, share in (
        (0, _counts(_text_words(example, words)), 1 - title_share),
        (model.titles, _counts(_head_words(example, words)), title_share),
    ):
        places, values = _bag(counts, model.vocabulary, model.rarities)
        # The weights carry the other square root of the share.
        vector[start + places] = values * math.sqrt(share)
    return vector


def _text_words(example: Example, words: Segmenter) -> Iterator[str]:
    for _ in range(HEAD_WEIGHT):
        yield from _head_words(example, words)
    yield from (word for word in words.index_tokens(example.text) if is_telling(word))


def _head_words(example: Example, words: Segmenter) -> Iterator[str]:
    return (word for word in words.index_tokens(example.head) if is_telling(word))


def _counts(found: Iterator[str]) -> Counter[str]:
    return Counter(found)


def _vocabulary(texts: Sequence[Counter[str]]) -> tuple[dict[str, int], Floats]:
    """The words of most documents first, cut where a large library has more than it needs."""
    frequencies: Counter[str] = Counter()
    for counts in texts:
        frequencies.update(counts.keys())
    kept = sorted(frequencies, key=lambda word: (-frequencies[word], word))[:MOST_WORDS]
    rarities = [math.log((1 + len(texts)) / (1 + frequencies[word])) + 1 for word in kept]
    return {word: place for place, word in enumerate(kept)}, np.array(rarities, dtype=np.float32)


def _bag(counts: Mapping[str, int], vocabulary: Mapping[str, int], rarities: Floats) -> Bag:
    known = sorted(
        (vocabulary[word], count) for word, count in counts.items() if word in vocabulary
    )
    places = np.array([place for place, _ in known], dtype=np.int64)
    values = np.array([1 + math.log(count) for _, count in known], dtype=np.float32)
    values = values * rarities[places]
    length = float(np.linalg.norm(values))
    return places, values / length if length else values


def _slices(bags: Sequence[Bag], width: int) -> Iterator[tuple[int, Floats]]:
    """The bags as dense matrices of a few columns at a time, with the first column's place."""
    for start in range(0, width, _SLICE):
        dense = np.zeros((len(bags), min(_SLICE, width - start)), dtype=np.float32)
        for row, (places, values) in enumerate(bags):
            low, high = np.searchsorted(places, (start, start + _SLICE))
            dense[row, places[low:high] - start] = values[low:high]
        yield start, dense


def _likeness(bags: Sequence[Bag], width: int) -> Floats:
    total = np.zeros((len(bags), len(bags)), dtype=np.float64)
    for _, dense in _slices(bags, width):
        total += dense @ dense.T
    return total


def _best_share(
    likeness: tuple[Floats, Floats], rest: Floats, truth: Floats, prior: Floats
) -> tuple[float, Floats]:
    """The title's share whose left-out predictions name a right code first most often."""
    tried = []
    for share in TITLE_SHARES:
        kernel = (1 - share) * likeness[0] + share * likeness[1]
        left_out = _left_out(kernel, rest) + prior
        first = float(truth[np.arange(len(truth)), left_out.argmax(axis=1)].mean())
        tried.append((first, share, left_out))
    best = max(tried, key=lambda each: each[0])
    return best[1], best[2]


def _left_out(kernel: Floats, rest: Floats) -> Floats:
    """What each example would have been predicted without itself."""
    mean = rest.mean(axis=0)
    hat = kernel @ np.linalg.inv(kernel + RIDGE * np.eye(len(kernel)))
    own = np.diag(hat)[:, None]
    predicted = mean + hat @ (rest - mean)
    return np.asarray((predicted - own * rest) / (1 - own))


def _weights(
    bags: tuple[Sequence[Bag], Sequence[Bag]],
    likeness: tuple[Floats, Floats],
    share: float,
    rest: Floats,
    width: int,
) -> Floats:
    kernel = (1 - share) * likeness[0] + share * likeness[1]
    dual = np.linalg.solve(kernel + RIDGE * np.eye(len(kernel)), rest - rest.mean(axis=0))
    weights = np.zeros((2 * width, rest.shape[1]), dtype=np.float32)
    for start, some, part in ((0, bags[0], 1 - share), (width, bags[1], share)):
        for place, dense in _slices(some, width):
            stop = start + place + dense.shape[1]
            weights[start + place : stop] = math.sqrt(part) * (dense.T @ dual)
    return weights


def _platt(scores: Floats, truth: Floats, steps: int = 30) -> tuple[float, float]:
    """Slope and offset of the logistic curve that fits the scores, by Newton's method.

    A small ridge keeps the curve finite where the scores separate right from wrong.
    """
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    beta = np.zeros(2)
    for _ in range(steps):
        predicted = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (predicted - truth) + 1e-3 * beta
        spread = predicted * (1 - predicted)
        curvature = (design * spread[:, None]).T @ design + 1e-3 * np.eye(2)
        beta = beta - np.linalg.solve(curvature, gradient)
    return float(beta[0]), float(beta[1])
