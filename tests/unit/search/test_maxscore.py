"""The best sections by pruned addition are those that adding up everything gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.maxscore import Part, best_sections

SIZE = 40


def part(postings: dict[int, float], weight: float) -> Part:
    sections = np.array(sorted(postings), dtype=np.int32)
    impacts = np.array([postings[section] for section in sorted(postings)], dtype=np.float32)
    return Part(sections, impacts, weight, float(impacts.max(initial=0.0)))


parts = st.lists(
    st.builds(
        part,
        # Eighths are exact in float32, so that sums are the same in any order.
        st.dictionaries(
            st.integers(0, SIZE - 1), st.integers(1, 17).map(lambda eighths: eighths / 8)
        ),
        st.sampled_from((0.5, 1.0, 2.0, 4.0, 8.0)),
    ),
    max_size=6,
)


def added_up(parts: list[Part]) -> dict[int, float]:
    """Every section's sum, one posting at a time."""
    sums: dict[int, float] = {}
    for each in parts:
        for section, impact in zip(each.sections.tolist(), each.impacts.tolist(), strict=True):
            sums[section] = sums.get(section, 0.0) + each.weight * impact
    return sums


@given(parts, st.integers(1, SIZE))
def test_nothing_of_the_best_is_lost_and_nothing_else_is_kept(
    parts: list[Part], count: int
) -> None:
    sums = added_up(parts)
    last = sorted(sums.values(), reverse=True)[:count][-1] if sums else 0.0
    sections, scores = best_sections(parts, SIZE, count)
    found = dict(zip(sections.tolist(), scores.tolist(), strict=True))
    assert found == {section: score for section, score in sums.items() if score >= last}


def test_a_common_term_is_looked_up_for_the_few_that_can_still_win() -> None:
    rare = part({3: 1.0, 9: 2.0, 30: 2.0}, 8.0)
    common = part(dict.fromkeys(range(SIZE), 1.0), 0.5)
    sections, scores = best_sections([common, rare], SIZE, 2)
    assert dict(zip(sections.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        {9: 16.5, 30: 16.5}
    )


def test_no_terms_give_no_sections() -> None:
    assert [len(each) for each in best_sections([], SIZE, 5)] == [0, 0]
    assert [len(each) for each in best_sections([part({}, 1.0)], SIZE, 5)] == [0, 0]
