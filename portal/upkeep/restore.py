"""A backup back into an empty portal, every byte of it verified."""

import hashlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portal import audit
from portal.audit import ANCHORS, Act
from portal.ingest.blobs import BlobStore
from portal.migrate import knows, upgrade
from portal.services import Services
from portal.upkeep.archive import BLOBS, DATABASE, FORMAT, MANIFEST, PAGES, Manifest
from portal.upkeep.dump import DumpFailed, is_empty, load

Progress = Callable[[int, int], None]
"""Called with (files verified and written, files in all)."""

_CHUNK = 1024 * 1024
_BLOB = re.compile(rf"{BLOBS}/([0-9a-f]{{64}})\Z")
_NOT_A_BACKUP = "这不是知识门户的备份文件，或者文件不完整。"


class RestoreError(Exception):
    """Nothing was restored; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored: how many originals, and when the backup was made (ISO, UTC)."""

    originals: int
    made_at: str


def restore(
    services: Services, source: Path, progress: Progress = lambda _done, _total: None
) -> RestoreReport:
    """Restore a backup into a portal that holds nothing yet, and bring it to this release.

    Every file is compared with its hash before anything takes its place; the database comes last,
    so that a restore cut short leaves a portal that is still empty. The index is made by the next
    indexer. Raises RestoreError.
    """
    _refuse_full(services)
    data_dir = services.settings.data_dir
    try:
        with (
            zipfile.ZipFile(source) as archive,
            tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder,
        ):
            manifest = _manifest(archive)
            _refuse_foreign(services, manifest)
            _unpack(archive, manifest, Path(folder), progress)
            originals = _move_in(services, Path(folder))
            load(services.db, Path(folder) / DATABASE, manifest.dialect)
    except (zipfile.BadZipFile, ValueError) as error:
        raise RestoreError(_NOT_A_BACKUP) from error
    except DumpFailed as error:
        raise RestoreError(str(error)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RestoreError(f"恢复没有完成（{reason}）。请腾出空间或检查权限后重来。") from error
    upgrade(services.db)
    with services.db.write() as session:
        details = {"made_at": manifest.made_at, "originals": originals}
        audit.record(session, Act.RESTORED, details=details)
    return RestoreReport(originals, manifest.made_at)


def _refuse_full(services: Services) -> None:
    if not is_empty(services.db) or any(services.blobs.root.glob("??/??/*")):
        raise RestoreError(
            f"{services.settings.data_dir} 里已经有一个知识门户，没有覆盖任何东西。"
            "请把 PORTAL_DATA_DIR（和 PORTAL_DATABASE_URL）指到空的地方再恢复。"
        )


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        return Manifest.from_json(archive.read(MANIFEST).decode("utf-8"))
    except KeyError:
        raise RestoreError(_NOT_A_BACKUP) from None


def _refuse_foreign(services: Services, manifest: Manifest) -> None:
    if manifest.format != FORMAT or not knows(manifest.revision):
        raise RestoreError("这个备份来自更新的版本，请先升级程序，再恢复。")
    ours = services.db.url.get_backend_name()
    if manifest.dialect not in (ours, "sqlite"):
        raise RestoreError(
            f"这个备份的数据库是 {manifest.dialect}，现在设置的是 {ours}。"
            "请改 PORTAL_DATABASE_URL 后再恢复。"
        )


def _unpack(archive: zipfile.ZipFile, manifest: Manifest, folder: Path, progress: Progress) -> None:
    """Write every file of the manifest below ``folder``, each compared with its hash."""
    if DATABASE not in manifest.files:
        raise RestoreError(_NOT_A_BACKUP)
    for number, (entry, sha256) in enumerate(manifest.files.items(), 1):
        place = _place(entry)
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        try:
            with archive.open(entry) as packed, (folder / place).open("xb") as file:
                while piece := packed.read(_CHUNK):
                    digest.update(piece)
                    file.write(piece)
        except KeyError:
            raise RestoreError(f"备份里缺少 {entry}，没有恢复任何东西。") from None
        if digest.hexdigest() != sha256:
            raise RestoreError(f"备份里的 {entry} 与清单不符，文件已损坏，没有恢复任何东西。")
        progress(number, len(manifest.files))


def _place(entry: str) -> Path:
    """Where an entry goes: names in an archive are data, and never lead out of the folder."""
    path = PurePosixPath(entry)
    is_page = path.parts[:1] == (PAGES,) and ".." not in path.parts
    if entry in (DATABASE, ANCHORS) or _BLOB.match(entry) or is_page:
        return Path(*path.parts)
    raise RestoreError(f"备份里有不认识的内容 {entry!r}，没有恢复任何东西。")


def _move_in(services: Services, folder: Path) -> int:
    """Bring originals and pages to their places; return how many originals."""
    count = 0
    store = BlobStore(services.blobs.root)
    for path in sorted((folder / BLOBS).glob("*")):
        store.put(path.read_bytes())
        path.unlink()
        count += 1
    if (folder / PAGES).is_dir():
        shutil.move(folder / PAGES, services.settings.data_dir / PAGES)
    if (folder / ANCHORS).is_file():
        shutil.move(folder / ANCHORS, services.settings.data_dir / ANCHORS)
    return count
