"""Questions about passages, from a SQuAD-style file, and other ways of writing the questions."""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opencc
import pypinyin

from benchmarks.corpus import BenchDocument

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:\s+[A-Za-z\u00c0-\u024f]+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the id of the one passage that answers it."""

    text: str
    passage: int


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages as documents of one section, and questions about them."""

    passages: tuple[BenchDocument, ...]
    questions: tuple[Question, ...]


def load(path: Path) -> Collection:
    """Read a file in SQuAD's own form or in CMRC 2018's flat one.

    Passages of the same text count as one. Raises ``ValueError`` for a file without questions.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    numbers: dict[str, int] = {}
    questions = []
    for text, asked in _paragraphs(data):
        number = numbers.setdefault(text, len(numbers) + 1)
        questions += [Question(question, number) for question in asked]
    if not questions:
        raise ValueError(f"{path} holds no questions in SQuAD's form")
    passages = tuple(BenchDocument(number, "", (text,)) for text, number in numbers.items())
    return Collection(passages, tuple(questions))


def _paragraphs(data: Any) -> Iterator[tuple[str, list[str]]]:
    for entry in data["data"] if isinstance(data, Mapping) else data:
        for paragraph in entry.get("paragraphs", [entry]):
            text = paragraph.get("context") or paragraph.get("context_text") or ""
            asked = [item.get("question") or item.get("query_text") for item in paragraph["qas"]]
            yield text, [question for question in asked if question]


def traditional(questions: Iterable[Question]) -> list[Question]:
    """The questions in Traditional characters (OpenCC's s2t)."""
    convert = opencc.OpenCC("s2t").convert
    return [Question(convert(question.text), question.passage) for question in questions]


def one_homophone(
    questions: Iterable[Question], passages: Sequence[BenchDocument], seed: int
) -> list[Question]:
    """The questions with one Han character replaced by another of the same sound and tone.

    The wrong character is one that occurs in the collection, the likelier the more often it does,
    as an input method offers it. A question without such a character stays as it is.
    """
    chooser = random.Random(seed)
    homophones = _homophones(passages)
    return [
        Question(_misspelt(question.text, homophones, chooser), question.passage)
        for question in questions
    ]


def without_latin(questions: Iterable[Question]) -> list[Question]:
    """The questions without Latin letters and pinyin; one that has nothing else stays as it is."""
    return [
        Question(_LATIN.sub(" ", question.text).strip() or question.text, question.passage)
        for question in questions
    ]


def _homophones(passages: Sequence[BenchDocument]) -> dict[str, dict[str, int]]:
    frequencies = Counter(_HAN.findall("".join(passage.text for passage in passages)))
    sounds: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for character, frequency in frequencies.items():
        sounds[_sound(character)][character] = frequency
    return sounds


def _misspelt(
    text: str, homophones: Mapping[str, Mapping[str, int]], chooser: random.Random
) -> str:
    places = [match.start() for match in _HAN.finditer(text)]
    for place in chooser.sample(places, len(places)):
        others = dict(homophones.get(_sound(text[place]), {}))
        others.pop(text[place], None)
        if others:
            wrong = chooser.choices(list(others), weights=list(others.values()))[0]
            return text[:place] + wrong + text[place + 1 :]
    return text


def _sound(character: str) -> str:
    return str(pypinyin.lazy_pinyin(character, style=pypinyin.Style.TONE3)[0])
