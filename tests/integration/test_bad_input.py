"""Every bad file ends in a sentence that names it, and the rest of the batch goes in."""

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.ingest import Filing, Limits, Outcome, find_files, ingest_files
from portal.jobs import catch_up
from portal.models import Document
from portal.search import SearchRequest
from portal.services import Services
from tests.conftest import Library
from tests.unit.ingest.builders import (
    IMAGE_PAGE,
    docx_bytes,
    encrypted,
    pdf_bytes,
    pptx_bytes,
    song_page,
    xlsx_bytes,
)

PAGE = song_page(["云澜三院双路由组网项目建议书", "两院区之间采用双路由专线互为备份。"])


def word(text: str = "云澜三院双路由组网项目建议书") -> bytes:
    return docx_bytes(lambda document: document.add_paragraph(text))


def slides() -> bytes:
    def fill(deck: object) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])  # type: ignore[attr-defined]
        slide.shapes.title.text = "智慧病房物联网产品介绍"

    return pptx_bytes(fill)


def sheets() -> bytes:
    return xlsx_bytes(lambda book: book.active.append(["带宽", "月租"]))


BAD: dict[str, tuple[bytes, str, str]] = {
    # name: bytes, code, part of the sentence
    "空文件.docx": (b"", "empty_file", "空的"),
    "只有空白.txt": (b" \r\n\t\n", "empty_file", "空的"),
    "照片.txt": (b"\x89PNG\r\n\x1a\n" + bytes(200), "unsupported_format", "图片"),
    "未知类型.docx": (bytes(range(256)) * 40, "unsupported_format", "无法识别"),
    "程序.pdf": (b"MZ\x90\x00\x03" + bytes(300), "unsupported_format", "可执行程序"),
    "截断.docx": (word()[:-400], "corrupt", "损坏"),
    "截断.pptx": (slides()[: len(slides()) // 2], "corrupt", "损坏"),
    "截断.xlsx": (sheets()[:-200], "corrupt", "损坏"),
    "截断.pdf": (pdf_bytes([PAGE])[:400], "corrupt", "损坏"),
    "加密.docx": (encrypted(word(), "岭海2026"), "encrypted", "密码"),
    "加密.xlsx": (encrypted(sheets(), "岭海2026"), "encrypted", "密码"),
    "加密.pdf": (pdf_bytes([PAGE], user_password="secret"), "encrypted", "密码"),
    "扫描件.pdf": (pdf_bytes([IMAGE_PAGE, IMAGE_PAGE]), "no_text", "没有可检索的文字"),
    "空白.docx": (docx_bytes(), "no_text", "没有可检索的文字"),
}
GOOD: dict[str, tuple[bytes, str]] = {
    # a name that lies about its bytes: the bytes decide
    "其实是文档.pdf": (word("云澜三院组网方案"), "docx"),
    "其实是演示.xlsx": (slides(), "pptx"),
    "其实是PDF.docx": (pdf_bytes([PAGE]), "pdf"),
    "没有扩展名": (sheets(), "xlsx"),
    "正常.txt": ("客户回访话术\n\n您好，想了解专线使用情况。".encode(), "txt"),
}


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    """A folder of bad files with good ones between them."""
    folder = tmp_path / "待收录"
    folder.mkdir()
    files = {name: row[0] for name, row in BAD.items()}
    files |= {name: row[0] for name, row in GOOD.items()}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def take_in(services: Services, author: int, paths: list[Path]) -> dict[str, Outcome]:
    outcomes = ingest_files(
        services.db,
        services.blobs,
        services.taxonomy(),
        find_files(paths),
        lambda _path: Filing(author, publish=True),
        Limits(),
    )
    return {outcome.name: outcome for outcome in outcomes}


def test_good_files_go_in_from_between_bad_ones(
    services: Services, library: Library, batch: Path
) -> None:
    outcomes = take_in(services, library.person("liujie"), [batch])
    assert set(outcomes) == set(BAD) | set(GOOD)
    assert {name for name, item in outcomes.items() if item.status == "added"} == set(GOOD)
    with services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count(Document.id))) == len(GOOD)
    catch_up(services)
    found = services.search.search(SearchRequest("回访话术"), Viewer.anonymous())
    assert found.total == 1


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_ends_in_a_clear_sentence(
    services: Services, library: Library, tmp_path: Path, name: str
) -> None:
    data, code, part = BAD[name]
    (tmp_path / name).write_bytes(data)
    outcome = take_in(services, library.person("liujie"), [tmp_path / name])[name]
    assert (outcome.status, outcome.code) == ("failed", code)
    assert part in outcome.message
    assert outcome.message.endswith("。")
    assert outcome.document_id is None


