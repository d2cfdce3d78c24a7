"""One consistent archive of database and originals, made while the portal runs."""

import hashlib
import json
import logging
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import ANCHORS, Act
from portal.db import utcnow
from portal.ingest.blobs import file_sha256
from portal.services import Services
from portal.upkeep.archive import DATABASE, FORMAT, MANIFEST, PAGES, Manifest, blob_entry
from portal.upkeep.dump import DumpFailed, dumped
from portal.upkeep.orphans import named_blobs

Progress = Callable[[int, int], None]
"""Called with (files written, files in all)."""

LAST_BACKUP = "last_backup.json"
"""In the data folder: what the last backup was, for whoever asks when it was."""

_CHUNK = 1024 * 1024
_log = logging.getLogger(__name__)


class BackupError(Exception):
    """No backup was made; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What went into a backup: originals and bytes of the archive.

    ``problems`` are sentences on originals that are missing or altered; they are not in it.
    """

    originals: int
    size: int
    problems: tuple[str, ...]


def back_up(
    services: Services, target: Path, progress: Progress = lambda _done, _total: None
) -> BackupReport:
    """Write the archive; it appears under its name only when it is complete and on disk.

    The database is copied first and the originals that the copy names after it. Originals never
    change, so that together they are one moment of the portal. Raises BackupError.
    """
    target = target.absolute()
    if target.exists():
        raise BackupError(f"{target} 已经存在，没有覆盖。请换一个文件名。")
    if not target.parent.is_dir():
        raise BackupError(f"没有文件夹 {target.parent}，请先建立。")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            made = Path(folder) / "archive"
            report = _write(services, made, Path(folder) / DATABASE, progress)
            os.link(made, target)  # unlike a rename it never replaces what came in between
        _sync(target.parent)
        _record(services, target, report)
    except FileExistsError:
        raise BackupError(f"{target} 已经存在，没有覆盖。请换一个文件名。") from None
    except (DumpFailed, sqlite3.Error, sa.exc.DBAPIError) as error:
        raise BackupError(f"数据库没有备份成功：{error}") from error
    except OSError as error:
        raise BackupError(f"写入 {target} 失败（{error.strerror}），没有留下半个备份。") from error
    _note(services, target, report)
    return report


def _note(services: Services, target: Path, report: BackupReport) -> None:
    """Write down that there is a backup; that this fails does not make it a worse one."""
    noted = {
        "at": utcnow().isoformat(),
        "file": str(target),
        "size": report.size,
        "problems": len(report.problems),
    }
    path = services.settings.data_dir / LAST_BACKUP
    try:
        made = path.with_suffix(".new")
        made.write_text(json.dumps(noted, ensure_ascii=False), encoding="utf-8")
        made.replace(path)
    except OSError:
        _log.exception("the backup is complete, but %s could not be written", path)


def _write(services: Services, made: Path, copy: Path, progress: Progress) -> BackupReport:
    # Before the database: no anchor may be of a row that the copy lacks.
    anchors = services.settings.data_dir / ANCHORS
    anchored = anchors.read_bytes() if anchors.exists() else b""
    with dumped(services.db, copy) as session:
        named, revision = named_blobs(session), _revision(session)
    pages = sorted(path for path in _pages_folder(services).rglob("*") if path.is_file())
    total = len(named) + len(pages) + 1
    files: dict[str, str] = {}
    problems: list[str] = []
    with zipfile.ZipFile(made, "x", allowZip64=True) as archive:
        files[DATABASE] = _add(archive, copy, DATABASE, zipfile.ZIP_DEFLATED)
        for number, sha256 in enumerate(sorted(named), 1):
            problem = _add_blob(archive, services.blobs.path(sha256), sha256)
            if problem:
                problems.append(problem)
            else:
                files[blob_entry(sha256)] = sha256
            progress(number, total)
        for path in pages:
            entry = f"{PAGES}/{path.relative_to(_pages_folder(services)).as_posix()}"
            files[entry] = _add(archive, path, entry, zipfile.ZIP_DEFLATED)
        if anchored:
            archive.writestr(ANCHORS, anchored, zipfile.ZIP_DEFLATED)
            files[ANCHORS] = hashlib.sha256(anchored).hexdigest()
        dialect = services.db.url.get_backend_name()
        manifest = Manifest(FORMAT, utcnow().isoformat(), dialect, revision, files)
        archive.writestr(MANIFEST, manifest.to_json(), zipfile.ZIP_DEFLATED)
    _sync(made)
    progress(total, total)
    originals = len(named) - len(problems)
    return BackupReport(originals, made.stat().st_size, tuple(problems))


def _record(services: Services, target: Path, report: BackupReport) -> None:
    details = {"file": target.name, "originals": report.originals, "bytes": report.size}
    with services.db.write() as session:
        audit.record(session, Act.BACKED_UP, details=details)


def _revision(session: Session) -> str:
    return str(session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())


def _add_blob(archive: zipfile.ZipFile, path: Path, sha256: str) -> str:
    """Add an original; what is wrong with it, or ""."""
    try:
        if file_sha256(path) != sha256:
            return f"原件 {path} 与收录时不同，没有放进备份。"
    except OSError as error:
        return f"原件 {path} 读不到（{error.strerror}），没有放进备份。"
    # Office files and PDF are compressed already.
    _add(archive, path, blob_entry(sha256), zipfile.ZIP_STORED)
    return ""


def _add(archive: zipfile.ZipFile, path: Path, entry: str, method: int) -> str:
    """Add a file in pieces; return the SHA-256 of what was added."""
    info = zipfile.ZipInfo.from_file(path, entry)
    info.compress_type = method
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        while piece := source.read(_CHUNK):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _pages_folder(services: Services) -> Path:
    return services.settings.data_dir / PAGES


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
