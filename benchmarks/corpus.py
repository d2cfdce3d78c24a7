"""Synthetic Chinese documents and questions about them, from a seed.

Words are drawn from jieba's dictionary in proportion to their frequency, which puts a quarter of
the running text into the 100 most frequent words, as an encyclopaedia does (measured on 848
passages: 0.24, here 0.26). A quarter of each document repeats a few words of its own, because real
text is about something: without that, hardly a rare word would stand twice in one document.
"""

import functools
import hashlib
import itertools
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import jieba
import numpy as np
import numpy.typing as npt

from portal.text import fold, segmenter

CHARACTERS = 500
QUERY_CHARACTERS = 8
OWN_WORDS = 15
OWN_SHARE = 0.25
# Own words are rarer than running text: names, products, terms of a trade.
OWN_POWER = 0.75
SEVERAL_SECTIONS = 0.15
FILTERED = ("industry", "stage")
COUNTED = "work_type"
_HAN = re.compile(r"[\u4e00-\u9fff]+\Z")
_VISIBILITIES = ("everyone", "unit", "author")
_VISIBILITY_SHARES = (0.9, 0.07, 0.03)
_FORMATS = ("docx", "pptx", "xlsx", "pdf", "html", "md", "txt")
_WORDS_PER_DRAW = 400

jieba.setLogLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class BenchDocument:
    """What every engine is given: ids count from 1; ``keys`` hold codes by facet."""

    id: int
    title: str
    sections: tuple[str, ...]
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    visibility: str = "everyone"
    format: str = "txt"

    @property
    def text(self) -> str:
        """Title and sections, for engines that know one field only."""
        return "\n".join((self.title, *self.sections)).strip()


@dataclass(frozen=True, slots=True)
class BenchQuery:
    """A question made of words that follow each other in document ``source``.

    ``terms`` are the very index terms that the portal scores for it; ``filters`` two of the
    source's keys.
    """

    text: str
    terms: tuple[str, ...]
    source: int
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    words: tuple[str, ...]
    common: npt.NDArray[np.float64]
    own: npt.NDArray[np.float64]
    """Cumulative probabilities of running text and of documents' own words."""


@functools.cache
def _vocabulary() -> _Vocabulary:
    words, frequencies = [], []
    with jieba.get_dict_file() as file:
        for line in file:
            word, frequency, *_ = line.decode().split()
            if _HAN.match(word):
                words.append(word)
                frequencies.append(float(frequency))
    weights = np.array(frequencies)
    return _Vocabulary(tuple(words), _cumulative(weights), _cumulative(weights**OWN_POWER))


def _cumulative(weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.cumsum(weights / weights.sum())
    return total


def synthesise(
    count: int, seed: int, codes: Mapping[str, Sequence[str]]
) -> Iterator[BenchDocument]:
    """Yield documents 1 to ``count`` of about 500 characters, keyed by one code of each facet.

    The same arguments yield the same documents; a larger count begins with the smaller one's.
    """
    for number in range(1, count + 1):
        yield _document(number, np.random.default_rng((seed, number)), codes)


def _document(
    number: int, random: np.random.Generator, codes: Mapping[str, Sequence[str]]
) -> BenchDocument:
    words = _running_text(random)
    pieces = 1 if random.random() > SEVERAL_SECTIONS else int(random.integers(2, 6))
    bounds = np.linspace(0, len(words), pieces + 1).astype(int)
    return BenchDocument(
        number,
        "".join(_title(random, words)),
        tuple(_punctuate(random, words[start:end]) for start, end in itertools.pairwise(bounds)),
        {facet: (_skewed(random, values),) for facet, values in codes.items() if values},
        str(random.choice(_VISIBILITIES, p=_VISIBILITY_SHARES)),
        _FORMATS[int(random.integers(len(_FORMATS)))],
    )


def _running_text(random: np.random.Generator) -> list[str]:
    vocabulary = _vocabulary()
    size = random.normal(CHARACTERS, CHARACTERS / 5)
    common = np.searchsorted(vocabulary.common, random.random(2 * _WORDS_PER_DRAW))
    own = np.searchsorted(vocabulary.own, random.random(OWN_WORDS))
    chosen = np.where(
        random.random(len(common)) < OWN_SHARE,
        own[random.integers(OWN_WORDS, size=2 * _WORDS_PER_DRAW)],
        common,
    )
    last = len(vocabulary.words) - 1
    words, length = [], 0
    for position in chosen:
        words.append(vocabulary.words[min(int(position), last)])
        length += len(words[-1])
        if length >= max(size, CHARACTERS / 4):
            break
    return words


def _title(random: np.random.Generator, words: list[str]) -> list[str]:
    content = [word for word in words if len(word) > 1] or words
    return [content[int(place)] for place in random.integers(len(content), size=4)]


def _punctuate(random: np.random.Generator, words: list[str]) -> str:
    marks = random.choice(["", "，", "。"], size=len(words), p=[0.84, 0.1, 0.06])
    return "".join(word + mark for word, mark in zip(words, marks, strict=True))


def _skewed(random: np.random.Generator, values: Sequence[str]) -> str:
    # Squared, so that the first code is carried by many documents and the last by few.
    return values[int(len(values) * random.random() ** 2)]


def make_queries(documents: Sequence[BenchDocument], count: int, seed: int) -> list[BenchQuery]:
    """Excerpts of about 8 characters from documents that everyone may read, one each."""
    random = np.random.default_rng((seed, 0))
    readable = [document for document in documents if document.visibility == "everyone"]
    chosen = random.choice(len(readable), size=min(count, len(readable)), replace=False)
    return [_query(random, readable[int(place)]) for place in chosen]


def _query(random: np.random.Generator, document: BenchDocument) -> BenchQuery:
    section = document.sections[int(random.integers(len(document.sections)))]
    words = [word for word in jieba.cut(section) if _HAN.match(word)]
    start, text = int(random.integers(max(1, len(words) - QUERY_CHARACTERS))), ""
    for word in words[start:]:
        text += word
        if len(text) >= QUERY_CHARACTERS - 1:
            break
    filters = {facet: document.keys[facet][0] for facet in FILTERED if facet in document.keys}
    return BenchQuery(text, query_terms(text), document.id, filters)


def query_terms(text: str) -> tuple[str, ...]:
    """The index terms that the portal scores for a question, for engines that take terms."""
    cut = segmenter()
    words = cut.query_words(fold(text))
    return tuple(dict.fromkeys(term for word in words for term in (word, *cut.sub_words(word))))


def index_text(document: BenchDocument) -> str:
    """The document's index terms by the portal's rules, joined by spaces, for the peers."""
    return " ".join(segmenter().index_tokens(fold(document.text)))


def rules_version() -> str:
    """A name for what documents look like and how they are cut, for what is kept between runs."""
    corpus = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    return f"{corpus}-{segmenter().version}".replace("/", "_")
