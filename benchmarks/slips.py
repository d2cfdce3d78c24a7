"""Questions with one slip, beside what was meant, made from the words of real texts.

A question is what two to four neighbouring words of a text say. The slip of an input method is
another character of the same sound (tones are not typed), the likelier the more often it occurs in
the texts; the slips of a hurried hand are two characters that changed places, one missing and one
typed twice.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from portal.text import Segmenter, fold
from portal.text.lexicon import FUNCTION_WORDS
from portal.text.pinyin import sounds

Kind = Literal["homophone", "swapped", "missing", "doubled"]
KINDS: tuple[Kind, ...] = ("homophone", "swapped", "missing", "doubled")
SHORTEST, LONGEST = 4, 10
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Slip:
    """What was typed and what was meant."""

    typed: str
    meant: str


def make_slips(
    texts: Sequence[str], segmenter: Segmenter, kind: Kind, count: int, seed: int
) -> list[Slip]:
    """So many different slips of a kind; the same arguments make the same slips."""
    chooser = random.Random(f"{seed} {kind}")
    folded = [fold(text) for text in texts]
    spoil = _spoilers(folded)[kind]
    slips: dict[str, Slip] = {}
    for _ in range(count * _ATTEMPTS):
        meant = excerpt(chooser.choice(folded), segmenter, chooser)
        typed = spoil(meant, chooser) if meant else meant
        if typed != meant:
            slips.setdefault(meant, Slip(typed, meant))
        if len(slips) == count:
            break
    return list(slips.values())


def excerpt(text: str, segmenter: Segmenter, chooser: random.Random) -> str:
    """Two to four neighbouring words that name something; empty where there are too few."""
    runs = [run for run in _HAN.findall(text) if len(run) >= SHORTEST]
    if not runs:
        return ""
    run = chooser.choice(runs)
    words = list(_words(run, segmenter))
    first = chooser.randrange(len(words))
    chosen = words[first : first + chooser.randint(2, 4)]
    while chosen and chosen[0] in FUNCTION_WORDS:
        chosen.pop(0)
    while chosen and chosen[-1] in FUNCTION_WORDS:
        chosen.pop()
    text = "".join(chosen)
    return text if SHORTEST <= len(text) <= LONGEST else ""


def _words(run: str, segmenter: Segmenter) -> Iterator[str]:
    """The run's words in order; what is left out of a question stays with the text."""
    words = segmenter.query_words(run)
    while run:
        word = max((word for word in words if run.startswith(word)), key=len, default=run[0])
        yield word
        run = run[len(word) :]


def _spoilers(texts: Sequence[str]) -> Mapping[Kind, Callable[[str, random.Random], str]]:
    alike = _homophones(texts)

    def homophone(text: str, chooser: random.Random) -> str:
        for place in chooser.sample(range(len(text)), len(text)):
            others = dict(alike.get(sounds(text)[place], {}))
            others.pop(text[place], None)
            if others:
                wrong = chooser.choices(list(others), weights=list(others.values()))[0]
                return text[:place] + wrong + text[place + 1 :]
        return text

    def swapped(text: str, chooser: random.Random) -> str:
        place = chooser.randrange(len(text) - 1)
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    def missing(text: str, chooser: random.Random) -> str:
        # Without its first or last character a text is another excerpt, not a slip.
        place = chooser.randrange(1, len(text) - 1)
        return text[:place] + text[place + 1 :]

    def doubled(text: str, chooser: random.Random) -> str:
        place = chooser.randrange(len(text))
        return text[:place] + text[place] + text[place:]

    return {"homophone": homophone, "swapped": swapped, "missing": missing, "doubled": doubled}


def _homophones(texts: Sequence[str]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for character, frequency in Counter("".join(texts)).items():
        if _HAN.match(character):
            found.setdefault(sounds(character)[0], {})[character] = frequency
    return found
