"""The texts one slip away from what was typed, each with what the slip is charged.

Charges are natural logarithms: 2.3 wants words ten times as common. docs/decisions has the reasons.
"""

import functools
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from portal.search.near import NearWords, each_span, pair_keys
from portal.search.reach import Reach
from portal.search.suggest import SegmentNames
from portal.text.lexicon import FUNCTION_WORDS
from portal.text.pinyin import homophones, readings, sounds, split_letters

_NAMES_AT_ONCE = 20
_LONGEST_SPAN = 8
_OTHER_READING = 1.0
_CHARGES = {
    "swapped": 1.5,
    "twice": 1.5,
    "extra": 5.5,
    "missing": 2.5,
    "stands": -1.5,
    "wrong": 4.5,
    "dropped": 4.5,
    "name": -2.0,
    "spelt": 0.0,
}
_SHORTEST_STANDING = 3
_TEXTS = 60
_LEFT_OUT = 4.0
_UNSEEN = 0.3

OPERATOR = re.compile(r'"[^"]*"|(?<!\S)-\S+|\S+:\S*')
"""What is typed to steer the search: phrases, words to leave out, fields."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A folded text that may have been meant, with its logarithmic weight."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A reader's view while one text is weighed."""

    reach: Reach
    names: Sequence[SegmentNames]
    near: NearWords
    known: dict[str, int] = field(default_factory=dict)

    def words(self, text: str) -> list[str]:
        plain = OPERATOR.sub(" ", text)
        words = self.reach.snapshot.segmenter.query_words(plain)
        return [word for word in words if word != "or"]

    def frequency(self, word: str) -> int:
        """In how many sections a word stands, readable or not."""
        if word not in self.known:
            # What is not known may be new; the index knows it.
            self.known[word] = self.near.count(word) or self.reach.frequency(word)
        return self.known[word]

    def language(self, run: str) -> float:
        """How likely a run is: the product of its words' shares of all sections."""
        words = self.words(run)
        sections = 1 + self.reach.sections
        total = sum(math.log((self.frequency(word) + _UNSEEN) / sections) for word in words)
        return total - _LEFT_OUT * (len(run) - sum(map(len, words)))


def guesses(question: Question, run: str) -> Iterator[Guess]:
    """What may have been meant by a run of Han characters, or of letters and digits."""
    if run[0].isascii():
        yield from _of_letters(question, run)
        return
    yield from _same_sound(question, run)
    yield from _moved(question, run)
    yield from _near_words(question, run)
    yield from _with_missing(question, run)
    yield from _standing(question, run)
    yield from _names_by_sound(question, run)


def _same_sound(question: Question, run: str) -> Iterator[Guess]:
    for place, character in enumerate(run):
        others = _alike(character)
        for other in _joining(question, run, place, "".join(others)):
            text = run[:place] + other + run[place + 1 :]
            if _is_within_word(question, text, place):
                yield Guess(text, others[other])


@functools.lru_cache(maxsize=4096)
def _alike(character: str) -> dict[str, float]:
    """The characters that can sound like one, each with its weight."""
    return {
        other: -_OTHER_READING * (readings(other)[0] != sound)
        for sound in readings(character)
        for other in homophones(sound)
        if other != character
    }


def _joining(question: Question, run: str, place: int, others: str) -> str:
    """Those of the characters that stand in some word beside a neighbour of the place.

    It spares the cutting of hundreds of texts, few of which hold a word at the place.
    """
    before, after = run[place - 1 : place], run[place + 1 : place + 2]
    joined = np.zeros(len(others), dtype=bool)
    if before:
        pairs = pair_keys("".join(before + other for other in others))[::2]
        joined |= question.near.holds_pairs(pairs)
    if after:
        pairs = pair_keys("".join(other + after for other in others))[::2]
        joined |= question.near.holds_pairs(pairs)
    return "".join(other for other, kept in zip(others, joined, strict=True) if kept)


def _moved(question: Question, run: str) -> Iterator[Guess]:
    for place in range(len(run) - 1):
        if run[place] != run[place + 1]:
            text = swap(run, place)
            if all(_is_within_word(question, text, at) for at in (place, place + 1)):
                yield Guess(text, -_CHARGES["swapped"])
    for place, character in enumerate(run):
        text = run[:place] + run[place + 1 :]
        if character in run[max(0, place - 1) : place] and len(text) > 1:
            yield Guess(text, -_CHARGES["twice"])
        elif 0 < place < len(run) - 1 and _is_joined(question, text, place):
            yield Guess(text, -_CHARGES["extra"])


