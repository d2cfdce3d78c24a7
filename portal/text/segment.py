"""Words: Chinese by jieba's dictionary plus our lexicon, everything else by its parts.

``rjieba`` is a Rust implementation of jieba's algorithm over the same dictionary, over twenty
times faster; jieba itself stands in where no ``rjieba`` wheel exists. The engine's name and the
words added to the dictionary are part of a segmenter's version, which is part of the index's: an
index is never read with other words than it was written with.

The hidden Markov model that guesses unknown words is off: it guesses differently in a question and
in a text, so that a name is found in one and missed in the other. Without it an unknown name falls
into single characters in both, and the second stage of ranking rewards their standing together.
docs/decisions/0004-segmentation.md has the figures.
"""

import functools
import hashlib
import importlib.metadata
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from portal.text.lexicon import FUNCTION_WORDS, QUESTION_WORDS, WORDS

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f"
_RUN = re.compile(
    rf"(?P<han>[{_HAN}]+)|(?P<latin>[a-z0-9]+(?:[-_./+#&][a-z0-9]+)*[+#]*)|(?P<other>[^\W_]+)"
)
_PART = re.compile(r"[a-z]+|[0-9]+(?:\.[0-9]+)*")
_PLAIN = re.compile(r"[a-z0-9]+")
_LATIN = re.compile(r"[a-z0-9]+(?:[-_./+#&][a-z0-9]+)*[+#]*\Z")
_LONGEST_TOKEN = 64


class _Engine(Protocol):
    name: str
    cut: Callable[[str], list[str]]
    cut_for_search: Callable[[str], list[str]]


class _RustEngine:
    def __init__(self, words: Iterable[str]) -> None:
        import rjieba

        dictionary = rjieba.Jieba()
        for word in words:
            dictionary.add_word(word, None, None)
        self.name = f"rjieba-{importlib.metadata.version('rjieba')}"
        self.cut: Callable[[str], list[str]] = lambda text: dictionary.cut(text, False)
        self.cut_for_search: Callable[[str], list[str]] = lambda text: dictionary.cut_for_search(
            text, False
        )


class _PythonEngine:
    def __init__(self, words: Iterable[str]) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        dictionary = jieba.Tokenizer()
        for word in words:
            dictionary.add_word(word)
        self.name = f"jieba-{importlib.metadata.version('jieba')}"
        self.cut: Callable[[str], list[str]] = lambda text: dictionary.lcut(text, HMM=False)
        self.cut_for_search: Callable[[str], list[str]] = lambda text: dictionary.lcut_for_search(
            text, HMM=False
        )


def _engine(words: Iterable[str]) -> _Engine:
    try:
        return _RustEngine(words)
    except ImportError:
        return _PythonEngine(words)


_REMEMBERED = 10_000
_RULES = "2"  # raise it whenever a rule in this module or in `normalise` changes


class Segmenter:
    """Cuts folded text into words by jieba's dictionary, our lexicon and further words.

    ``words`` are what administrators added, folded. Safe for threads; making one loads the
    dictionary (about 0.1 s), so take them from :func:`segmenter`.
    """

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self._dictionary = _engine((*WORDS, *words))
        # Questions ask for the same words again and again.
        self._sub_words: dict[str, tuple[str, ...]] = {}

    @property
    def version(self) -> str:
        """A name for everything that decides how text becomes words."""
        lexicon = hashlib.sha256("\n".join((*WORDS, *self.words)).encode()).hexdigest()[:12]
        return f"{_RULES}/{self._dictionary.name}/{lexicon}"

    def index_tokens(self, folded: str) -> Iterator[str]:
        """Every token under which folded text is to be found: words, their sub-words, parts.

        A word that contains shorter dictionary words yields those too, so that 检索 finds 全文检索.
        """
        for match in _RUN.finditer(folded):
            run = match.group()
            if match.lastgroup == "han":
                yield from self._dictionary.cut_for_search(run)
            elif match.lastgroup == "latin":
                yield from _latin_tokens(run)
            else:
                yield run[:_LONGEST_TOKEN]

    def query_words(self, folded: str) -> list[str]:
        """The words of a question in order, without repetition and without sub-words.

        Function words (的, 怎么, ...) are left out unless nothing else is there.
        """
        return content_words(word for run in self.runs(folded) for word in run)

    def runs(self, folded: str) -> Iterator[list[str]]:
        """The words of each stretch of Chinese, Latin or other script, in order."""
        for match in _RUN.finditer(folded):
            if match.lastgroup == "han":
                yield self._dictionary.cut(match.group())
            else:
                yield [match.group()[:_LONGEST_TOKEN]]

    def is_question(self, folded: str) -> bool:
        """Whether folded text asks in a sentence: a question mark at the end, or an asking word."""
        if folded.rstrip().endswith("?"):
            return True
        return any(word in QUESTION_WORDS for run in self.runs(folded) for word in run)

    def sub_words(self, word: str) -> tuple[str, ...]:
        """The tokens that stand for a word in the index besides itself."""
        known = self._sub_words.get(word)
        if known is None:
            tokens = dict.fromkeys(self.index_tokens(word))
            known = tuple(token for token in tokens if token != word)
            if len(self._sub_words) >= _REMEMBERED:
                self._sub_words.clear()
            self._sub_words[word] = known
        return known


@functools.lru_cache(maxsize=4)
def segmenter(words: tuple[str, ...] = ()) -> Segmenter:
    """The segmenter with the given further words; the last few are kept."""
    return Segmenter(words)


def content_words(words: Iterable[str]) -> list[str]:
    """The words in order, each once, without function words unless nothing else is there."""
    distinct = list(dict.fromkeys(words))
    return [word for word in distinct if word not in FUNCTION_WORDS] or distinct


def is_latin(word: str) -> bool:
    """Whether a folded word is made of Latin letters and digits, so that prefixes make sense."""
    return word.isascii() and _LATIN.match(word) is not None


def _latin_tokens(run: str) -> Iterator[str]:
    pieces = [run, *_PLAIN.findall(run)]
    pieces += [part for part in _PART.findall(run) if len(part) > 1]
    for piece in dict.fromkeys(pieces):
        yield piece[:_LONGEST_TOKEN]
