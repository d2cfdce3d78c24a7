"""Files that arrive in chunks: where they lie, how far they have come, and when they are given up.

The truth about how far a file has come is the length of its partial file, which is synced after
every chunk: what was acknowledged need not be sent again, whatever happened in between.
"""

import datetime as dt
import fcntl
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.ingest.pipeline import clean_name
from portal.models import PartialUpload

CHUNK = 1024 * 1024
"""The largest chunk in bytes."""
MOST_FILES = 20
KEPT = dt.timedelta(days=1)
# Room that stays for the database, the index and everyone else.
SPARE = 256 * 1024 * 1024
_ID = re.compile(r"[A-Za-z0-9_-]{16}")


class UploadRefused(Exception):
    """A file, or a chunk of it, is not taken; ``reason`` is a slug and ``values`` go with it."""

    def __init__(self, reason: str, **values: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values: Mapping[str, int] = values


@dataclass(frozen=True, slots=True)
class Partial:
    """A file on its way in; ``size`` and ``received`` are bytes."""

    id: str
    name: str
    size: int
    received: int
    touched_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file that a person is about to send, as the browser describes it.

    ``modified`` is its last-modified time in milliseconds since 1970.
    """

    name: str
    size: int
    modified: int


class PartialStore:
    """The folder of partial files; ``max_bytes`` is the largest file that is taken."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def begin(self, session: Session, user_id: int, file: Arriving, now: dt.datetime) -> Partial:
        """Start a file, or go on with the one of the same name, size and time that is there.

        Raises :class:`UploadRefused`: ``empty``, ``too-large``, ``too-many``, ``too-much`` or
        ``no-room``.
        """
        name = clean_name(file.name)
        self.check(file.size)
        mine = self._rows(session, user_id)
        for row in mine:
            if (row.file_name, row.size, row.modified) == (name, file.size, file.modified):
                row.touched_at = now
                self._make(row.id)
                return self._partial(row)
        if len(mine) >= MOST_FILES:
            raise UploadRefused("too-many", most=MOST_FILES)
        if sum(row.size for row in mine) + file.size > 4 * self.max_bytes:
            raise UploadRefused("too-much", most=4 * self.max_bytes)
        row = PartialUpload(
            id=secrets.token_urlsafe(12),
            user_id=user_id,
            file_name=name,
            size=file.size,
            modified=file.modified,
            touched_at=now,
        )
        session.add(row)
        session.flush()
        self._make(row.id)
        return self._partial(row)

    def check(self, size: int) -> None:
        """Whether a file of this many bytes may come in at all; else :class:`UploadRefused`."""
        if size <= 0:
            raise UploadRefused("empty")
        if size > self.max_bytes:
            raise UploadRefused("too-large", most=self.max_bytes)
        self.root.mkdir(parents=True, exist_ok=True)
        # The file lies there twice for a moment: in parts and as an original.
        if shutil.disk_usage(self.root).free < 2 * size + SPARE:
            raise UploadRefused("no-room")

    def find(self, session: Session, user_id: int, upload_id: str) -> Partial:
        """A person's own partial file; ``UploadRefused("gone")`` for any other."""
        return self._partial(self._row(session, user_id, upload_id))

    def waiting(self, session: Session, user_id: int) -> list[Partial]:
        """The person's unfinished files, the last touched first."""
        rows = self._rows(session, user_id)
        return [self._partial(row) for row in rows]

    def append(self, partial: Partial, offset: int, chunk: bytes) -> int:
        """Add a chunk that begins at ``offset``; return how many bytes are there and on disk.

        ``UploadRefused("offset", received=...)`` where the file has come to another place,
        ``"too-large"`` where the chunk goes beyond the file's size.
        """
        with self._locked(partial) as file:
            received = os.fstat(file.fileno()).st_size
            if received != offset:
                raise UploadRefused("offset", received=received)
            if received + len(chunk) > partial.size or len(chunk) > CHUNK:
                raise UploadRefused("too-large", most=partial.size)
            file.seek(received)
            file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
            return received + len(chunk)

    def read(self, partial: Partial, sha256: str) -> bytes:
        """The complete file. ``sha256`` in hexadecimal is compared unless it is empty.

        ``UploadRefused("incomplete", received=...)`` where bytes are missing; ``"damaged"`` where
        they are not those that the browser read, and then the file has to be sent anew.
        """
        with self._locked(partial) as file:
            received = os.fstat(file.fileno()).st_size
            if received != partial.size:
                raise UploadRefused("incomplete", received=received)
            data = self._path(partial.id).read_bytes()
            if sha256 and hashlib.sha256(data).hexdigest() != sha256.lower():
                file.truncate(0)
                raise UploadRefused("damaged")
        return data

    def discard(self, session: Session, user_id: int, upload_id: str) -> None:
        """Forget a person's partial file; nothing happens where there is none."""
        session.execute(
            sa.delete(PartialUpload).where(
                PartialUpload.id == upload_id, PartialUpload.user_id == user_id
            )
        )
        if _ID.fullmatch(upload_id) and session.get(PartialUpload, upload_id) is None:
            self._path(upload_id).unlink(missing_ok=True)

    def purge(self, session: Session, now: dt.datetime) -> int:
        """Give up what nobody has gone on with for a day, and files of no row; return how many."""
        last = now - KEPT
        old = sa.select(PartialUpload.id).where(PartialUpload.touched_at < last)
        gone = set(session.scalars(old))
        session.execute(sa.delete(PartialUpload).where(PartialUpload.id.in_(gone)))
        known = set(session.scalars(sa.select(PartialUpload.id)))
        strays = [
            path
            for path in (self.root.iterdir() if self.root.exists() else ())
            # A file whose row is not committed yet is a new one.
            if path.name in gone
            or (path.name not in known and path.stat().st_mtime < last.timestamp())
        ]
        for path in strays:
            path.unlink(missing_ok=True)
        return len(strays)

    @contextmanager
    def _locked(self, partial: Partial) -> Iterator[IO[bytes]]:
        try:
            file = self._path(partial.id).open("r+b")
        except FileNotFoundError:
            raise UploadRefused("gone") from None
        with file:
            # A chunk sent again because its answer got lost waits here for the first one.
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file

    def _rows(self, session: Session, user_id: int) -> list[PartialUpload]:
        return list(
            session.scalars(
                sa.select(PartialUpload)
                .where(PartialUpload.user_id == user_id)
                .order_by(PartialUpload.touched_at.desc(), PartialUpload.id)
            )
        )

    def _row(self, session: Session, user_id: int, upload_id: str) -> PartialUpload:
        row = session.get(PartialUpload, upload_id)
        if row is None or row.user_id != user_id or not self._path(row.id).exists():
            raise UploadRefused("gone")
        return row

    def _make(self, upload_id: str) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self._path(upload_id).touch(mode=0o600)

    def _path(self, upload_id: str) -> Path:
        return self.root / upload_id

    def _partial(self, row: PartialUpload) -> Partial:
        path = self._path(row.id)
        received = path.stat().st_size if path.exists() else 0
        return Partial(row.id, row.file_name, row.size, received, row.touched_at)
