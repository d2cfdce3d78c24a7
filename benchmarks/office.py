"""A large office in a database: managers, documents and reader events, written in bulk.

Only what lists are made from is there: documents have keys and a version, and no text.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from portal.db import Base, Database
from portal.migrate import upgrade
from portal.models import (
    Document,
    DocumentTerm,
    EventKind,
    ReaderEvent,
    Role,
    Status,
    TaxonomyTerm,
    Unit,
    User,
    UserIndustry,
    Version,
    Visibility,
)
from portal.recommend.hot import WEIGHTS, half_lives

NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
DAYS = 150
ROWS = 50_000
HOME = 0.8
"""The part of a manager's reading that is of the own industry."""
_KINDS = (EventKind.VIEW, EventKind.DOWNLOAD, EventKind.FAVOURITE, EventKind.APPLY)
_OFTEN = (0.80, 0.14, 0.04, 0.02)
_INSERT_EVENT = (
    "INSERT INTO reader_events (document_id, user_id, kind, day, at) VALUES (?, ?, ?, ?, ?)"
)
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Terms:
    industries: list[int]
    stages: list[int]
    kinds: list[int]


def build(db: Database, managers: int, documents: int, events: int, seed: int) -> None:
    """Migrate an empty database and fill it; the same numbers and seed make the same office."""
    upgrade(db)
    draw = np.random.default_rng(seed)
    with db.read() as session:
        terms = _Terms(*(_terms(session, facet) for facet in ("industry", "stage", "kind")))
        units = list(session.scalars(sa.select(Unit.id).order_by(Unit.id)))
    home = draw.integers(0, len(terms.industries), managers)
    industry = draw.integers(0, len(terms.industries), documents)
    _people(db, home, terms, units)
    _documents(db, draw, industry, managers, terms, units)
    _events(db, draw, home, industry, events)


def _terms(session: sa.orm.Session, facet: str) -> list[int]:
    return list(
        session.scalars(
            sa.select(TaxonomyTerm.id).where(TaxonomyTerm.facet == facet).order_by(TaxonomyTerm.id)
        )
    )


def _people(db: Database, home: Numbers, terms: _Terms, units: Sequence[int]) -> None:
    roles = (Role.INDUSTRY_MANAGER, Role.ACCOUNT_MANAGER)
    _insert(
        db,
        User,
        (
            {
                "id": number,
                "login": f"jingli{number}",
                "name": f"经理{number}",
                "password_hash": "",
                "role": roles[number % 2],
                "unit_id": units[number % len(units)],
                "is_demo": False,
                "created_at": NOW,
            }
            for number in range(1, len(home) + 1)
        ),
    )
    rows = [
        {"user_id": number, "term_id": terms.industries[each]}
        for number, each in enumerate(home.tolist(), 1)
    ]
    _insert(db, UserIndustry, iter(rows))


def _documents(
    db: Database,
    draw: np.random.Generator,
    industry: Numbers,
    managers: int,
    terms: _Terms,
    units: Sequence[int],
) -> None:
    count = len(industry)
    author = draw.integers(1, managers + 1, count).tolist()
    published = [NOW - dt.timedelta(days=float(age)) for age in draw.uniform(0, 900, count)]
    stage, kind = draw.choice(terms.stages, count), draw.choice(terms.kinds, count)
    _insert(
        db,
        Document,
        (
            {
                "id": number,
                "title": f"行业信息化资料 {number}",
                "status": Status.PUBLISHED,
                "visibility": Visibility.UNIT if number % 20 == 0 else Visibility.EVERYONE,
                "author_id": author[number - 1],
                "unit_id": units[number % len(units)],
                "created_at": published[number - 1],
                "published_at": published[number - 1],
            }
            for number in range(1, count + 1)
        ),
    )
    keys = np.stack([np.array(terms.industries)[industry], stage, kind], axis=1).tolist()
    _keys_and_versions(db, keys, published)


def _keys_and_versions(
    db: Database, keys: Sequence[Sequence[int]], published: Sequence[dt.datetime]
) -> None:
    _insert(
        db,
        DocumentTerm,
        (
            {"document_id": number, "term_id": term}
            for number, codes in enumerate(keys, 1)
            for term in codes
        ),
    )
    _insert(
        db,
        Version,
        (
            {
                "document_id": number,
                "number": 1,
                "file_name": f"{number}.docx",
                "format": "docx",
                "media_type": "application/octet-stream",
                "size": 1,
                "sha256": f"{number:064d}",
                "notices": [],
                "created_at": at,
                "published_at": at,
            }
            for number, at in enumerate(published, 1)
        ),
    )


