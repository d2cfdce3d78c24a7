"""Weeks, months and quarters of the calendar: pure."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Self

Period = Literal["week", "month", "quarter"]
PERIODS: tuple[Period, ...] = ("week", "month", "quarter")
_MONTHS = {"month": 1, "quarter": 3}
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One week (from Monday), month or quarter; ``start`` is its first day."""

    period: Period
    start: dt.date

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        if self.period == "week":
            return self.start + 7 * _DAY
        month = self.start.month - 1 + _MONTHS[self.period]
        return dt.date(self.start.year + month // 12, month % 12 + 1, 1)

    @property
    def previous(self) -> Self:
        """The one before."""
        return type(self)(self.period, span_of(self.period, self.start - _DAY).start)

    @property
    def following(self) -> Self:
        """The one after."""
        return type(self)(self.period, self.end)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Its days in order."""
        return tuple(self.start + day * _DAY for day in range((self.end - self.start).days))

    def bounds(self, zone: dt.tzinfo) -> tuple[dt.datetime, dt.datetime]:
        """Its first moment and the first moment after it, where days are those of a time zone."""
        first, after = (
            dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
            for day in (self.start, self.end)
        )
        return first, after


def span_of(period: Period, day: dt.date) -> Span:
    """The week, month or quarter that a day belongs to."""
    if period == "week":
        return Span(period, day - day.weekday() * _DAY)
    months = _MONTHS[period]
    return Span(period, dt.date(day.year, (day.month - 1) // months * months + 1, 1))
