"""Files that come in by themselves, and the list of those that did not get in.

Whoever brings such a file is not there to read the answer, so that a failure is written down with
everything that trying again needs. Each file has one row, however often it fails.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue import Taxonomy, TaxonomyError
from portal.db import Database, utcnow
from portal.ingest.blobs import BlobStore
from portal.ingest.errors import Infected, ScanFailed, StorageFull
from portal.ingest.pipeline import Filing, Outcome, clean_name, ingest
from portal.ingest.types import Limits
from portal.models import IntakeFailure, IntakeSource, Visibility
from portal.permissions import Permission, demand

_LONGEST_ORIGIN = 500
# What is not safe, or not possible, to keep.
_NOT_KEPT = (Infected.code, ScanFailed.code, StorageFull.code)


@dataclass(frozen=True, slots=True)
class Intake:
    """What files are taken in with."""

    db: Database
    blobs: BlobStore
    taxonomy: Taxonomy
    limits: Limits


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file and where it came from: ``place`` is unique to it, ``origin`` is shown to people."""

    source: IntakeSource
    place: str
    origin: str
    name: str
    filing: Filing

    @property
    def key(self) -> str:
        """What names this file's row among the failures."""
        return hashlib.sha256(f"{self.source}\n{self.place}".encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class FailureView:
    """A failure as administrators see it; ``can_retry`` where the original was kept."""

    id: int
    source: str
    name: str
    origin: str
    message: str
    size: int
    at: dt.datetime
    retried_at: dt.datetime | None
    resolved_at: dt.datetime | None
    document_id: int | None
    can_retry: bool


def take_in(intake: Intake, arrival: Arrival, data: bytes) -> Outcome:
    """Take one file in; write a failure down, or settle the one that was written down before."""
    filing = arrival.filing
    try:
        outcome = ingest(
            *(intake.db, intake.blobs, intake.taxonomy, data, arrival.name, filing, intake.limits)
        )
    except TaxonomyError as error:  # a code that was retired since the filing was written
        outcome = Outcome(arrival.name, "failed", code="unknown_key", message=f"{error}。")
    if outcome.status == "failed":
        record_failure(intake, arrival, outcome, data)
    else:
        _settle(intake.db, arrival.key, outcome.document_id)
    return outcome


def record_failure(intake: Intake, arrival: Arrival, outcome: Outcome, data: bytes = b"") -> None:
    """Write a failure down, and keep the original where that is safe."""
    sha256 = None
    if 0 < len(data) <= intake.limits.max_bytes and outcome.code not in _NOT_KEPT:
        try:
            sha256 = intake.blobs.put(data)
        except StorageFull:
            sha256 = None
    with intake.db.write() as session:
        row = _row(session, arrival.key)
        if row is None:
            row = IntakeFailure(
                source=arrival.source,
                key=arrival.key,
                name=clean_name(arrival.name),
                origin=_one_line(arrival.origin),
            )
            session.add(row)
        row.code, row.message, row.size = outcome.code, outcome.message, len(data)
        row.sha256, row.filing, row.at = sha256, _filing_as_json(arrival.filing), utcnow()
        row.resolved_at = row.document_id = None


def open_failures(session: Session) -> int:
    """How many failures nobody has dealt with."""
    return session.scalar(sa.select(sa.func.count(IntakeFailure.id)).where(_is_open())) or 0


def list_failures(
    session: Session, *, is_open: bool, offset: int, limit: int
) -> tuple[list[FailureView], int]:
    """A page of the failures, the latest first, and how many there are in all."""
    demand(Permission.ADMINISTER)
    condition = _is_open() if is_open else IntakeFailure.resolved_at.is_not(None)
    order = IntakeFailure.at if is_open else IntakeFailure.resolved_at
    total = session.scalar(sa.select(sa.func.count(IntakeFailure.id)).where(condition)) or 0
    rows = session.scalars(
        sa.select(IntakeFailure)
        .where(condition)
        .order_by(order.desc(), IntakeFailure.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [_view(row) for row in rows], total


def retryable(session: Session) -> Sequence[int]:
    """The open failures whose originals were kept, those tried longest ago first."""
    return session.scalars(
        sa.select(IntakeFailure.id)
        .where(_is_open(), IntakeFailure.sha256.is_not(None))
        .order_by(sa.func.coalesce(IntakeFailure.retried_at, IntakeFailure.at), IntakeFailure.id)
    ).all()


def retry(intake: Intake, failure_id: int) -> Outcome | None:
    """Try an open failure again; ``None`` where there is none or its original was not kept."""
    demand(Permission.ADMINISTER)
    with intake.db.read() as session:
        row = session.get(IntakeFailure, failure_id)
        if row is None or row.resolved_at is not None or row.sha256 is None:
            return None
        name, filing, path = row.name, _filing_of(row.filing), intake.blobs.path(row.sha256)
    try:
        outcome = ingest(
            *(intake.db, intake.blobs, intake.taxonomy, path.read_bytes(), name, filing),
            intake.limits,
        )
    except (OSError, TaxonomyError) as error:
        outcome = Outcome(name, "failed", code="unreadable", message=f"没有成功：{error}。")
    with intake.db.write() as session:
        row = session.get_one(IntakeFailure, failure_id)
        row.retried_at = utcnow()
        details = {"name": row.name, "outcome": outcome.status}
        audit.record(session, Act.INTAKE_RETRIED, Subject("intake", failure_id), details=details)
        if outcome.status == "failed":
            row.code, row.message = outcome.code, outcome.message
        else:
            row.resolved_at, row.document_id = row.retried_at, outcome.document_id
            row.sha256 = None
    return outcome


def set_aside(session: Session, failure_id: int, now: dt.datetime) -> bool:
    """Take a failure off the list without taking the file in; whether there was one.

    The original, if kept, is then removed by the collector of orphans.
    """
    demand(Permission.ADMINISTER)
    row = session.get(IntakeFailure, failure_id)
    if row is None or row.resolved_at is not None:
        return False
    row.resolved_at, row.sha256 = now, None
    details = {"name": row.name}
    audit.record(session, Act.INTAKE_DISMISSED, Subject("intake", failure_id), details=details)
    return True


def _settle(db: Database, key: str, document_id: int | None) -> None:
    with db.read() as session:
        known = _row(session, key)
    if known is None or known.resolved_at is not None:
        return  # nearly always, and it costs no write
    with db.write() as session:
        row = session.get_one(IntakeFailure, known.id)
        row.resolved_at, row.document_id, row.sha256 = utcnow(), document_id, None


def _row(session: Session, key: str) -> IntakeFailure | None:
    return session.scalar(sa.select(IntakeFailure).where(IntakeFailure.key == key))


def _is_open() -> sa.ColumnElement[bool]:
    return IntakeFailure.resolved_at.is_(None)


def _view(row: IntakeFailure) -> FailureView:
    values = {
        item.name: getattr(row, item.name)
        for item in dataclasses.fields(FailureView)
        if item.name != "can_retry"
    }
    return FailureView(**values, can_retry=row.sha256 is not None)


def _one_line(text: str) -> str:
    clean = " ".join(text.replace("\x00", "").encode("utf-8", "replace").decode().split())
    return clean[:_LONGEST_ORIGIN]


def _filing_as_json(filing: Filing) -> dict[str, Any]:
    return {
        "author_id": filing.author_id,
        "keys": {facet: list(codes) for facet, codes in filing.keys.items()},
        "publish": filing.publish,
        "visibility": filing.visibility.value,
        "title": filing.title,
    }


def _filing_of(value: Mapping[str, Any]) -> Filing:
    return Filing(
        author_id=value["author_id"],
        keys={facet: tuple(codes) for facet, codes in value["keys"].items()},
        publish=value["publish"],
        visibility=Visibility(value["visibility"]),
        title=value["title"],
    )
