"""Who uses what: reader events added up by industry, stage, unit, author and day."""

import datetime as dt
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.languages import name_in
from portal.models import (
    Document,
    DocumentTerm,
    EventKind,
    ReaderEvent,
    StatisticsPeriod,
    TaxonomyTerm,
    Unit,
    UseFigure,
    User,
)
from portal.statistics.scope import counts
from portal.statistics.spans import Span
from portal.statistics.types import NOTHING, Figure, UseReport

Dimension = Literal["industry", "stage", "unit", "author"]
DIMENSIONS: tuple[Dimension, ...] = ("industry", "stage", "unit", "author")
"""Industry and stage are the document's, unit is the reader's, author is who wrote the document."""

_TOTAL, _BY_DAY = "total", "day"
# A query for a code and four counts: more columns than SQLAlchemy's types can follow.
_Query = Any
_COUNTED = (EventKind.VIEW, EventKind.DOWNLOAD, EventKind.APPLY)


def make_use(
    session: Session, span: Span, zone: dt.tzinfo
) -> list[tuple[str, str, int, int, int, int]]:
    """Add the events of a span up: dimension, code, views, downloads, applications, readers."""
    return [
        (dimension, str(code), int(views), int(downloads), int(applications), int(readers))
        for dimension, query in _queries(span, zone).items()
        for code, views, downloads, applications, readers in session.execute(query)
    ]


def store_use(
    session: Session,
    span: Span,
    figures: list[tuple[str, str, int, int, int, int]],
    last_event: int,
    now: dt.datetime,
) -> None:
    """Put the figures of a span in the place of older ones."""
    session.execute(
        sa.delete(UseFigure).where(UseFigure.period == span.period, UseFigure.start == span.start)
    )
    names = ("dimension", "code", "views", "downloads", "applications", "readers")
    rows = [
        {"period": span.period, "start": span.start, **dict(zip(names, figure, strict=True))}
        for figure in figures
    ]
    if rows:
        session.execute(sa.insert(UseFigure), rows)
    session.merge(
        StatisticsPeriod(period=span.period, start=span.start, made_at=now, last_event=last_event)
    )


def use_report(session: Session, span: Span) -> UseReport:
    """The figures of a span as they were last made, with the total of the one before."""
    made = session.get(StatisticsPeriod, (span.period, span.start))
    rows = _figures(session, span)
    by_day = {figure.code: figure for figure in rows.get(_BY_DAY, [])}
    author_names = _author_names(session, rows.get("author", []))
    ranked = {
        dimension: sorted(rows.get(dimension, []), key=lambda figure: (-figure.uses, figure.code))
        for dimension in DIMENSIONS
    }
    ranked["author"] = [
        Figure(each.code, each.views, each.downloads, each.applications, each.readers, name)
        for each in ranked["author"]
        if (name := author_names.get(each.code))
    ]
    return UseReport(
        span=span,
        made_at=made.made_at if made else None,
        total=next(iter(rows.get(_TOTAL, [])), NOTHING),
        before=next(iter(_figures(session, span.previous, _TOTAL).get(_TOTAL, [])), NOTHING),
        days=tuple(
            by_day.get(day.isoformat(), Figure(day.isoformat(), 0, 0, 0, 0)) for day in span.days
        ),
        by={dimension: tuple(figures) for dimension, figures in ranked.items()},
    )


def unit_names(session: Session, language: str) -> dict[str, str]:
    """The names of units by code, in the language of a code."""
    rows = session.execute(sa.select(Unit.code, Unit.zh, Unit.en))
    return {code: name_in(language, zh, en) for code, zh, en in rows}


def _queries(span: Span, zone: dt.tzinfo) -> dict[str, _Query]:
    """What adds the events of a span up, for each dimension."""
    first, after = span.bounds(zone)
    when = (ReaderEvent.at >= first) & (ReaderEvent.at < after)
    within = when & ReaderEvent.kind.in_(_COUNTED) & counts(ReaderEvent.document_id)

    def sums(code: sa.SQLColumnExpression[str]) -> _Query:
        return sa.select(
            code,
            *(_count(kind) for kind in _COUNTED),
            sa.func.count(sa.distinct(ReaderEvent.user_id)),
        ).where(within)

    day, author = sa.cast(ReaderEvent.day, sa.String), sa.cast(Document.author_id, sa.String)
    return {
        _TOTAL: sums(sa.literal("")),
        _BY_DAY: sums(day).group_by(day),
        "industry": _by_facet("industry", within),
        "stage": _by_facet("stage", within),
        "unit": sums(Unit.code)
        .select_from(ReaderEvent)
        .join(User, User.id == ReaderEvent.user_id)
        .join(Unit, Unit.id == User.unit_id)
        .group_by(Unit.code),
        "author": sums(author)
        .select_from(ReaderEvent)
        .join(Document, Document.id == ReaderEvent.document_id)
        .group_by(Document.author_id),
    }


def _by_facet(facet: str, within: sa.ColumnElement[bool]) -> _Query:
    # Added up for each document and reader first: otherwise SQLite begins with the facet and goes
    # through all events there ever were of every document that carries it.
    used = (
        sa.select(
            ReaderEvent.document_id,
            ReaderEvent.user_id,
            *(_count(kind).label(kind.name.lower()) for kind in _COUNTED),
        )
        .where(within)
        .group_by(ReaderEvent.document_id, ReaderEvent.user_id)
        .subquery()
    )
    return (
        sa.select(
            TaxonomyTerm.code,
            *(sa.func.sum(used.c[kind.name.lower()]) for kind in _COUNTED),
            sa.func.count(sa.distinct(used.c.user_id)),
        )
        .select_from(used)
        .join(DocumentTerm, DocumentTerm.document_id == used.c.document_id)
        .join(TaxonomyTerm, TaxonomyTerm.id == DocumentTerm.term_id)
        .where(TaxonomyTerm.facet == facet)
        .group_by(TaxonomyTerm.code)
    )


def _count(kind: EventKind) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((ReaderEvent.kind == kind, 1), else_=0)), 0)


def _figures(session: Session, span: Span, dimension: str = "") -> dict[str, list[Figure]]:
    query = sa.select(UseFigure).where(
        UseFigure.period == span.period, UseFigure.start == span.start
    )
    if dimension:
        query = query.where(UseFigure.dimension == dimension)
    found: dict[str, list[Figure]] = {}
    for row in session.scalars(query):
        found.setdefault(row.dimension, []).append(
            Figure(row.code, row.views, row.downloads, row.applications, row.readers)
        )
    return found


def _author_names(session: Session, authors: list[Figure]) -> dict[str, str]:
    ids = [int(each.code) for each in authors]
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(ids)))
    return {str(user_id): name for user_id, name in rows}
