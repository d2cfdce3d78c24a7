"""The figures of a span as tables and charts, in the reader's language."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue import Taxonomy
from portal.catalogue.knowledge_map import IndustryMap
from portal.catalogue.slot_state import SlotState
from portal.statistics import (
    Dimension,
    Fate,
    Figure,
    FindWeek,
    Period,
    Span,
    UnansweredReport,
    UseReport,
)
from portal.web.charts import Point, Tick, ceiling, columns, ticks
from portal.web.language import language
from portal.web.messages import LazyText, day, gettext, lazy_gettext, number
from portal.web.slot_words import STATE_NAMES
from portal.web.tables import Cell, Table

PERIOD_NAMES: Mapping[Period, LazyText] = {
    "week": lazy_gettext("周"),
    "month": lazy_gettext("月"),
    "quarter": lazy_gettext("季度"),
}
DIMENSION_NAMES: Mapping[Dimension, LazyText] = {
    "industry": lazy_gettext("行业"),
    "stage": lazy_gettext("阶段"),
    "unit": lazy_gettext("读者单位"),
    "author": lazy_gettext("作者"),
}
FATE_NAMES: Mapping[Fate, LazyText] = {
    Fate.ANSWERED: lazy_gettext("后来找到了"),
    Fate.SYNONYM: lazy_gettext("加了同义词"),
    Fate.WORD: lazy_gettext("加进了词典"),
    Fate.OPEN: lazy_gettext("还没有着落"),
}
LEFT, RIGHT, TOP, BOTTOM = 44.0, 700.0, 12.0, 178.0


@dataclass(frozen=True, slots=True)
class Naming:
    """What values of dimensions are called; ``units`` are names by code."""

    taxonomy: Taxonomy
    units: Mapping[str, str]

    def of(self, dimension: Dimension, figure: Figure) -> str:
        """The name of a figure's value."""
        if dimension == "author":
            return figure.name
        if dimension == "unit":
            return self.units.get(figure.code, figure.code)
        return self.taxonomy.name(dimension, figure.code, language())


