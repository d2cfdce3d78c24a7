"""Where the parts of a chart stand."""

from hypothesis import given
from hypothesis import strategies as st

from portal.web.charts import ceiling, columns, small_bars, ticks

amounts = st.integers(0, 10**9).map(float)


@given(amounts)
def test_the_top_of_a_chart_is_a_round_number_not_far_above(value: float) -> None:
    top = ceiling(value)
    assert top >= value * (1 - 1e-9)
    assert value == 0 or top <= 2.5 * value * (1 + 1e-9)
    assert str(top).strip("0.e+")[:1] in ("1", "2", "5")


def test_lines_stand_at_whole_numbers() -> None:
    assert [tick.value for tick in ticks(50, 100, 0)] == [0, 10, 20, 30, 40, 50]
    assert [tick.value for tick in ticks(20, 100, 0)] == [0, 5, 10, 15, 20]
    assert [tick.value for tick in ticks(1, 100, 0)] == [0, 1]
    assert [tick.at for tick in ticks(2, 100, 0)] == [100, 50, 0]


@given(st.lists(amounts, max_size=100))
def test_columns_stay_in_their_chart(values: list[float]) -> None:
    points = columns([(str(value), value) for value in values], 44, 700, 178, 12)
    assert len(points) == len(values)
    assert all(44 <= point.x <= 700 and 11.9 <= point.y <= 178.1 for point in points)


@given(st.lists(st.tuples(amounts, st.just("ok")), max_size=100))
def test_small_bars_show_the_last_values_that_fit(values: list[tuple[float, str]]) -> None:
    bars = small_bars(values, 180, 28)
    assert len(bars) == min(30, len(values))
    assert all(bar.x >= 0 and 2 <= bar.height <= 28.01 for bar in bars)
    assert all(abs(bar.y + bar.height - 28) < 1e-6 for bar in bars)
