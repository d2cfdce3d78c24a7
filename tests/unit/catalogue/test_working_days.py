"""Two working days are Monday to Friday where people live."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.working_days import add_working_days

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 16) -> dt.datetime:
    """A time in November 2026, whose 2nd is a Monday, in Shanghai."""
    return dt.datetime(2026, 11, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at(2), at(4)),
        (at(4), at(6)),
        (at(5), at(9)),
        (at(6), at(10)),
        (at(7), at(11, 0)),
        (at(8), at(11, 0)),
    ],
    ids=["周一", "周三", "周四", "周五", "周六", "周日"],
)
def test_it_skips_the_weekend(start: dt.datetime, end: dt.datetime) -> None:
    assert add_working_days(start, 2, SHANGHAI) == end


def test_the_day_is_that_of_the_zone() -> None:
    # Friday 17:00 in London is Saturday in Shanghai.
    london = dt.datetime(2026, 11, 6, 17, tzinfo=dt.UTC)
    assert add_working_days(london, 1, SHANGHAI) == at(10, 0)


@given(st.integers(0, 24 * 20_000), st.integers(1, 40))
def test_it_ends_on_a_working_day_with_that_many_between(hours: int, days: int) -> None:
    moment = at(2) + dt.timedelta(hours=hours)
    end = add_working_days(moment, days, SHANGHAI)
    between = [
        day
        for number in range((end.date() - moment.date()).days)
        if (day := moment.date() + dt.timedelta(number)).weekday() < 5
    ]
    assert end.weekday() < 5
    assert len(between) == days
