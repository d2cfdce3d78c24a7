"""Finding rows of the log."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.audit.types import Actor, Entry, Subject
from portal.models import AuditEntry

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are wanted; what is empty leaves all.

    ``person`` is a login or a part of it. ``action`` is a code, or the part before its full stop
    for a whole group. ``subject`` is a number or code, alone or after its kind and a colon.
    ``since`` is inclusive, ``until`` exclusive.
    """

    person: str = ""
    action: str = ""
    subject: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def find(session: Session, wanted: AuditFilter, offset: int, limit: int) -> tuple[list[Entry], int]:
    """Some of the wanted rows, the latest first, and how many there are in all."""
    conditions = _conditions(wanted)
    total = session.scalar(sa.select(sa.func.count(AuditEntry.number)).where(*conditions)) or 0
    rows = session.scalars(
        sa.select(AuditEntry)
        .where(*conditions)
        .order_by(AuditEntry.number.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_entry(row) for row in rows], total


def each_entry(session: Session, wanted: AuditFilter) -> Iterator[Entry]:
    """All wanted rows in their order, a thousand at a time."""
    query = sa.select(AuditEntry).where(*_conditions(wanted)).order_by(AuditEntry.number)
    # Closed also where the reader stops early: PostgreSQL keeps a cursor open for the rest.
    with session.execute(query.execution_options(yield_per=_BATCH)) as rows:
        yield from map(_entry, rows.scalars())


def _conditions(wanted: AuditFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.person:
        found.append(AuditEntry.actor_login.icontains(wanted.person, autoescape=True))
    if wanted.action:
        group = AuditEntry.action.startswith(f"{wanted.action}.", autoescape=True)
        found.append(sa.or_(AuditEntry.action == wanted.action, group))
    if wanted.subject:
        kind, colon, subject = wanted.subject.rpartition(":")
        found.append(AuditEntry.subject_id == subject)
        if colon:
            found.append(AuditEntry.subject_kind == kind)
    if wanted.since:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until:
        found.append(AuditEntry.at < wanted.until)
    return found


def _entry(row: AuditEntry) -> Entry:
    return Entry(
        number=row.number,
        at=row.at,
        actor=Actor(row.actor_id, row.actor_login),
        way=row.way,
        address=row.address,
        action=row.action,
        subject=Subject(row.subject_kind, row.subject_id) if row.subject_kind else None,
        details=json.loads(row.details),
        previous_hash=row.previous_hash,
        hash=row.hash,
    )
