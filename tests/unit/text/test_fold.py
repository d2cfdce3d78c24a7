"""One form for every way of writing the same thing, and the way back to the original."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import fold, normalise

SAME = (
    ("ＭＳＶＣＲ１１０．ｄｌｌ", "msvcr110.dll"),
    ("⼀⼤⾮⾦", "一大非金"),
    ("校園寬頻與學生資費", "校园宽频与学生资费"),
    ("後臺雲端專線", "后台云端专线"),
    ("Café Zürich", "cafe zurich"),
    ("①５Ｇ㎡", "15gm2"),
    ("ﬁber", "fiber"),
    ("GB／Ｔ　22239", "gb/t 22239"),
    ("e\u0301tat", "etat"),
    ("\ud83d", "\ufffd"),
)

# Any string that Python can hold, lone surrogates included.
anything = st.text(st.characters(exclude_categories=()), max_size=40)
# Characters that fold to none, to one and to several, close together.
tricky = st.text(st.sampled_from("校園５ｇﬁ㎡\u0301İßℌ臺⼀ﷺ\ud800a 、"), max_size=30)


@pytest.mark.parametrize(("written", "meant"), SAME)
def test_different_ways_of_writing_become_one(written: str, meant: str) -> None:
    assert fold(written) == meant


def test_plain_text_keeps_its_positions() -> None:
    folded = normalise("校園寬頻 5G")
    assert folded.text == "校园宽频 5g"
    assert folded.offsets is None
    assert folded.original_span(2, 4) == (2, 4)


def test_a_place_in_folded_text_leads_back_past_longer_and_shorter_characters() -> None:
    original = "共㎡、cafe\u0301、ﬁ校園"
    folded = normalise(original)
    assert folded.text == "共m2、cafe、fi校园"
    for needle, source in (("m2", "㎡"), ("cafe", "cafe\u0301"), ("fi", "ﬁ"), ("校园", "校園")):
        start = folded.text.index(needle)
        begin, end = folded.original_span(start, start + len(needle))
        assert original[begin:end] == source


def test_half_of_an_expanded_character_leads_back_to_all_of_it() -> None:
    folded = normalise("共㎡地")
    assert folded.original_span(2, 3) == (1, 2)


def test_an_empty_range_is_empty_in_the_original() -> None:
    assert normalise("共㎡地").original_span(4, 4) == (3, 3)
    assert normalise("").text == ""


@given(anything | tricky)
def test_any_text_folds_and_folding_again_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert normalise(text).text == folded
    folded.encode()  # can be stored and sent


@given(anything | tricky)
def test_offsets_never_go_back_and_stay_within_the_original(text: str) -> None:
    folded = normalise(text)
    offsets = folded.offsets
    if offsets is None:
        assert len(folded.text) == len(text)
        return
    assert len(offsets) == len(folded.text) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[-1] == len(text)
    assert all(0 <= offset < len(text) for offset in offsets[:-1])


@given(anything | tricky, st.data())
def test_every_folded_span_has_its_original(text: str, data: st.DataObject) -> None:
    folded = normalise(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    begin, stop = folded.original_span(start, end)
    assert 0 <= begin < stop <= len(text)
    assert len(fold(text[:begin])) <= start
    assert len(fold(text[:stop])) >= end
    assert folded.text[start:end] in fold(text[begin:stop])


def test_every_character_of_unicode_folds_once_and_for_all() -> None:
    characters = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) not in ("Cn", "Co")
    ]
    unstable = [c for c in characters if fold(fold(c)) != fold(c)]
    assert unstable == []
