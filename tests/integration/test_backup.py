"""Check, repair, backup and restore: what is lost is named, and what is kept comes back whole."""

import dataclasses
import datetime as dt
import json
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from portal.catalogue import Viewer
from portal.db import utcnow
from portal.ingest import Filing
from portal.ingest.blobs import BlobStore
from portal.jobs import catch_up
from portal.models import Document, Version
from portal.search import SearchRequest
from portal.services import Services, build_services
from portal.upkeep import (
    BackupError,
    RestoreError,
    back_up,
    check,
    collect_orphans,
    repair,
    restore,
)
from portal.upkeep.dump import dumped, load
from tests.conftest import Library
from tests.databases import Databases
from tests.integration.command import Command

QUERIES = ("双路由", "校园宽带", "回访", "专线 满意", "资费")


@pytest.fixture
def stocked(library: Library) -> Services:
    """A portal with a few documents, all indexed."""
    filing = Filing(library.person("liujie"), {"industry": ("education",)}, publish=True)
    library.put("# 组网建议书\n\n两院区之间采用双路由专线。", "组网.md", filing, index=False)
    library.put("校园宽带资费说明\n\n宿舍宽带按学年计费。", "资费.txt", filing, index=False)
    for number in range(8):
        text = f"第{number}号网点回访记录\n\n专线使用正常，客户满意。"
        library.put(text, f"回访{number}.txt", filing, index=False)
    catch_up(library.services)
    return library.services


def original(services: Services, name: str) -> Path:
    with services.db.read() as session:
        sha256 = session.scalars(sa.select(Version.sha256).where(Version.file_name == name)).one()
    return services.blobs.path(sha256)


def kinds(services: Services) -> list[str]:
    return [finding.kind for finding in check(services)]


def answers(services: Services) -> list[tuple[int, list[int]]]:
    found = [services.search.search(SearchRequest(text), Viewer.anonymous()) for text in QUERIES]
    return [(page.total, [hit.document.id for hit in page.hits]) for page in found]


@pytest.fixture
def elsewhere(tmp_path: Path, databases: Databases) -> Iterator[Services]:
    """A place for a portal that holds nothing yet."""
    folder = tmp_path / "另一处"
    address = databases.empty(folder)
    built = build_services(Settings(data_dir=folder, demo=True, database_url=address))
    yield built
    built.db.dispose()


# ---------- check and repair ----------


def test_a_sound_portal_has_no_differences(stocked: Services) -> None:
    seen: list[tuple[int, int]] = []
    assert check(stocked, lambda done, total: seen.append((done, total))) == []
    assert seen[-1] == (10, 10)


def test_a_missing_and_an_altered_original_are_named(stocked: Services) -> None:
    original(stocked, "组网.md").unlink()
    altered = original(stocked, "资费.txt")
    altered.chmod(0o600)
    altered.write_bytes(b"other")
    findings = {finding.kind: finding.message for finding in check(stocked)}
    assert set(findings) == {"blob-missing", "blob-altered"}
    assert "组网.md" in findings["blob-missing"]
    assert "资费.txt" in findings["blob-altered"]
    assert all(message.endswith("。") for message in findings.values())


def test_an_older_index_under_the_database_is_brought_up(stocked: Services, tmp_path: Path) -> None:
    shutil.copytree(stocked.settings.index_dir, tmp_path / "older")
    added = _add_one(stocked)
    shutil.rmtree(stocked.settings.index_dir)
    shutil.copytree(tmp_path / "older", stocked.settings.index_dir)
    reopened = build_services(stocked.settings)
    findings = check(reopened)
    assert [(item.kind, item.document_id) for item in findings] == [("index-missing", added)]
    assert repair(reopened, findings) == 1
    catch_up(reopened)
    assert check(reopened) == []
    assert reopened.search.search(SearchRequest("wd0099"), Viewer.anonymous()).total == 1
    reopened.db.dispose()


def test_what_only_the_index_knows_leaves_it(
    stocked: Services, elsewhere: Services, tmp_path: Path
) -> None:
    with dumped(stocked.db, tmp_path / "older"):
        added = _add_one(stocked)
    load(elsewhere.db, tmp_path / "older", stocked.db.url.get_backend_name())
    older = dataclasses.replace(stocked, db=elsewhere.db)
    findings = check(older)
    assert [(item.kind, item.document_id) for item in findings] == [("index-orphan", added)]
    repair(older, findings)
    catch_up(older)
    assert check(older) == []


def _add_one(services: Services) -> int:
    with services.db.read() as session:
        author = session.scalars(sa.select(Document.author_id)).first()
    assert author is not None
    filing = Filing(author, publish=True)
    added = Library(services).put("第99号网点\n\n编号 wd0099。", "99.txt", filing).document_id
    assert added is not None
    return added


