"""Array arithmetic gives what the formulas say, one number at a time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.score import (
    FIELDS,
    FieldWeight,
    gram_scores,
    impacts,
    inverse_document_frequency,
    merge_fields,
    top,
    weighted_frequency,
)

counts = st.integers(1, 500)
lengths = st.integers(1, 5000)
texts = st.lists(st.text(st.sampled_from("校园宽带资费表5g"), max_size=60), max_size=12)


def slow_impact(frequency: int, length: int, average: float) -> float:
    return 2.2 * frequency / (frequency + 1.2 * (0.25 + 0.75 * length / max(average, 1.0)))


def slow_idf(found: int, documents: int) -> float:
    return math.log(1 + (documents - found + 0.5) / (found + 0.5))


def slow_gram_score(query: str, text: str, all_texts: list[str]) -> float:
    average = max(sum(map(len, all_texts)) / len(all_texts), 1.0)
    score = 0.0
    for size, weight in ((1, 0.3), (2, 1.0), (3, 0.5)):
        for gram in {query[i : i + size] for i in range(len(query) - size + 1)}:
            found = sum(gram in other for other in all_texts)
            if found:
                impact = slow_impact(text.count(gram), len(text), average)
                score += weight * slow_idf(found, len(all_texts)) * impact
    return score


@given(st.lists(st.tuples(counts, lengths), min_size=1, max_size=50), st.floats(0, 2000))
def test_one_field_gives_bm25(rows: list[tuple[int, int]], average: float) -> None:
    frequencies = np.array([row[0] for row in rows], dtype=np.float32)
    token_counts = np.array([row[1] for row in rows], dtype=np.float32)
    found = impacts(
        weighted_frequency(frequencies, token_counts, average, FieldWeight(weight=1.0, b=0.75))
    )
    expected = [slow_impact(frequency, length, average) for frequency, length in rows]
    assert found.dtype == np.float32
    assert found == pytest.approx(expected, rel=1e-4)


@given(counts, counts, lengths)
def test_more_of_a_word_never_counts_less(few: int, more: int, length: int) -> None:
    frequencies = np.array(sorted((few, more)), dtype=np.float32)
    token_counts = np.array([length, length], dtype=np.float32)
    low, high = impacts(weighted_frequency(frequencies, token_counts, 300.0, FIELDS["body"]))
    assert 0 < low <= high <= np.float32(2.2)


parts = st.lists(
    st.dictionaries(st.integers(0, 30), st.sampled_from([0.5, 1.0, 2.0, 7.0]), min_size=1),
    min_size=1,
    max_size=4,
)


@given(parts)
def test_fields_add_up_section_by_section(fields: list[dict[int, float]]) -> None:
    given_parts = [
        (
            np.array(sorted(field), dtype=np.int32),
            np.array([field[section] for section in sorted(field)], dtype=np.float32),
        )
        for field in fields
    ]
    sections, values = merge_fields(given_parts)
    expected: dict[int, float] = {}
    for field in fields:
        for section, value in field.items():
            expected[section] = expected.get(section, 0.0) + value
    assert sections.tolist() == sorted(expected)
    assert values.tolist() == [expected[section] for section in sorted(expected)]


@given(st.integers(1, 10_000), st.integers(0, 10_000))
def test_a_rarer_word_weighs_more(found: int, others: int) -> None:
    documents = found + others
    weight = inverse_document_frequency(found, documents)
    assert weight == pytest.approx(slow_idf(found, documents))
    assert weight > 0
    assert inverse_document_frequency(found + 1, documents + 1) <= weight


@given(st.data())
def test_top_is_a_sort_by_value_and_then_key(data: st.DataObject) -> None:
    values = data.draw(st.lists(st.sampled_from([0.0, 0.5, 0.5, 1.0, 2.0, 7.5]), max_size=60))
    size = len(values)
    keys = data.draw(st.lists(st.integers(1, 500), min_size=size, max_size=size, unique=True))
    count = data.draw(st.integers(0, size + 2))
    found = top(np.array(values, dtype=np.float32), np.array(keys, dtype=np.int64), count)
    expected = sorted(range(size), key=lambda item: (-values[item], keys[item]))[:count]
    assert found.tolist() == expected


@given(st.text(st.sampled_from("校园宽带资费表5g"), max_size=12), texts)
def test_gram_scores_count_characters_pairs_and_triples(query: str, given_texts: list[str]) -> None:
    found = gram_scores(query, given_texts)
    expected = [slow_gram_score(query, text, given_texts) for text in given_texts]
    assert found.shape == (len(given_texts),)
    assert found.tolist() == pytest.approx(expected)


def test_a_text_with_the_very_words_beats_one_with_the_same_characters() -> None:
    near, far = gram_scores("校园宽带", ["本校园区带宽很宽", "校园宽带资费说明"])
    assert far > near > 0


def test_nothing_to_compare_scores_nothing() -> None:
    assert gram_scores("", ["校园"]).tolist() == [0.0]
    assert gram_scores("校园", []).tolist() == []
