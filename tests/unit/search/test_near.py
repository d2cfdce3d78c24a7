"""Words one slip apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.near import NearWords, is_slip, pair_keys

WORDS = ("项目建议书", "建议书", "智慧校园", "解决方案", "资费", "solution", "msvcr110", "110000")


@pytest.fixture(scope="module")
def near() -> NearWords:
    return NearWords((word, 1) for word in WORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("项建议书", {"项目建议书", "建议书"}),
        ("项目建意书", {"项目建议书"}),
        ("项目议建书", {"项目建议书"}),
        ("项目建建议书", {"项目建议书"}),
        ("智慧园", {"智慧校园"}),
        ("solutoin", {"solution"}),
        ("msvcr11", {"msvcr110"}),
        ("校园智慧", set()),
        ("智慧校园", set()),
        ("", set()),
    ],
)
def test_a_slip_leads_to_the_word(near: NearWords, typed: str, meant: set[str]) -> None:
    assert near.near(typed) == meant


def test_short_words_and_numbers_are_left_out(near: NearWords) -> None:
    assert near.near("资") == set()
    assert near.near("11000") == set()


def test_a_word_counts_by_its_sections() -> None:
    words = NearWords([("资费", 9), ("表", 1)])
    assert [words.count(word) for word in ("资费", "表", "资")] == [9, 1, 0]


def test_pairs_of_characters_stand_within_one_word(near: NearWords) -> None:
    assert near.holds_pairs(pair_keys("校园解")).tolist() == [True, False]
    assert NearWords([]).holds_pairs(pair_keys("校园")).tolist() == [False]


def test_the_most_frequent_words_of_two_characters_come_first() -> None:
    words = NearWords([("资源", 3), ("资费", 9), ("投资", 2), ("资", 50), ("资费表", 9)])
    assert words.joined("资") == ["资费", "资源", "投资"]
    assert words.joined("表") == []


@given(st.text(alphabet="甲乙丙丁", min_size=3, max_size=6), st.data())
def test_every_single_slip_of_every_word_is_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    other = data.draw(st.sampled_from("甲乙丙丁戊"))
    slips = {
        word[:place] + word[place + 1 :],
        word[:place] + other + word[place + 1 :],
        word[:place] + other + word[place:],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    } - {word}
    words = NearWords([(word, 1)])
    for slip in slips:
        assert is_slip(slip, word)
        assert words.near(slip) == {word}


@given(st.text(alphabet="甲乙丙", max_size=6), st.text(alphabet="甲乙丙", max_size=6))
def test_a_slip_is_one_edit_or_two_neighbours_swapped(one: str, other: str) -> None:
    assert is_slip(one, other) == (distance(one, other) == 1)


def distance(one: str, other: str) -> int:
    """Optimal string alignment: edits and swaps of neighbours, each counting one."""
    table = {(-1, column): column + 1 for column in range(-1, len(other))}
    table |= {(row, -1): row + 1 for row in range(-1, len(one))}
    for row, first in enumerate(one):
        for column, second in enumerate(other):
            best = min(
                table[row - 1, column] + 1,
                table[row, column - 1] + 1,
                table[row - 1, column - 1] + (first != second),
            )
            if row and column and first == other[column - 1] and one[row - 1] == second:
                best = min(best, table[row - 2, column - 2] + 1)
            table[row, column] = best
    return table[len(one) - 1, len(other) - 1]