def _events(
    db: Database, draw: np.random.Generator, home: Numbers, industry: Numbers, events: int
) -> None:
    """Reading in the own industry above all, of the better known above all, over 150 days."""
    documents, readers = len(industry), len(home)
    by_industry = [np.flatnonzero(industry == each) for each in range(industry.max() + 1)]
    user = draw.integers(0, readers, events)
    document = _zipf(draw, documents, events)
    at_home = np.flatnonzero(draw.random(events) < HOME)
    for each, own in enumerate(by_industry):
        chosen = at_home[home[user[at_home]] == each]
        document[chosen] = own[_zipf(draw, len(own), len(chosen))]
    kind = draw.choice(len(_KINDS), events, p=_OFTEN)
    minute = draw.integers(0, DAYS * 24 * 60, events)
    same = ((document * readers + user) * len(_KINDS) + kind) * DAYS + minute // (24 * 60)
    # In the order of the table's unique key, so that its index grows at its end only.
    kept = np.unique(same, return_index=True)[1]
    document, user, kind, minute = document[kept], user[kept], kind[kept], minute[kept]
    start = NOW.replace(hour=0) - dt.timedelta(days=DAYS)
    _insert_events(db, start, document, user, kind, minute)
    _heat(db, document, kind, half_lives(start) + minute / (7 * 24 * 60))


def _insert_events(
    db: Database, start: dt.datetime, document: Numbers, user: Numbers, kind: Numbers, at: Numbers
) -> None:
    """Past SQLAlchemy, which would take several times as long; the other indexes come after."""
    table = Base.metadata.tables[ReaderEvent.__tablename__]
    moments = [start + dt.timedelta(minutes=each) for each in range(DAYS * 24 * 60)]
    days = [f"{each:%Y-%m-%d}" for each in moments]
    times = [f"{each:%Y-%m-%d %H:%M:%S.000000}" for each in moments]
    with db.engine.begin() as connection:
        for index in table.indexes:
            index.drop(connection)
        for first in range(0, len(document), ROWS):
            part = slice(first, first + ROWS)
            rows = zip(
                (document[part] + 1).tolist(),
                (user[part] + 1).tolist(),
                [_KINDS[each].value for each in kind[part].tolist()],
                [days[each] for each in at[part].tolist()],
                [times[each] for each in at[part].tolist()],
                strict=True,
            )
            connection.exec_driver_sql(_INSERT_EVENT, list(rows))
        for index in table.indexes:
            index.create(connection)


def _heat(db: Database, document: Numbers, kind: Numbers, when: NDArray[np.float64]) -> None:
    """Hotness as the events would have left it, but that returning readers count anew."""
    exponents = when + np.log2([WEIGHTS[each] for each in _KINDS])[kind]
    order = np.argsort(document, kind="stable")
    used, starts = np.unique(document[order], return_index=True)
    hot = np.logaddexp2.reduceat(exponents[order], starts)
    rows = [
        {"number": int(each) + 1, "value": float(value)}
        for each, value in zip(used, hot, strict=True)
    ]
    table = Base.metadata.tables[Document.__tablename__]
    update = sa.update(table).where(table.c.id == sa.bindparam("number"))
    with db.engine.begin() as connection:
        connection.execute(update.values(hot=sa.bindparam("value")), rows)


def _zipf(draw: np.random.Generator, size: int, count: int) -> Numbers:
    """Places from 0, the early ones far more often, by inverting a truncated power law."""
    places: Numbers = np.expm1(draw.random(count) * np.log(size + 1)).astype(np.int64)
    return np.minimum(places, size - 1)


def _insert(db: Database, model: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    table = Base.metadata.tables[model.__tablename__]
    batch: list[dict[str, Any]] = []
    with db.engine.begin() as connection:
        if db.is_sqlite:
            # Rows come in no index's order: its pages must not be read again for each.
            connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        for row in rows:
            batch.append(row)
            if len(batch) == ROWS:
                connection.execute(sa.insert(table), batch)
                batch = []
        if batch:
            connection.execute(sa.insert(table), batch)
