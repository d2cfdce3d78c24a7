"""Sounds of characters, and letters read as sounds."""

import pypinyin
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text.pinyin import SOUNDS, homophones, readings, sounds, split_letters


def heard(text: str) -> str:
    return " ".join(SOUNDS[number] for number in sounds(text))


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("项目建议书", "xiang mu jian yi shu"),
        ("银行", "yin hang"),
        ("行业", "hang ye"),
        ("出行", "chu xing"),
        ("重庆分公司长期合同", "chong qing fen gong si chang qi he tong"),
        ("绿色战略", "lv se zhan lve"),
        ("5g专线", "5 g zhuan xian"),
        ("资费（表）", "zi fei  biao "),
        ("", ""),
    ],
)
def test_a_character_sounds_as_in_its_phrase(text: str, reading: str) -> None:
    assert heard(text) == reading


def test_phrases_sound_as_pypinyin_reads_them() -> None:
    for phrase in ("中国建设银行", "会计师事务所", "音乐教室", "调度中心", "仓储物流", "供给侧"):
        assert heard(phrase).split() == pypinyin.lazy_pinyin(phrase)


@given(st.text())
def test_every_character_of_any_text_has_one_number(text: str) -> None:
    numbers = sounds(text)
    assert len(numbers) == len(text)
    assert all(0 <= number < len(SOUNDS) for number in numbers)


def test_sounds_are_in_order_so_that_a_prefix_is_a_range() -> None:
    assert list(SOUNDS) == sorted(set(SOUNDS))


def test_a_homophone_shares_a_reading() -> None:
    for character in "资费项目建议":
        sound = sounds(character)[0]
        others = homophones(sound)
        assert character in others
        assert all(sound in readings(other) for other in others)


@pytest.mark.parametrize(
    ("letters", "pieces"),
    [
        ("xmjys", "x m j y s"),
        ("xiangmujys", "xiang mu j y s"),
        ("xiangmujianyishu", "xiang mu jian yi shu"),
        ("zhxy", "zh x y"),
        ("5gzx", "5 g z x"),
        ("xiangm", "xiang m"),
    ],
)
def test_letters_are_read_in_the_fewest_pieces_first(letters: str, pieces: str) -> None:
    assert " ".join(piece.letters for piece in split_letters(letters)[0]) == pieces


def test_letters_that_can_be_read_in_two_ways_are() -> None:
    ways = {" ".join(piece.letters for piece in way) for way in split_letters("xian")}
    assert {"xian", "xi an"} <= ways


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", max_size=60))
def test_any_letters_are_read_in_at_most_24_ways(letters: str) -> None:
    ways = split_letters(letters)
    assert len(ways) <= 24
    assert all("".join(piece.letters for piece in way) == letters[:40] for way in ways)
