"""Geometry of charts that the server draws: pure functions from numbers to places in a picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a small chart without axes; lengths in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart at a value."""

    value: float
    at: float


@dataclass(frozen=True, slots=True)
class Point:
    """A value at its place; ``label`` names it."""

    x: float
    y: float
    value: float
    label: str


def small_bars(
    values: Sequence[tuple[float, str]], width: float, height: float, least: float = 2.0
) -> tuple[Bar, ...]:
    """Bars side by side that end at the right edge, for as many values as fit, the last at right.

    ``values`` are lengths with a kind. Heights grow with the square root: a run that took a
    hundred times as long must not flatten all others.
    """
    step, gap = 6.0, 2.0
    shown = list(values)[-int(width // step) :]
    top = math.sqrt(max((value for value, _kind in shown), default=0.0)) or 1.0
    bars = []
    for place, (value, kind) in enumerate(reversed(shown), 1):
        tall = max(least, height * math.sqrt(max(value, 0.0)) / top)
        bars.append(Bar(width - place * step, height - tall, step - gap, tall, kind))
    return tuple(reversed(bars))


def ceiling(value: float) -> float:
    """The least of 1, 2 or 5 times a power of ten that is not below a value; 1 for nothing."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    for step in (1, 2, 5, 10):
        if value <= step * power * (1 + 1e-9):
            return float(step * power)
    return 10 * power


def ticks(top: float, bottom_at: float, top_at: float, *, whole: bool = True) -> tuple[Tick, ...]:
    """Lines from nought to ``top``, whose places run from ``bottom_at`` to ``top_at``.

    ``whole`` leaves out values that are not whole numbers.
    """
    parts = 4 if top % 4 == 0 or not whole else 5 if top % 5 == 0 else 2 if top % 2 == 0 else 1
    values = [top * part / parts for part in range(parts + 1)]
    return tuple(Tick(value, bottom_at + (top_at - bottom_at) * value / top) for value in values)


def columns(
    values: Sequence[tuple[str, float]], left: float, right: float, bottom: float, top: float
) -> tuple[Point, ...]:
    """A point for each value: places spread evenly from left to right, heights by value."""
    highest = ceiling(max((value for _label, value in values), default=0.0))
    step = (right - left) / max(1, len(values))
    return tuple(
        Point(
            round(left + step * (index + 0.5), 1),
            round(bottom - (bottom - top) * value / highest, 1),
            value,
            label,
        )
        for index, (label, value) in enumerate(values)
    )
