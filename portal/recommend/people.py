"""Whom recommendations are made for, what they read, and whose inputs have changed."""

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.models import Dismissal, ListMark, ReaderEvent, TaxonomyTerm, User, UserIndustry
from portal.recommend.ease import Integers

T = TypeVar("T")

CHUNK = 250
LATELY = dt.timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Person:
    """A colleague; ``industries`` are terms, ``traces`` says in a word what the person did."""

    id: int
    role: str
    viewer: Viewer
    industries: tuple[int, ...]
    traces: str


@dataclass(frozen=True, slots=True)
class History:
    """The distinct documents that a person used, the latest first.

    The first ``lately`` of them were used within the last 180 days.
    """

    documents: Integers
    lately: int


NO_HISTORY = History(np.zeros(0, dtype=np.int32), 0)


def people(session: Session) -> list[Person]:
    """Everybody, in four queries."""
    industries: dict[int, list[int]] = {}
    for user_id, term_id in session.execute(
        sa.select(UserIndustry.user_id, UserIndustry.term_id)
        .join(TaxonomyTerm, TaxonomyTerm.id == UserIndustry.term_id)
        .where(TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.position, TaxonomyTerm.id)
    ):
        industries.setdefault(user_id, []).append(term_id)
    events = _traces(session, ReaderEvent.user_id, sa.func.max(ReaderEvent.id))
    dismissals = _traces(session, Dismissal.user_id, sa.func.max(Dismissal.at))
    users = session.execute(sa.select(User.id, User.role, User.unit_id).order_by(User.id))
    return [
        Person(
            id=row.id,
            role=row.role,
            viewer=Viewer.of(User(id=row.id, role=row.role, unit_id=row.unit_id)),
            industries=tuple(industries.get(row.id, ())),
            traces=f"{row.unit_id} {events.get(row.id, '')} {dismissals.get(row.id, '')}",
        )
        for row in users
    ]


def event_count(session: Session) -> int:
    """How many reader events there are."""
    return session.scalar(sa.select(sa.func.count(ReaderEvent.id))) or 0


def inputs(person: Person, stamps: Mapping[int, str], model: str) -> str:
    """A hash of everything that a person's recommendations are made from.

    ``stamps`` stand for what an industry offers at present, ``model`` for the co-reading.
    """
    offered = [stamps.get(industry, "") for industry in person.industries or (0,)]
    text = repr((person.role, person.industries, person.traces, offered, model))
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def marks(session: Session) -> dict[int, str]:
    """The inputs from which each person's recommendations were last made."""
    return dict(session.execute(sa.select(ListMark.user_id, ListMark.inputs)).all())


def histories(session: Session, user_ids: Sequence[int], now: dt.datetime) -> dict[int, History]:
    """What each of the people used; nothing for those who used nothing.

    The index on person, time and document answers this alone.
    """
    query = (
        sa.select(
            ReaderEvent.user_id,
            ReaderEvent.document_id,
            sa.case((ReaderEvent.at >= now - LATELY, 1), else_=0),
        )
        .where(ReaderEvent.user_id.in_(sa.bindparam("ids", expanding=True)))
        .order_by(ReaderEvent.user_id, ReaderEvent.at.desc(), ReaderEvent.document_id)
    )
    found: dict[int, History] = {}
    for chunk in chunks(user_ids):
        rows = session.execute(query, {"ids": chunk})
        numbers = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int32)
        if len(numbers):
            found.update(_grouped(numbers.reshape(-1, 3)))
    return found


def chunks(ids: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """A sequence in pieces that fit into one question to the database."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def dismissed(session: Session, user_ids: Sequence[int]) -> dict[int, set[int]]:
    """What each of the people dismissed."""
    found: dict[int, set[int]] = {}
    for chunk in chunks(user_ids):
        for user_id, document_id in session.execute(
            sa.select(Dismissal.user_id, Dismissal.document_id).where(Dismissal.user_id.in_(chunk))
        ):
            found.setdefault(user_id, set()).add(document_id)
    return found


def _traces(
    session: Session, owner: sa.orm.InstrumentedAttribute[int], latest: sa.ColumnElement[object]
) -> dict[int, str]:
    rows = session.execute(sa.select(owner, sa.func.count(), latest).group_by(owner))
    return {user_id: f"{count}/{last}" for user_id, count, last in rows}


def _grouped(rows: Integers) -> dict[int, History]:
    """Rows of person, document and whether lately, ordered by person and from the latest back."""
    owners, starts = np.unique(rows[:, 0], return_index=True)
    found = {}
    for owner, part in zip(owners, np.split(rows, starts[1:]), strict=True):
        first = np.sort(np.unique(part[:, 1], return_index=True)[1])
        documents = np.ascontiguousarray(part[first, 1])
        found[int(owner)] = History(documents, int(part[first, 2].sum()))
    return found
