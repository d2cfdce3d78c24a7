"""Originals that nothing names: left by a crash between storing a file and writing its row."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Database
from portal.ingest.blobs import DYING, BlobStore
from portal.models import IntakeFailure, Version

GRACE = dt.timedelta(days=1)
"""How long a file may lie there before the row that names it."""


@dataclass(frozen=True, slots=True)
class Collected:
    """How many orphans and leftovers were removed, and their bytes."""

    files: int
    size: int


def named_blobs(session: Session) -> set[str]:
    """The hashes of all originals that some row names. Every table that names one is asked here."""
    versions = session.scalars(sa.select(Version.sha256))
    failures = session.scalars(
        sa.select(IntakeFailure.sha256).where(IntakeFailure.sha256.is_not(None))
    )
    return set(versions) | {sha256 for sha256 in failures if sha256 is not None}


def collect_orphans(
    db: Database, blobs: BlobStore, now: dt.datetime, grace: dt.timedelta = GRACE
) -> Collected:
    """Remove originals that no row names and that were last put longer ago than ``grace``.

    Safe beside uploads of the same bytes: a file is first moved aside, and moved back if it was
    put again, or named by a row, before it had been moved. What a collection that was killed had
    moved aside is dealt with by the next one.
    """
    limit = (now - grace).timestamp()
    _finish_dying(db, blobs, limit)
    with db.read() as session:
        named = named_blobs(session)
    files = size = 0
    for blob in list(blobs.stored()):
        if blob.sha256 in named or blob.put_at > limit:
            continue
        aside = blob.path.with_name(f"{DYING}{blob.sha256}")
        blob.path.replace(aside)
        if _end(db, aside, blob.path, limit):
            files, size = files + 1, size + blob.size
    for path in list(blobs.leftovers()):
        try:
            status = path.stat()
            if status.st_mtime > limit:
                continue
            path.unlink()
        except FileNotFoundError:
            continue  # its upload has just been completed
        files, size = files + 1, size + status.st_size
    return Collected(files, size)


def _finish_dying(db: Database, blobs: BlobStore, limit: float) -> None:
    for aside in list(blobs.leftovers()):
        if aside.name.startswith(DYING):
            _end(db, aside, blobs.path(aside.name.removeprefix(DYING)), limit)


def _end(db: Database, aside: Path, final: Path, limit: float) -> bool:
    """Remove a file that was moved aside, or move it back; return whether it was removed."""
    if aside.stat().st_mtime > limit or _is_named(db, final.name):
        aside.replace(final)
        return False
    aside.unlink()
    return True


def _is_named(db: Database, sha256: str) -> bool:
    with db.read() as session:
        version = session.scalar(sa.select(Version.id).where(Version.sha256 == sha256).limit(1))
        failure = session.scalar(
            sa.select(IntakeFailure.id).where(IntakeFailure.sha256 == sha256).limit(1)
        )
    return version is not None or failure is not None
