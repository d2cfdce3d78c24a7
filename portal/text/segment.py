"""Words: Chinese by jieba's dictionary plus our lexicon, everything else by its parts.

``rjieba`` is a Rust implementation of jieba's algorithm over the same dictionary, over twenty
times faster; jieba itself stands in where no ``rjieba`` wheel exists. The engine's name is part of
:func:`text_version`, which is part of the index's version: an index is never read with other words
than it was written with.

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
from collections.abc import Callable, Iterator
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
    def __init__(self) -> None:
        import rjieba

        dictionary = rjieba.Jieba()
        for word in WORDS:
            dictionary.add_word(word, None, None)
        self.name = f"rjieba-{importlib.metadata.version('rjieba')}"
        self.cut: Callable[[str], list[str]] = lambda text: dictionary.cut(text, False)
        self.cut_for_search: Callable[[str], list[str]] = lambda text: dictionary.cut_for_search(
            text, False
        )


class _PythonEngine:
    def __init__(self) -> None:
        import jieba

        jieba.setLogLevel(logging.WARNING)
        dictionary = jieba.Tokenizer()
        for word in WORDS:
            dictionary.add_word(word)
        self.name = f"jieba-{importlib.metadata.version('jieba')}"
        self.cut: Callable[[str], list[str]] = lambda text: dictionary.lcut(text, HMM=False)
        self.cut_for_search: Callable[[str], list[str]] = lambda text: dictionary.lcut_for_search(
            text, HMM=False
        )


@functools.cache
def _engine() -> _Engine:
    try:
        return _RustEngine()
    except ImportError:
        return _PythonEngine()


def text_version() -> str:
    """A name for everything that decides how text becomes words: change it, rebuild the index."""
    lexicon = hashlib.sha256("\n".join(WORDS).encode()).hexdigest()[:12]
    return f"{_RULES}/{_engine().name}/{lexicon}"


_RULES = "2"  # raise it whenever a rule in this module or in `normalise` changes


def index_tokens(folded: str) -> Iterator[str]:
    """Every token under which folded text is to be found: words, their sub-words, parts.

    A word that contains shorter dictionary words yields those too, so that 检索 finds 全文检索.
    """
    for match in _RUN.finditer(folded):
        run = match.group()
        if match.lastgroup == "han":
            yield from _engine().cut_for_search(run)
        elif match.lastgroup == "latin":
            yield from _latin_tokens(run)
        else:
            yield run[:_LONGEST_TOKEN]


def query_words(folded: str) -> list[str]:
    """The words of a question in order, without repetition and without sub-words.

    Function words (的, 怎么, ...) are left out unless nothing else is there.
    """
    words: dict[str, None] = {}
    for match in _RUN.finditer(folded):
        if match.lastgroup == "han":
            words.update(dict.fromkeys(_engine().cut(match.group())))
        else:
            words[match.group()[:_LONGEST_TOKEN]] = None
    meaningful = [word for word in words if word not in FUNCTION_WORDS]
    return meaningful or list(words)


def is_question(folded: str) -> bool:
    """Whether folded text asks in a sentence: it ends in a question mark or has an asking word."""
    if folded.rstrip().endswith("?"):
        return True
    runs = (match.group() for match in _RUN.finditer(folded) if match.lastgroup == "han")
    return any(word in QUESTION_WORDS for run in runs for word in _engine().cut(run))


def sub_words(word: str) -> list[str]:
    """The tokens that stand for a word in the index besides itself."""
    return [token for token in dict.fromkeys(index_tokens(word)) if token != word]


def is_latin(word: str) -> bool:
    """Whether a folded word is made of Latin letters and digits, so that prefixes make sense."""
    return _LATIN.match(word) is not None


def _latin_tokens(run: str) -> Iterator[str]:
    pieces = [run, *_PLAIN.findall(run)]
    pieces += [part for part in _PART.findall(run) if len(part) > 1]
    for piece in dict.fromkeys(pieces):
        yield piece[:_LONGEST_TOKEN]
