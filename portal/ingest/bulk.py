"""Files and folders into the pipeline, one after the other; one bad file never stops the rest."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.catalogue import Taxonomy
from portal.db import Database
from portal.ingest.blobs import BlobStore
from portal.ingest.errors import TooLarge
from portal.ingest.failures import Arrival, Intake, take_in
from portal.ingest.pipeline import Filing, Outcome, ingest
from portal.ingest.types import Limits
from portal.models import IntakeSource


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in, or in ``problem`` why it cannot be, with a slug for programs."""

    path: Path
    problem: str = ""
    code: str = "unreadable"


def find_files(paths: list[Path]) -> list[Found]:
    """The files at the given paths, folders walked in name order, links to folders not followed.

    Hidden files and the lock files that Office leaves beside open documents are passed over.
    """
    found: list[Found] = []
    for path in paths:
        if path.is_dir():
            found += _walk(path)
        elif path.exists():
            found.append(Found(path))
        else:
            found.append(Found(path, "没有这个文件或文件夹。"))
    return found


def ingest_files(
    db: Database,
    blobs: BlobStore,
    taxonomy: Taxonomy,
    files: list[Found],
    filing: Callable[[Path], Filing],
    limits: Limits,
    source: IntakeSource | None = None,
) -> Iterator[Outcome]:
    """Take the files in and yield each one's outcome as soon as it is certain.

    ``filing`` says for each path how it is to be filed. With a ``source``, a file that could not be
    taken in is written down for trying again, and is crossed off once it is in.
    """
    intake = Intake(db, blobs, taxonomy, limits)
    for file in files:
        data = _read(file, limits)
        if isinstance(data, Outcome):
            yield data
            continue
        filed = filing(file.path)
        if source is None:
            yield ingest(db, blobs, taxonomy, data, file.path.name, filed, limits)
        else:
            place = str(file.path.absolute())
            yield take_in(intake, Arrival(source, place, place, file.path.name, filed), data)


def read_whole(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file. Raises :class:`OSError`, and TooLarge before reading."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe or a device could wait for ever.
        raise OSError(errno.EINVAL, "这不是普通文件")
    if status.st_size > limits.max_bytes:
        raise TooLarge(f"文件超过 {limits.max_bytes // 1024**2} MB 的上限，请拆分后再上传。")
    return path.read_bytes()


def _read(file: Found, limits: Limits) -> bytes | Outcome:
    shown = str(file.path)
    if file.problem:
        return Outcome(shown, "failed", code=file.code, message=file.problem)
    try:
        return read_whole(file.path, limits)
    except OSError as error:
        return Outcome(shown, "failed", code="unreadable", message=reason(error))
    except TooLarge as error:
        return Outcome(shown, "failed", code=error.code, message=error.message)


def _walk(root: Path) -> list[Found]:
    found: list[Found] = []

    def failed(error: OSError) -> None:
        found.append(Found(Path(os.fsdecode(error.filename)), reason(error)))

    for folder, subfolders, names in os.walk(root, onerror=failed):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        found += [
            Found(Path(folder, name)) for name in sorted(names) if not name.startswith((".", "~$"))
        ]
    return found


def reason(error: OSError) -> str:
    """Why something could not be read, as a Chinese sentence."""
    if isinstance(error, PermissionError):
        return "没有读取权限，请检查文件或文件夹的权限。"
    return f"无法读取：{error.strerror}。"
