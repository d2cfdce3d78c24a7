"""What readers of a document also read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.recommend.ease import READERS, CoReading, Integers

SCHOOL, HOSPITAL = (11, 12, 13, 14), (21, 22, 23, 24)
histories = st.lists(
    st.lists(st.integers(1, 30), min_size=1, max_size=12, unique=True), max_size=25
)


def read(*documents: int) -> Integers:
    """A history, the latest first."""
    return np.array(documents, dtype=np.int32)


def two_circles() -> CoReading:
    """Colleagues of schools and of hospitals, who each read what the others of theirs do."""
    return CoReading.of(
        [
            *(read(*SCHOOL[start:], *SCHOOL[:start]) for start in (0, 1, 2, 3) for _ in range(3)),
            *(
                read(*HOSPITAL[start:], *HOSPITAL[:start])
                for start in (0, 1, 2, 3)
                for _ in range(3)
            ),
        ]
    )


def test_who_reads_of_schools_is_shown_what_else_readers_of_schools_read() -> None:
    found = two_circles().goes_with(read(11, 12), 10)
    assert {each.document for each in found[:2]} == {13, 14}
    assert {each.because for each in found[:2]} <= {11, 12}
    assert not {each.document for each in found} & {11, 12}


def test_scores_fall_and_speak_for_what_is_shown() -> None:
    scores = [each.score for each in two_circles().goes_with(read(21), 10)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0


def test_what_was_read_last_says_most() -> None:
    model = two_circles()
    assert model.goes_with(read(11, 21), 1)[0].document in SCHOOL
    assert model.goes_with(read(21, 11), 1)[0].document in HOSPITAL


def test_what_was_read_close_together_goes_together_most() -> None:
    filler = tuple(range(100, 110))
    model = CoReading.of([read(1, 2, *filler, 3)] * 6 + [read(each) for each in (1, 2, 3)] * 4)
    found = [each.document for each in model.goes_with(read(1), 20)]
    assert found.index(2) < found.index(3)


def test_a_document_that_fewer_than_three_people_read_says_nothing() -> None:
    model = CoReading.of([read(1, 2, 9), read(1, 2, 9), read(1, 2)])
    assert READERS == 3
    assert model.documents.tolist() == [1, 2]
    assert not model.covers(9)
    assert model.goes_with(read(9), 5) == []


@pytest.mark.parametrize("nothing", [[], [read()], [read(5)], [read(1, 2), read(3)]])
def test_where_nobody_reads_the_same_there_is_nothing_to_say(nothing: list[Integers]) -> None:
    model = CoReading.of(nothing)
    assert model.goes_with(read(1, 5), 5) == []
    assert not model.covers(5)
    assert CoReading.from_bytes(model.to_bytes()).goes_with(read(5), 5) == []


@given(histories, st.lists(st.integers(1, 35), max_size=8, unique=True))
def test_nothing_that_was_read_comes_again_and_every_cause_was_read(
    everybody: list[list[int]], mine: list[int]
) -> None:
    model = CoReading.of([read(*each) for each in everybody])
    found = model.goes_with(read(*mine), 10)
    assert not {each.document for each in found} & set(mine)
    assert {each.because for each in found} <= set(mine)
    assert len({each.document for each in found}) == len(found)
    assert all(np.isfinite(each.score) and each.score > 0 for each in found)


@given(histories)
def test_the_model_is_the_same_after_it_was_kept(everybody: list[list[int]]) -> None:
    model = CoReading.of([read(*each) for each in everybody])
    again = CoReading.from_bytes(model.to_bytes())
    assert again.goes_with(read(1, 2, 3), 10) == model.goes_with(read(1, 2, 3), 10)


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises((ValueError, OSError, EOFError)):
        CoReading.from_bytes(b"no model at all")