def _near_words(question: Question, run: str) -> Iterator[Guess]:
    for start, stop in each_span(run, 2, _LONGEST_SPAN):
        for word in question.near.near(run[start:stop]):
            if not word.isascii():
                slip = _slip(stop - start, len(word))
                yield Guess(run[:start] + word + run[stop:], -_CHARGES[slip])


def _slip(typed: int, meant: int) -> str:
    """The name of the slip that makes a word longer, shorter, or another one."""
    if typed == meant:
        return "wrong"
    return "missing" if typed < meant else "dropped"


def _with_missing(question: Question, run: str) -> Iterator[Guess]:
    """A character that stands alone may be what is left of a word of two."""
    alone = {word for word in question.words(run) if len(word) == 1}
    for place, character in enumerate(run):
        for word in question.near.joined(character) if character in alone else ():
            text = run[:place] + word + run[place + 1 :]
            if _known_word(question, text, place, place + 1):
                yield Guess(text, -_CHARGES["missing"])


def _standing(question: Question, run: str) -> Iterator[Guess]:
    """What stands in the texts with one character more, or with two in the other order.

    The words that are left whole find the texts. A slip that broke a word of two can be mended by
    what stands beside them there; from a word's frequent partners it is mostly guessed wrong.
    """
    words = [word for word in question.words(run) if len(word) > 1]
    if not words or len(run) < _SHORTEST_STANDING:
        return
    # Any character, looked at afterwards: a range of Han takes a millisecond to compile, each time.
    longer = [f"{run[:gap]}(.){run[gap:]}" for gap in range(1, len(run))]
    swapped = [swap(run, place) for place in range(len(run) - 1) if run[place] != run[place + 1]]
    pattern = re.compile("|".join((*longer, *swapped)))
    found: dict[str, None] = {}
    for text in question.reach.texts(question.reach.holding(words), _TEXTS):
        for match in pattern.finditer(text):
            more = match.lastindex and match[match.lastindex]
            if not more or ("\u4e00" <= more <= "\u9fff" and more not in FUNCTION_WORDS):
                found[match.group()] = None
    for text in found:
        yield Guess(text, -_CHARGES["stands"])


def swap(text: str, place: int) -> str:
    """The text with the characters at a place and behind it in the other order."""
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _names_by_sound(question: Question, run: str) -> Iterator[Guess]:
    heard = sounds(run)
    # Names are found from where a word begins, so what is typed is taken from there as well.
    begins = {run.find(word) for word in question.words(run)}
    for start, stop in each_span(run, 3, _LONGEST_SPAN):
        if start not in begins or 0 in heard[start:stop]:
            continue
        for name in _readable_names(question, heard[start:stop]):
            wrong = sum(a != b for a, b in zip(name, run[start:stop], strict=True))
            if wrong and wrong <= (stop - start) // 2:
                yield Guess(
                    run[:start] + name + run[stop:], -_CHARGES["name"] - _OTHER_READING * wrong
                )


def _of_letters(question: Question, run: str) -> Iterator[Guess]:
    if question.frequency(run):
        return
    for word in question.near.near(run):
        yield Guess(word, -_CHARGES["missing"])
    letters = run.replace("'", "")
    for way in split_letters(letters)[:3]:
        if len(way) > 1 and all(piece.whole and len(piece.letters) > 1 for piece in way):
            for name in _readable_names(question, [piece.low for piece in way]):
                yield Guess(name, -_CHARGES["spelt"])


def _readable_names(question: Question, heard: Sequence[int]) -> set[str]:
    """What stands in readable names at the beginning of a word and sounds so."""
    found: set[str] = set()
    for part, readable in zip(question.names, question.reach.readable, strict=True):
        positions = part.table.find_sounds(heard)
        names = part.table.owner[positions]
        allowed = positions[readable[part.documents[names]]][:_NAMES_AT_ONCE]
        found.update(part.table.text(int(position), len(heard)) for position in allowed)
    return {text for text in found if len(text) == len(heard)}


def _is_within_word(question: Question, text: str, place: int) -> bool:
    """Whether the character at a place belongs to a longer word that the index knows."""
    return _known_word(question, text, place, place)


def _is_joined(question: Question, text: str, place: int) -> bool:
    """Whether the character at a place belongs to one known word with the character before."""
    return _known_word(question, text, place - 1, place)


def _known_word(question: Question, text: str, first: int, last: int) -> bool:
    low = max(0, first - 4)
    window = text[low : last + 5]
    for word in question.words(window):
        start = low + window.find(word)
        if len(word) > 1 and start <= first and last < start + len(word):
            return question.frequency(word) > 0
    return False
