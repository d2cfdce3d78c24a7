"""What a text is about: its telling words, and its best sentences as they stand."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from portal.text.lexicon import FUNCTION_WORDS
from portal.text.normalise import fold
from portal.text.segment import Segmenter

TITLE_WEIGHT = 4
TELLING = 40
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_SHORTEST, _LONGEST = 12, 120
_CONSIDERED = 300
_SENTENCES = 3
# Marks of what is filled in, listed, laid out or said to the speaker: no sentence to quote.
_NO_PROSE = re.compile(r"^备注：| \| |【|】|\{\{|_{3,}|\.{4,}|…{2,}")
_WORTHLESS = re.compile(r"[\d.%/:_-]+|第.{1,3}[章节条页步]?")


@dataclass(frozen=True, slots=True)
class Gist:
    """What a text is about: keywords, most telling first, and a few of its own sentences."""

    keywords: tuple[str, ...]
    summary: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    place: int
    text: str
    words: frozenset[str]


def gist(
    title: str,
    text: str,
    words: Segmenter,
    rarity: Callable[[str], float],
    *,
    keywords: int = 6,
    characters: int = 160,
) -> Gist:
    """The telling words by tf-idf and the sentences richest in them, in the text's order.

    ``rarity`` is the inverse document frequency of a folded word. The summary has at most
    ``characters`` characters and is empty where the text has no sentences.
    """
    weights = telling_words(title, text, words, rarity)
    chosen = list(weights)[: keywords * 2]
    # A word inside a longer telling word says nothing more.
    distinct = [word for word in chosen if not any(word in o and word != o for o in chosen)]
    return Gist(tuple(distinct[:keywords]), _summary(text, weights, words, characters))


def telling_words(
    title: str, text: str, words: Segmenter, rarity: Callable[[str], float]
) -> dict[str, float]:
    """The words of highest tf-idf with that weight, best first; words of the title count more."""
    counts = Counter(_candidates(text, words))
    for word in _candidates(title, words):
        counts[word] += TITLE_WEIGHT
    weights = {word: (1 + math.log(count)) * rarity(word) for word, count in counts.items()}
    best = sorted(weights, key=lambda word: (-weights[word], word))[:TELLING]
    return {word: weights[word] for word in best}


def _candidates(text: str, words: Segmenter) -> Iterable[str]:
    for run in words.runs(fold(text)):
        yield from (word for word in run if is_telling(word))


def is_telling(word: str) -> bool:
    """Whether a folded word can say what a text is about: two characters, no number, no 的."""
    return len(word) > 1 and word not in FUNCTION_WORDS and not _WORTHLESS.fullmatch(word)


def _summary(text: str, weights: Mapping[str, float], words: Segmenter, characters: int) -> str:
    prose = list(_prose(text, words))
    said: set[str] = set()
    chosen: list[_Sentence] = []
    left = characters
    while prose and len(chosen) < _SENTENCES:
        best = max(prose, key=lambda sentence: (_score(sentence, weights, said), -sentence.place))
        prose.remove(best)
        if _score(best, weights, said) <= 0:
            break
        if len(best.text) <= left:
            chosen.append(best)
            left -= len(best.text)
            said |= best.words
    return "".join(sentence.text for sentence in sorted(chosen, key=lambda one: one.place))


def _prose(text: str, words: Segmenter) -> Iterable[_Sentence]:
    found = dict.fromkeys(match.group().strip() for match in _SENTENCE.finditer(text))
    usable = (
        sentence
        for sentence in found
        if _SHORTEST <= len(sentence) <= _LONGEST
        and sentence[-1] in "。！？!?"
        and not _NO_PROSE.search(sentence)
    )
    for place, sentence in enumerate(islice(usable, _CONSIDERED)):
        yield _Sentence(place, sentence, frozenset(_candidates(sentence, words)))


def _score(sentence: _Sentence, weights: Mapping[str, float], said: set[str]) -> float:
    """New telling words per length; what stands early tends to say what the text is for."""
    weight = sum(weights.get(word, 0.0) for word in sentence.words - said)
    return weight / math.sqrt(len(sentence.text)) * (1 + 1 / (1 + sentence.place / 4))