def test_a_damaged_index_is_named_and_built_anew(stocked: Services) -> None:
    before = answers(stocked)
    live = stocked.search.store.live()
    assert live is not None
    for path in live.path.glob("*.toc"):
        path.write_bytes(b"damaged")
    assert kinds(stocked) == ["index-unavailable"]
    repair(stocked, check(stocked))
    catch_up(stocked)
    assert check(stocked) == []
    assert answers(stocked) == before


def test_check_prints_for_people_and_for_programs(stocked: Services, portal: Command) -> None:
    done = portal("check")
    assert (done.code, done.out) == (0, "All is well.\n")
    original(stocked, "资费.txt").unlink()
    done = portal("check", "--repair", "--json")
    assert (done.code, done.json["counts"]) == (1, {"blob-missing": 1})
    assert "资费.txt" in portal("check").out


# ---------- originals ----------


def test_an_original_cannot_be_written_to(stocked: Services) -> None:
    path = original(stocked, "资费.txt")
    assert path.stat().st_mode & 0o777 == 0o400


def test_orphans_and_leftovers_go_after_a_day_and_nothing_else(stocked: Services) -> None:
    orphan = stocked.blobs.path(stocked.blobs.put("没有写成行的原件".encode()))
    leftover = orphan.with_name(".incoming-abc")
    leftover.write_bytes(b"half")
    kept = original(stocked, "资费.txt")
    assert collect_orphans(stocked.db, stocked.blobs, utcnow()).files == 0
    for path in (orphan, leftover, kept):
        _age(path)
    assert kinds(stocked) == ["blob-orphan"]
    collected = collect_orphans(stocked.db, stocked.blobs, utcnow())
    assert (collected.files, orphan.exists(), leftover.exists()) == (2, False, False)
    assert kept.exists()
    assert check(stocked) == []


def test_an_original_put_again_is_no_orphan_any_more(stocked: Services) -> None:
    data = "先前上传中断的原件".encode()
    orphan = stocked.blobs.path(stocked.blobs.put(data))
    _age(orphan)
    stocked.blobs.put(data)
    assert collect_orphans(stocked.db, stocked.blobs, utcnow()).files == 0
    assert orphan.read_bytes() == data


def test_a_collection_that_was_killed_is_finished_by_the_next(stocked: Services) -> None:
    named = original(stocked, "资费.txt")
    data = named.read_bytes()
    orphan = stocked.blobs.path(stocked.blobs.put("孤儿".encode()))
    for path in (named, orphan):
        _age(path)
        path.rename(path.with_name(f".dying-{path.name}"))
    assert collect_orphans(stocked.db, stocked.blobs, utcnow()).files == 0
    assert named.read_bytes() == data
    assert not orphan.exists()
    assert list(stocked.blobs.leftovers()) == []


def test_putting_and_collecting_at_once_never_loses_what_was_put(
    services: Services, tmp_path: Path
) -> None:
    store = BlobStore(tmp_path / "blobs")
    store.root.mkdir()
    data = "同时上传和清理的原件".encode()
    stop, lost = threading.Event(), list[int]()

    def put() -> None:
        for number in range(150):
            path = store.path(store.put(data))
            if not path.exists() and not path.with_name(f".dying-{path.name}").exists():
                lost.append(number)
            try:
                _age(path)
            except FileNotFoundError:
                continue
        stop.set()

    thread = threading.Thread(target=put)
    thread.start()
    collections = 0
    while not stop.is_set():
        collect_orphans(services.db, store, utcnow(), dt.timedelta(minutes=10))
        collections += 1
    thread.join()
    assert collections > 0
    # Only a file that is old counts as lost to nobody; a fresh one stays.
    final = store.path(store.put(data))
    collect_orphans(services.db, store, utcnow(), dt.timedelta(minutes=10))
    assert final.exists()


def _age(path: Path) -> None:
    old = (utcnow() - dt.timedelta(days=2)).timestamp()
    os.utime(path, (old, old))


# ---------- backup and restore ----------


def test_a_restored_portal_answers_the_same_searches(
    stocked: Services, elsewhere: Services, tmp_path: Path
) -> None:
    before = answers(stocked)
    report = back_up(stocked, tmp_path / "备份.zip")
    assert (report.originals, report.problems) == (10, ())
    assert restore(elsewhere, tmp_path / "备份.zip").originals == 10
    catch_up(elsewhere)
    assert answers(elsewhere) == before
    assert check(elsewhere) == []
    assert original(elsewhere, "资费.txt").stat().st_mode & 0o777 == 0o400


