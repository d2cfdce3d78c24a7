"""A folder that is watched: files that people or programs put there come in as drafts.

What is in moves to the subfolder 已收录, what failed to 未收录, so that what still lies there is
what still waits. The names of folders become keys.
"""

import stat
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from portal.ingest.bulk import find_files, read_whole, reason
from portal.ingest.errors import TooLarge
from portal.ingest.failures import Arrival, Intake, record_failure, take_in
from portal.ingest.folders import KeyNames
from portal.ingest.pipeline import Filing, Outcome
from portal.models import IntakeSource

DONE = "已收录"
FAILED = "未收录"
SETTLED_SECONDS = 10.0
"""For how long a file must not have changed before it counts as complete."""


def watch_folder(
    intake: Intake, folder: Path, author_id: int, settled_seconds: float = SETTLED_SECONDS
) -> Mapping[str, int]:
    """Take in what lies in the folder and is complete; return counts by what became of it.

    Killed at any moment, it goes on the next time: a file that was in but not yet moved is then
    recognised and moved. Raises :class:`OSError` where the folder cannot be read.
    """
    next(folder.iterdir(), None)  # a folder that is gone must not look like an empty one
    names = KeyNames(intake.taxonomy)
    counts: Counter[str] = Counter(added=0, duplicate=0, failed=0, waiting=0)
    for found in find_files([folder]):
        parts = found.path.relative_to(folder).parts
        if parts[0] in (DONE, FAILED):
            continue
        filing = Filing(author_id, keys=names.of_folders(parts[:-1]))
        outcome = _take(intake, folder, found.path, filing, settled_seconds)
        counts["waiting" if outcome is None else outcome.status] += 1
    return counts


def _take(
    intake: Intake, folder: Path, path: Path, filing: Filing, settled_seconds: float
) -> Outcome | None:
    """One file; ``None`` while it is still being written."""
    arrival = Arrival(IntakeSource.WATCH, str(path), str(path), path.name, filing)
    try:
        before = path.lstat()
        # A link could lead to any file that the portal may read.
        if not stat.S_ISREG(before.st_mode):
            return _refuse(intake, folder, path, arrival, "这是链接或设备，不是普通文件。")
        if time.time() - max(before.st_mtime, before.st_ctime) < settled_seconds:
            return None
        data = read_whole(path, intake.limits)
        after = path.lstat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            return None
    except FileNotFoundError:
        return None  # somebody took it away again
    except TooLarge as error:
        return _refuse(intake, folder, path, arrival, error.message)
    except OSError as error:
        return _refuse(intake, folder, path, arrival, reason(error))
    outcome = take_in(intake, arrival, data)
    _move(folder, path, FAILED if outcome.status == "failed" else DONE)
    return outcome


def _refuse(intake: Intake, folder: Path, path: Path, arrival: Arrival, why: str) -> Outcome:
    outcome = Outcome(path.name, "failed", code="unreadable", message=why)
    record_failure(intake, arrival, outcome)
    _move(folder, path, FAILED)
    return outcome


def _move(folder: Path, path: Path, into: str) -> None:
    target = folder / into / path.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    number = 2
    free = target
    while free.exists() or free.is_symlink():
        free = target.with_name(f"{target.stem}（{number}）{target.suffix}")
        number += 1
    path.rename(free)