@dataclass(frozen=True, slots=True)
class Row:
    """A bar of a bar chart: ``share`` is its length in percent of the longest."""

    name: str
    figure: Figure
    share: float


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over time: places, horizontal lines, and which places carry their name."""

    points: tuple[Point, ...]
    more: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    named: tuple[Point, ...]

    @property
    def line(self) -> str:
        """The points joined, as SVG writes it."""
        return _joined(self.points)

    @property
    def more_line(self) -> str:
        """The second series' points joined."""
        return _joined(self.more)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The slots of one industry by state."""

    code: str
    name: str
    counts: Mapping[SlotState, int]

    @property
    def total(self) -> int:
        """All of its slots."""
        return sum(self.counts.values())


def span_name(span: Span) -> str:
    """A span as people call it."""
    if span.period == "week":
        last = span.end - dt.timedelta(days=1)
        return gettext(
            "%(first)s 至 %(last)s 这一周", first=day(span.start, "long"), last=day(last, "MMMd")
        )
    if span.period == "month":
        return day(span.start, "yMMMM")
    return gettext(
        "%(year)s 年第 %(quarter)s 季度",
        year=span.start.year,
        quarter=(span.start.month + 2) // 3,
    )


def bars(naming: Naming, report: UseReport, dimension: Dimension, limit: int) -> list[Row]:
    """The most used values of a dimension."""
    figures = report.by[dimension]
    most = max((figure.uses for figure in figures), default=0)
    return [
        Row(naming.of(dimension, each), each, 100 * each.uses / most)
        for each in figures[:limit]
        if most
    ]


def day_curve(report: UseReport) -> Curve:
    """Uses on each day of the span."""
    values = [(day(dt.date.fromisoformat(each.code), "Md"), each.uses) for each in report.days]
    points = columns(values, LEFT, RIGHT, BOTTOM, TOP)
    return Curve(points, (), ticks(points_top(values), BOTTOM, TOP), _spread(points, 10))


def find_curve(weeks: Sequence[FindWeek]) -> Curve:
    """Median and 90th percentile of each week with finds."""
    top = ceiling(max((week.ninetieth or 0.0 for week in weeks), default=0.0))
    places = columns([(day(week.start, "Md"), top) for week in weeks], LEFT, RIGHT, BOTTOM, TOP)

    def at(place: Point, value: float | None) -> Point | None:
        if value is None:
            return None
        return Point(place.x, round(BOTTOM - (BOTTOM - TOP) * value / top, 1), value, place.label)

    medians = [at(place, week.median) for place, week in zip(places, weeks, strict=True)]
    highs = [at(place, week.ninetieth) for place, week in zip(places, weeks, strict=True)]
    return Curve(
        tuple(point for point in medians if point),
        tuple(point for point in highs if point),
        ticks(top, BOTTOM, TOP, whole=False),
        _spread(places, 9),
    )


def coverage(taxonomy: Taxonomy, maps: Sequence[IndustryMap]) -> list[Coverage]:
    """How much of the knowledge map is filled, industry by industry."""
    return [
        Coverage(each.industry, taxonomy.name("industry", each.industry, language()), each.counts())
        for each in maps
    ]


def use_table(naming: Naming, report: UseReport, dimension: Dimension) -> Table:
    """The use by one dimension."""
    title = gettext("按%(what)s", what=DIMENSION_NAMES[dimension])
    rows = tuple(_cells(naming.of(dimension, each), each) for each in report.by[dimension])
    return Table(dimension, title, (str(DIMENSION_NAMES[dimension]), *_use_header()), rows)


def days_table(report: UseReport) -> Table:
    """The use day by day."""
    rows = tuple(_cells(each.code, each) for each in report.days)
    return Table("days", gettext("每天"), (gettext("日期"), *_use_header()), rows)


def find_table(weeks: Sequence[FindWeek]) -> Table:
    """How long finding took, week by week, in seconds."""
    header = (
        gettext("周一"),
        gettext("找到次数"),
        gettext("中位数（秒）"),
        gettext("九成在此之内（秒）"),
    )
    rows = tuple(
        (week.start.isoformat(), week.finds, _rounded(week.median), _rounded(week.ninetieth))
        for week in weeks
    )
    return Table("finding", gettext("找到用时"), header, rows)


def unanswered_table(report: UnansweredReport, zone: dt.tzinfo) -> Table:
    """Questions that found nothing, and their fate."""
    header = (
        gettext("搜索词"),
        gettext("次数"),
        gettext("人数"),
        gettext("最近一次"),
        gettext("下落"),
        gettext("下落日期"),
    )
    rows = tuple(
        (
            each.text,
            each.times,
            each.people,
            each.last_at.astimezone(zone).date().isoformat(),
            str(FATE_NAMES[each.fate]),
            each.fate_at.astimezone(zone).date().isoformat() if each.fate_at else None,
        )
        for each in report.shown
    )
    return Table("unanswered", gettext("没有结果的搜索"), header, rows)


def coverage_table(rows: Sequence[Coverage]) -> Table:
    """The states of the map's slots, industry by industry."""
    header = (gettext("行业"), *(str(STATE_NAMES[state]) for state in SlotState), gettext("合计"))
    body: tuple[tuple[Cell, ...], ...] = tuple(
        (each.name, *(each.counts[state] for state in SlotState), each.total) for each in rows
    )
    return Table("coverage", gettext("知识地图"), header, body)


def change_words(now: int, before: int) -> str:
    """How a figure compares with the span before."""
    if now == before:
        return gettext("与上期持平")
    if not before:
        return gettext("上期没有")
    share = number(abs(now - before) / before, "#,##0%")
    if now > before:
        return gettext("比上期多 %(share)s", share=share)
    return gettext("比上期少 %(share)s", share=share)


def points_top(values: Sequence[tuple[str, float]]) -> float:
    """The value at the top of a chart."""
    return ceiling(max((value for _label, value in values), default=0.0))


def _use_header() -> tuple[str, ...]:
    return (gettext("浏览"), gettext("下载次数"), gettext("用于项目"), gettext("读者"))


def _cells(name: str, figure: Figure) -> tuple[Cell, ...]:
    return (name, figure.views, figure.downloads, figure.applications, figure.readers)


def _spread(points: Sequence[Point], most: int) -> tuple[Point, ...]:
    step = -(-len(points) // most) or 1
    return tuple(points[::step])


def _joined(points: Sequence[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