def test_backup_and_restore_from_the_command_line(
    stocked: Services,
    elsewhere: Services,
    portal: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = portal("backup", tmp_path / "备份.zip")
    assert (done.code, "10 originals" in done.out) == (0, True)
    again = portal("backup", tmp_path / "备份.zip")
    assert (again.code, "没有覆盖" in again.err) == (2, True)
    refused = portal("restore", tmp_path / "备份.zip")
    assert (refused.code, "没有覆盖" in refused.err) == (2, True)
    monkeypatch.setenv("PORTAL_DATA_DIR", str(elsewhere.settings.data_dir))
    monkeypatch.setenv("PORTAL_DATABASE_URL", elsewhere.settings.resolved_database_url)
    assert portal("restore", tmp_path / "备份.zip").code == 0
    assert portal("search", "双路由", "--json").json["total"] == 1


def test_a_backup_made_during_writing_is_one_moment(
    library: Library, elsewhere: Services, tmp_path: Path
) -> None:
    filing = Filing(library.person("liujie"), publish=True)
    services = library.services
    problems: list[BaseException] = []
    begun, stop = threading.Event(), threading.Event()

    def write() -> None:
        try:
            for number in range(200):
                if stop.is_set():
                    break
                text = f"第{number}号网点回访记录\n\n专线使用正常。"
                library.put(text, f"{number}.txt", filing, index=False)
                begun.set()
        except BaseException as error:
            problems.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    report = back_up(services, tmp_path / "备份.zip")
    stop.set()
    writer.join()
    assert (problems, report.problems) == ([], ())
    restore(elsewhere, tmp_path / "备份.zip")
    catch_up(elsewhere)
    assert check(elsewhere) == []
    with elsewhere.db.read() as session:
        count = session.scalar(sa.select(sa.func.count(Document.id)))
    assert count == report.originals


def test_a_missing_original_is_named_and_the_rest_is_backed_up(
    stocked: Services, tmp_path: Path
) -> None:
    original(stocked, "资费.txt").unlink()
    report = back_up(stocked, tmp_path / "备份.zip")
    assert (report.originals, len(report.problems)) == (9, 1)


def test_no_half_backup_is_left_behind(stocked: Services, tmp_path: Path) -> None:
    folder = tmp_path / "备份"
    with pytest.raises(BackupError, match="没有文件夹"):
        back_up(stocked, folder / "a.zip")
    folder.mkdir()

    def fail(_done: int, _total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BackupError, match="没有留下半个备份"):
        back_up(stocked, folder / "a.zip", fail)
    assert list(folder.iterdir()) == []


def _rewrite(source: Path, target: Path, entry: str, data: bytes) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, data if name == entry else old.read(name))
        if entry not in old.namelist():
            new.writestr(entry, data)
    return target


def test_a_damaged_backup_restores_nothing(
    stocked: Services, elsewhere: Services, tmp_path: Path
) -> None:
    back_up(stocked, tmp_path / "备份.zip")
    with zipfile.ZipFile(tmp_path / "备份.zip") as archive:
        blob = next(name for name in archive.namelist() if name.startswith("blobs/"))
        manifest = json.loads(archive.read("manifest.json"))
    escaping = manifest | {"files": manifest["files"] | {"../../evil": "0" * 64}}
    newer = manifest | {"revision": "9999"}
    foreign = manifest | {"dialect": "mysql"}
    bad = {
        "已损坏": _rewrite(tmp_path / "备份.zip", tmp_path / "1.zip", blob, b"x"),
        "不认识": _manifest(tmp_path, "2.zip", escaping),
        "更新的版本": _manifest(tmp_path, "3.zip", newer),
        "mysql": _manifest(tmp_path, "4.zip", foreign),
        "不是知识门户的备份": tmp_path / "5.zip",
    }
    (tmp_path / "5.zip").write_bytes((tmp_path / "备份.zip").read_bytes()[:-200])
    for sentence, path in bad.items():
        with pytest.raises(RestoreError, match=sentence):
            restore(elsewhere, path)
    assert sorted(elsewhere.settings.data_dir.rglob("*")) == []
    assert not (tmp_path / "evil").exists()
    assert restore(elsewhere, tmp_path / "备份.zip").originals == 10


def _manifest(tmp_path: Path, name: str, value: object) -> Path:
    data = json.dumps(value).encode()
    return _rewrite(tmp_path / "备份.zip", tmp_path / name, "manifest.json", data)


def test_postgresql_without_its_tools_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    services = build_services(
        Settings(data_dir=tmp_path / "data", demo=True, database_url="postgresql+psycopg://x/y")
    )
    with pytest.raises(BackupError, match="pg_dump"):
        back_up(services, tmp_path / "备份.zip")
    services.db.dispose()
