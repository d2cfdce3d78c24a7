"""Did you mean: the question that was probably meant, when the one typed finds little.

A noisy channel: every question one slip away is weighed by how common its words are in the index
(the language), less a charge for the slip (the channel), and the best are asked. Slips are another
character of the same sound, two characters that changed places, one missing, one too many, one
wrong, and letters that spell pinyin. What the reader cannot reach is never suggested: a correction
must find a document that the reader may open.
"""

import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from portal.recent import Recent
from portal.search.guesses import OPERATOR, Guess, Question, guesses
from portal.search.near import NearSource, NearWords
from portal.search.reach import Reach
from portal.search.snapshot import Snapshot
from portal.search.suggest import NameSource
from portal.text import fold

LONGEST_RUN = 24
LONGEST_TEXT = 200
LONG_ENOUGH = 4
KEPT_SECONDS = 3600.0
_REMEMBERED = 10_000
_ASKED = 8
_TEXTS = 40

# What a guess gains, in natural logarithms, by what it finds.
_STANDS = 3.0
_FOUND = 0.3
_MARGIN = 1.0

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,}|[a-z][a-z0-9']{3,}")


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What came of weighing a question, by which words, and when (``time.monotonic``)."""

    meant: str | None
    words: NearWords
    at: float

    def holds(self, words: NearWords) -> bool:
        """Whether it need not be weighed again."""
        return self.words is words and time.monotonic() - self.at < KEPT_SECONDS


class Speller:
    """Finds the question that was meant.

    Weighing takes longer than all the rest of a page, so what came of it holds for an hour, or
    until the index's words are read anew. That a correction finds something that the reader may
    open is looked up each time.
    """

    def __init__(self, names: NameSource, near: NearSource) -> None:
        self._names = names
        self._near = near
        self._weighed: Recent[tuple[str, frozenset[str] | None], _Weighed] = Recent(_REMEMBERED)

    def did_you_mean(
        self, snapshot: Snapshot, text: str, audiences: frozenset[str] | None
    ) -> str | None:
        """The corrected question, folded, or ``None`` where nothing better is known.

        Quoted phrases, fields and words that are left out stay as they were typed.
        """
        if len(text) > LONGEST_TEXT:
            return None
        typed, words = " ".join(fold(text).split()), self._near.of(snapshot)
        question = Question(Reach(snapshot, audiences), self._names.of(snapshot), words)
        known = self._weighed.get((typed, audiences))
        if known is None or not known.holds(words):
            meant = _corrected(question, typed)
            self._weighed.keep((typed, audiences), _Weighed(meant, words, time.monotonic()))
            return meant
        if known.meant is None or _ask(question, known.meant) is None:
            return None
        return known.meant


def _corrected(question: Question, text: str) -> str | None:
    """The text with its one most probable slip mended."""
    as_typed = _ask(question, text)
    if as_typed is not None and as_typed.is_meant:
        return None
    weighed = []
    for start, run in _runs(text):
        usual = question.language(run)
        best: dict[str, float] = {}
        for guess in guesses(question, run):
            best[guess.text] = max(best.get(guess.text, -math.inf), guess.weight)
        for corrected, weight in best.items():
            whole = text[:start] + corrected + text[start + len(run) :]
            weighed.append(Guess(whole, question.language(corrected) + weight - usual))
    weighed.sort(key=lambda guess: (-guess.weight, guess.text))
    found = _best(question, weighed[:_ASKED])
    if found is None or (as_typed is not None and found.weight < as_typed.gain + _MARGIN):
        return None
    return found.text


def _best(question: Question, weighed: Sequence[Guess]) -> Guess | None:
    """The best of the guesses, which come in the order of their weights, once they are asked."""
    most = _STANDS + _FOUND * math.log(1 + question.reach.snapshot.documents)
    best: Guess | None = None
    for guess in weighed:
        # Asking reads postings. What cannot win whatever it finds is not asked.
        if best is not None and guess.weight + most < best.weight:
            break
        found = _ask(question, guess.text)
        if found is not None and (best is None or guess.weight + found.gain > best.weight):
            best = replace(guess, weight=guess.weight + found.gain)
    return best


@dataclass(frozen=True, slots=True)
class _Found:
    """What asking gave: the gain in weight, and whether nothing else can have been meant.

    A long text that stands somewhere, as it was typed, was meant: there is nothing to mend.
    """

    gain: float
    is_meant: bool


def _ask(question: Question, text: str) -> _Found | None:
    """What a text finds that the reader may open; ``None`` for nothing."""
    words = question.words(text)
    masks = question.reach.holding(words)
    count = sum(int(np.count_nonzero(mask)) for mask in masks)
    if not words or not count:
        return None
    pieces = [piece for piece in OPERATOR.sub(" ", text).split() if len(piece) > 1]
    stands = any(
        all(piece in each for piece in pieces) for each in question.reach.texts(masks, _TEXTS)
    )
    is_long = sum(map(len, pieces)) >= LONG_ENOUGH
    return _Found(_STANDS * stands + _FOUND * math.log(count), stands and is_long)


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """The runs of characters that may be mended, with where they begin."""
    masked = OPERATOR.sub(lambda match: " " * len(match.group()), text)
    for match in _RUN.finditer(masked):
        if len(match.group()) <= LONGEST_RUN:
            yield match.start(), match.group()
