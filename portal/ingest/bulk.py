"""Files and folders into the pipeline, one after the other; one bad file never stops the rest."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.catalogue import Taxonomy
from portal.db import Database
from portal.ingest.blobs import BlobStore
from portal.ingest.pipeline import Filing, Outcome, ingest
from portal.ingest.types import Limits


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in, or in ``problem`` why a path could not be read."""

    path: Path
    problem: str = ""


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
) -> Iterator[Outcome]:
    """Take the files in and yield each one's outcome as soon as it is certain.

    ``filing`` says for each path how it is to be filed.
    """
    for file in files:
        shown = str(file.path)
        if file.problem:
            yield Outcome(shown, "failed", code="unreadable", message=file.problem)
            continue
        try:
            status = file.path.stat()
            if not stat.S_ISREG(status.st_mode):
                # Reading a pipe or a device could wait for ever.
                yield Outcome(shown, "failed", code="unreadable", message="这不是普通文件。")
                continue
            if status.st_size > limits.max_bytes:
                yield Outcome(
                    shown,
                    "failed",
                    code="too_large",
                    message=f"文件超过 {limits.max_bytes // 1024**2} MB 的上限，请拆分后再上传。",
                )
                continue
            data = file.path.read_bytes()
        except OSError as error:
            yield Outcome(shown, "failed", code="unreadable", message=_reason(error))
            continue
        yield ingest(db, blobs, taxonomy, data, file.path.name, filing(file.path), limits)


def _walk(root: Path) -> list[Found]:
    found: list[Found] = []

    def failed(error: OSError) -> None:
        found.append(Found(Path(os.fsdecode(error.filename)), _reason(error)))

    for folder, subfolders, names in os.walk(root, onerror=failed):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        found += [
            Found(Path(folder, name)) for name in sorted(names) if not name.startswith((".", "~$"))
        ]
    return found


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "没有读取权限，请检查文件或文件夹的权限。"
    return f"无法读取：{error.strerror}。"
