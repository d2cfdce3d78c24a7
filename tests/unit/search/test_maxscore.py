"""The best sections by pruned choosing are those that adding up everything gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.maxscore import best_sections
from portal.search.postings import RANKS, Postings

SIZE = 40
Weighted = tuple[float, Postings]


def term(impacts: dict[int, float], weight: float) -> Weighted:
    """A term with its weight, from the impact in each section."""
    sections = np.array(sorted(impacts), dtype=np.int32)
    values = np.array([impacts[section] for section in sorted(impacts)], dtype=np.float32)
    return weight, Postings.of(sections, values, sections)


terms = st.lists(
    st.builds(
        term,
        # Eighths are exact in float32, so that sums are the same in any order.
        st.dictionaries(
            st.integers(0, SIZE - 1), st.integers(1, 17).map(lambda eighths: eighths / 8)
        ),
        st.sampled_from((0.5, 1.0, 2.0, 4.0, 8.0)),
    ),
    max_size=6,
)


def added_up(weighted: list[Weighted]) -> dict[int, float]:
    """Every section's sum, one posting at a time."""
    sums: dict[int, float] = {}
    for weight, found in weighted:
        for section, impact in zip(found.sections.tolist(), found.impacts.tolist(), strict=True):
            sums[section] = sums.get(section, 0.0) + weight * impact
    return sums


@given(terms, st.integers(1, SIZE))
def test_none_of_the_best_is_lost_and_every_sum_is_whole(
    weighted: list[Weighted], count: int
) -> None:
    sums = added_up(weighted)
    last = sorted(sums.values(), reverse=True)[:count][-1] if sums else 0.0
    sections, scores = best_sections(weighted, SIZE, count)
    found = dict(zip(sections.tolist(), scores.tolist(), strict=True))
    assert {section for section, score in sums.items() if score >= last} <= set(found)
    assert found == {section: sums[section] for section in found}


@given(terms, terms)
def test_nothing_of_a_question_is_left_behind_for_the_next(
    weighted: list[Weighted], others: list[Weighted]
) -> None:
    best_sections(others, SIZE, 3)
    sections, scores = best_sections(weighted, SIZE, SIZE)
    found = dict(zip(sections.tolist(), scores.tolist(), strict=True))
    assert found == added_up(weighted)


def test_a_common_term_alone_does_not_make_a_section_a_candidate() -> None:
    rare = term(dict.fromkeys(range(0, 32, 2), 2.0), 8.0)
    common = term(dict.fromkeys(range(SIZE), 1.0), 0.5)
    sections, scores = best_sections([common, rare], SIZE, 8)
    assert dict(zip(sections.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        dict.fromkeys(range(0, 32, 2), 16.5)
    )


def test_no_terms_give_no_sections() -> None:
    assert [len(each) for each in best_sections([], SIZE, 5)] == [0, 0]
    assert [len(each) for each in best_sections([term({}, 1.0)], SIZE, 5)] == [0, 0]


@given(st.lists(st.integers(1, 17).map(lambda eighths: eighths / 8), max_size=80))
def test_ranked_impacts_are_the_largest_in_their_order(impacts: list[float]) -> None:
    _weight, found = term(dict(enumerate(impacts)), 1.0)
    falling = sorted(impacts, reverse=True)
    assert list(found.strongest) == [falling[rank - 1] for rank in RANKS if rank <= len(falling)]
