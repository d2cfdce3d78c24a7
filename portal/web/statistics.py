"""Figures for business managers: use, questions without an answer, finding, the map."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue.knowledge_map import all_maps
from portal.db import utcnow
from portal.statistics import (
    DIMENSIONS,
    PERIODS,
    FindWeek,
    Period,
    Span,
    UnansweredReport,
    UseReport,
    find_times,
    span_of,
    unanswered_report,
    unit_names,
    use_report,
)
from portal.web import figures
from portal.web.context import services
from portal.web.figures import Coverage, Naming
from portal.web.language import language
from portal.web.pager import Link
from portal.web.tables import CSV_TYPE, XLSX_TYPE, Table, to_csv, to_xlsx

DEFAULT: Period = "month"
WEEKS = 26
SHOWN_BARS = 12
SHOWN_QUESTIONS = 20
EARLIEST = dt.date(2020, 1, 1)

blueprint = Blueprint("statistics", __name__, url_prefix="/statistics")


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a span."""

    span: Span
    use: UseReport
    unanswered: UnansweredReport
    weeks: tuple[FindWeek, ...]
    coverage: list[Coverage]
    naming: Naming

    def tables(self) -> dict[str, Table]:
        """Every table that can be taken away, by name."""
        zone = services().settings.timezone
        made = [
            figures.days_table(self.use),
            *(figures.use_table(self.naming, self.use, each) for each in DIMENSIONS),
            figures.find_table(self.weeks),
            figures.unanswered_table(self.unanswered, zone),
            figures.coverage_table(self.coverage),
        ]
        return {table.name: table for table in made}


@blueprint.get("")
def show() -> str:
    """The figures of a week, a month or a quarter."""
    span = _span()
    report = _report(span)
    return render_template(
        "statistics/page.html",
        report=report,
        tables=report.tables(),
        bars={
            each: figures.bars(report.naming, report.use, each, SHOWN_BARS) for each in DIMENSIONS
        },
        days=figures.day_curve(report.use),
        finding=figures.find_curve(report.weeks),
        questions=report.unanswered.shown[:SHOWN_QUESTIONS],
        headline=figures.span_name(span),
        periods=[_period_link(each, span) for each in PERIODS],
        earlier=_url(span.previous) if span.start > EARLIEST else None,
        later=_url(span.following) if span.following.start <= _today() else None,
        export_url=_export_url(span),
        change_words=figures.change_words,
        FATE_NAMES=figures.FATE_NAMES,
    )


@blueprint.get("/export.xlsx")
def export_xlsx() -> Response:
    """Every table of a span as one workbook."""
    span = _span()
    return _file(to_xlsx(_report(span).tables().values()), XLSX_TYPE, span, ".xlsx")


@blueprint.get("/<name>.csv")
def export_csv(name: str) -> Response:
    """One table of a span as CSV."""
    span = _span()
    table = _report(span).tables().get(name)
    if table is None:
        abort(404)
    return _file(to_csv(table), CSV_TYPE, span, f"-{name}.csv")


def _period_link(period: Period, span: Span) -> Link:
    """To the span of another length that the end of this one lies in."""
    day = min(span.end - dt.timedelta(days=1), _today())
    return Link(
        str(figures.PERIOD_NAMES[period]), _url(span_of(period, day)), period == span.period
    )


def _report(span: Span) -> Report:
    now, settings = utcnow(), services().settings
    taxonomy = services().taxonomy()
    last = min(span.end - dt.timedelta(days=1), _today())
    with services().db.read() as session:
        units = unit_names(session, language())
        return Report(
            span=span,
            use=use_report(session, span),
            unanswered=unanswered_report(session, span, settings.timezone),
            weeks=find_times(session, last, WEEKS),
            coverage=figures.coverage(
                taxonomy, all_maps(session, taxonomy, taxonomy.codes("industry"), now)
            ),
            naming=Naming(taxonomy, units),
        )


def _span() -> Span:
    """The span that the address names: by default the present month."""
    wanted = request.args.get("period", DEFAULT)
    period = next((each for each in PERIODS if each == wanted), None) or abort(404)
    start = request.args.get("start")
    if start is None:
        return _now(period)
    try:
        span = Span(period, dt.date.fromisoformat(start))
    except ValueError:
        abort(404)
    if span_of(period, span.start) != span or not EARLIEST <= span.start <= _today():
        abort(404)
    return span


def _now(period: Period) -> Span:
    return span_of(period, _today())


def _today() -> dt.date:
    return utcnow().astimezone(services().settings.timezone).date()


def _url(span: Span, endpoint: str = "statistics.show", name: str | None = None) -> str:
    """The address of a span; what is default is left out."""
    period = None if span.period == DEFAULT else span.period
    start = None if span == _now(span.period) else span.start.isoformat()
    return url_for(endpoint, period=period, start=start, name=name)


def _export_url(span: Span) -> Callable[[str], str]:
    def url(name: str) -> str:
        if name == "xlsx":
            return _url(span, "statistics.export_xlsx")
        return _url(span, "statistics.export_csv", name=name)

    return url


def _file(data: bytes, media_type: str, span: Span, ending: str) -> Response:
    name = f"statistics-{span.period}-{span.start.isoformat()}{ending}"
    return Response(
        data,
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
