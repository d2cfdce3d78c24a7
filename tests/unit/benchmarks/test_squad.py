"""Collections are read in either form, and questions rewritten as people write them."""

import json
from pathlib import Path

import pypinyin
import pytest

from benchmarks.squad import Question, load, one_homophone, traditional, without_latin

Passages = tuple[tuple[str, str], ...]


@pytest.mark.parametrize("form", ["flat_file", "squad_file"])
def test_either_form_gives_passages_and_their_questions(
    form: str, passages: Passages, request: pytest.FixtureRequest
) -> None:
    collection = load(request.getfixturevalue(form))

    assert [item.sections for item in collection.passages] == [(text,) for text, _ in passages]
    assert [(item.text, item.passage) for item in collection.questions] == [
        (question, number) for number, (_text, question) in enumerate(passages, 1)
    ]


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text(json.dumps({"data": []}), encoding="utf-8")

    with pytest.raises(ValueError, match="no questions"):
        load(path)


def test_questions_in_traditional_characters(flat_file: Path) -> None:
    collection = load(flat_file)

    assert traditional(collection.questions)[0].text == "校園寬帶首年每月多少錢？"


def test_questions_without_latin_letters() -> None:
    asked = [Question("IPTV（wǎngluò diànshì）何时开通？", 1), Question("IPTV", 2)]

    assert [question.text for question in without_latin(asked)] == ["（ ）何时开通？", "IPTV"]


def test_one_character_becomes_another_of_the_same_sound(flat_file: Path) -> None:
    collection = load(flat_file)

    rewritten = one_homophone(collection.questions, collection.passages, seed=1)

    assert rewritten == one_homophone(collection.questions, collection.passages, seed=1)
    changed = 0
    for before, after in zip(collection.questions, rewritten, strict=True):
        pairs = [(a, b) for a, b in zip(before.text, after.text, strict=True) if a != b]
        assert len(pairs) <= 1
        assert all(pypinyin.lazy_pinyin(a) == pypinyin.lazy_pinyin(b) for a, b in pairs)
        changed += len(pairs)
    assert changed
