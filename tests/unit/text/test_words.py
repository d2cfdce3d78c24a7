"""Words for the index and words of a question: they must meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.text import fold, is_latin, segmenter
from tests.unit.text.sentences import SENTENCES

anything = st.text(st.characters(exclude_categories=()), max_size=60)
chinese = st.text(st.sampled_from("".join(SENTENCES) + "5G-.+/#vV９ "), max_size=60)

WITHIN = (
    ("全文检索", "检索"),
    ("校园宽带资费表", "宽带"),
    ("校园宽带资费表", "校园宽带"),
    ("互联网专线", "专线"),
    ("项目建议书", "建议书"),
    ("5G专线", "5g"),
    ("5G专线", "专线"),
    ("MSVCR110.dll", "msvcr110.dll"),
    ("MSVCR110.dll", "msvcr110"),
    ("MSVCR110.dll", "msvcr"),
    ("MSVCR110.dll", "110"),
    ("ISO-27001", "iso-27001"),
    ("ISO-27001", "iso"),
    ("ISO-27001", "27001"),
    ("2.4GHz频段", "2.4ghz"),
    ("2.4GHz频段", "2.4"),
    ("2.4GHz频段", "ghz"),
    ("ＳＤ－ＷＡＮ組網", "sd-wan"),
    ("ＳＤ－ＷＡＮ組網", "组网"),
    ("C++与C#", "c++"),
    ("C++与C#", "c#"),
    ("電子政務", "政务"),
)


@pytest.mark.parametrize(("text", "token"), WITHIN)
def test_a_text_is_found_by_its_words_and_their_parts(text: str, token: str) -> None:
    assert token in set(segmenter().index_tokens(fold(text)))


def test_a_question_keeps_whole_words_in_order_and_each_once() -> None:
    assert segmenter().query_words(fold("校园宽带资费和校园宽带套餐")) == [
        "校园宽带",
        "资费",
        "套餐",
    ]


def test_a_question_drops_the_words_that_only_ask() -> None:
    assert segmenter().query_words("校园宽带的资费是多少") == ["校园宽带", "资费"]
    assert segmenter().query_words("怎么") == ["怎么"]


def test_other_scripts_are_words_too() -> None:
    assert segmenter().query_words(fold("Привет テスト")) == ["привет", "テスト"]


def test_an_endless_word_is_cut_at_the_same_place_on_both_sides() -> None:
    endless = "a1" * 500
    assert set(segmenter().query_words(endless)) <= set(segmenter().index_tokens(endless))
    assert max(map(len, segmenter().index_tokens(endless))) == 64


def test_sub_words_are_the_other_tokens_of_a_word() -> None:
    assert "检索" in segmenter().sub_words("全文检索")
    assert "全文检索" not in segmenter().sub_words("全文检索")
    assert segmenter().sub_words("专") == ()


@pytest.mark.parametrize("word", ["5g", "msvcr110.dll", "iso-27001", "c++", "a/b"])
def test_latin_words_take_prefixes(word: str) -> None:
    assert is_latin(word)


@pytest.mark.parametrize("word", ["专线", "5g专线", "-", "", "a-"])
def test_other_words_do_not(word: str) -> None:
    assert not is_latin(word)


@given(anything | chinese)
def test_any_text_becomes_words(text: str) -> None:
    folded = fold(text)
    tokens = list(segmenter().index_tokens(folded))
    assert all(token and token in folded for token in tokens)


@given(anything | chinese)
def test_a_text_holds_every_word_of_itself_as_a_question(text: str) -> None:
    folded = fold(text)
    words = segmenter().query_words(folded)
    assert len(set(words)) == len(words)
    assert set(words) <= set(segmenter().index_tokens(folded))


@given(anything | chinese)
def test_raw_text_that_nobody_folded_does_not_raise_either(text: str) -> None:
    assert isinstance(segmenter().query_words(text), list)
    assert isinstance(list(segmenter().index_tokens(text)), list)
