"""Weeks, months and quarters."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.statistics import PERIODS, Period, Span, span_of
from portal.statistics.finding import quantile

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("week", dt.date(2026, 11, 16), dt.date(2026, 11, 23)),
        ("month", dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
        ("quarter", dt.date(2026, 10, 1), dt.date(2027, 1, 1)),
    ],
)
def test_a_day_belongs_to_a_week_a_month_and_a_quarter(
    period: Period, start: dt.date, end: dt.date
) -> None:
    span = span_of(period, dt.date(2026, 11, 22))
    assert (span.start, span.end) == (start, end)


@given(st.sampled_from(PERIODS), st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_spans_follow_each_other_without_gaps(period: Period, day: dt.date) -> None:
    span = span_of(period, day)
    assert span.start <= day < span.end
    assert span.previous.end == span.start
    assert span.following.previous == span
    assert span.days[0] == span.start
    assert len(span.days) == (span.end - span.start).days


def test_a_span_begins_at_midnight_where_people_live() -> None:
    first, after = Span("month", dt.date(2026, 11, 1)).bounds(SHANGHAI)
    assert first == dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    assert after == dt.datetime(2026, 11, 30, 16, tzinfo=dt.UTC)


def test_half_and_nine_tenths_are_values_that_occurred() -> None:
    values = [float(value) for value in range(1, 11)]
    assert (quantile(values, 0.5), quantile(values, 0.9)) == (5.0, 9.0)
    assert quantile([7.0], 0.9) == 7.0
    assert quantile([], 0.5) is None