@pytest.mark.parametrize("name", GOOD)
def test_the_bytes_decide_and_not_the_name(library: Library, name: str) -> None:
    data, kind = GOOD[name]
    outcome = library.put(data, name, Filing(library.person("liujie"), publish=True))
    found = library.services.search.search(SearchRequest(""), Viewer.operator())
    assert (outcome.status, found.hits[0].document.format) == ("added", kind)


def test_a_file_over_the_limit_is_not_even_read(
    services: Services, library: Library, tmp_path: Path
) -> None:
    huge = tmp_path / "录像.mp4"
    with huge.open("wb") as file:
        file.truncate(Limits().max_bytes + 1)
    outcome = take_in(services, library.person("liujie"), [huge])[str(huge)]
    assert (outcome.status, outcome.code) == ("failed", "too_large")
    assert "200 MB" in outcome.message


def test_a_path_that_does_not_exist_is_named(
    services: Services, library: Library, tmp_path: Path
) -> None:
    missing = tmp_path / "没有这个.docx"
    outcome = take_in(services, library.person("liujie"), [missing])[str(missing)]
    assert (outcome.status, outcome.code) == ("failed", "unreadable")
    assert "没有这个文件" in outcome.message


def test_a_pipe_or_a_socket_is_named_and_does_not_block(
    services: Services, library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "资料"
    folder.mkdir()
    os.mkfifo(folder / "管道")
    (folder / "断链").symlink_to(folder / "没有")
    outcomes = take_in(services, library.person("liujie"), [folder])
    assert {outcome.status for outcome in outcomes.values()} == {"failed"}
    assert all(outcome.message for outcome in outcomes.values())
    assert len(outcomes) == 2


def test_hidden_files_and_lock_files_are_passed_over(tmp_path: Path) -> None:
    for name in (".DS_Store", "~$建议书.docx", "建议书.docx", "b/资费.txt", ".git/config"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    found = [str(item.path.relative_to(tmp_path)) for item in find_files([tmp_path])]
    assert found == ["建议书.docx", "b/资费.txt"]


def test_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "资费.txt").write_text("资费", encoding="utf-8")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert [item.path.name for item in find_files([tmp_path])] == ["资费.txt"]


def _without_root_powers() -> None:
    # Root reads everything; without these two capabilities it has a file's rights and no more.
    if os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder with a readable file, a file and a folder without rights."""
    folder = tmp_path / "资料"
    (folder / "无权限").mkdir(parents=True)
    (folder / "无权限" / "底价.txt").write_text("专线底价", encoding="utf-8")
    (folder / "不可读.txt").write_text("授权说明", encoding="utf-8")
    (folder / "可读.txt").write_text("客户回访话术\n\n专线使用情况", encoding="utf-8")
    (folder / "不可读.txt").chmod(0)
    (folder / "无权限").chmod(0)
    yield folder
    (folder / "无权限").chmod(0o700)


def test_a_folder_without_rights_is_named_and_the_rest_goes_in(
    services: Services, locked: Path
) -> None:
    services.db.dispose()
    command = [sys.executable, "-m", "portal", "ingest", str(locked), "--json", "--publish"]
    command += ["--industry", "education", "--work-type", "customer-sales", "--stage", "visit"]
    done = subprocess.run(
        command,
        env=os.environ | {"PORTAL_DATA_DIR": str(services.settings.data_dir)},
        capture_output=True,
        preexec_fn=_without_root_powers,
        timeout=60,
    )
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert [row["name"] for row in answer["added"]] == ["可读.txt"]
    failed = {Path(row["name"]).name: row["message"] for row in answer["failed"]}
    assert set(failed) == {"不可读.txt", "无权限"}
    assert all("没有读取权限" in message for message in failed.values())
