"""The original files, named by what they contain, never altered."""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.ingest.errors import StorageFull

INCOMING = ".incoming-"
DYING = ".dying-"
_NAME = re.compile(r"[0-9a-f]{64}\Z")
_READ_ONLY = 0o400
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob on disk: its hash by name, its size in bytes, when it was last put (epoch seconds)."""

    sha256: str
    path: Path
    size: int
    put_at: float


class BlobStore:
    """A folder of files named by the SHA-256 of their bytes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Where a blob lies, whether or not it exists."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def put(self, data: bytes) -> str:
        """Store the bytes and return their SHA-256.

        When it returns, the file is complete and on disk under its final name, so that a row which
        names it may be committed. Storing the same bytes again does nothing but renew the time by
        which the collector of orphans goes. Raises StorageFull where the disk has no room.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        final = self.path(sha256)
        try:
            if not _touch(final):
                _write(final, data)
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull from error
            raise
        # Also where the file was there: whoever put it may not have come so far yet.
        for folder in (final.parent, final.parent.parent, self.root, self.root.parent):
            _sync_folder(folder)
        return sha256

    def stored(self) -> Iterator[StoredBlob]:
        """Every blob on disk, in order of names."""
        for path in sorted(self.root.glob("??/??/*")):
            if _NAME.match(path.name):
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue  # it went while we looked
                yield StoredBlob(path.name, path, status.st_size, status.st_mtime)

    def leftovers(self) -> Iterator[Path]:
        """Files of a put or a collection that was cut short."""
        for mark in (INCOMING, DYING):
            yield from sorted(self.root.glob(f"??/??/{mark}*"))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _touch(final: Path) -> bool:
    """Renew the time of a file; whether there is one."""
    # One step, so that the collector either sees the new time or has taken the file away.
    try:
        os.utime(final)
    except FileNotFoundError:
        return False
    return True


def _write(final: Path, data: bytes) -> None:
    final.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=final.parent, prefix=INCOMING)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), _READ_ONLY)
            os.fsync(file.fileno())
        Path(name).replace(final)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
