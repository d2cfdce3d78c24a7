"""Files are read in another process: what a file does to its reader, it does to nobody else."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from portal.ingest import Filing, Limits, ingest
from portal.ingest.errors import Crashed, IngestError, TooLarge, TooSlow
from portal.ingest.extract import extract
from portal.ingest.isolate import READERS, draw_pages, extract_isolated
from portal.ingest.wire import extraction_of
from tests.conftest import Library
from tests.unit.ingest.builders import docx_bytes, pdf_bytes, song_page, xlsx_bytes

PAGE = song_page(["云澜三院双路由组网项目建议书", "两院区之间采用双路由专线互为备份。"])
BOOK = pdf_bytes([PAGE] * 400)
WORD = docx_bytes(lambda document: document.add_paragraph("云澜三院双路由组网项目建议书"))


def readers() -> list[int]:
    """The processes that read files for this one."""
    found = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "pid=,args="], capture_output=True, text=True
    )
    lines = [line.split(None, 1) for line in found.stdout.splitlines()]
    return [int(pid) for pid, command in lines if "portal.ingest.child" in command]


def refused(data: bytes, limits: Limits) -> IngestError:
    with pytest.raises(IngestError) as caught:
        extract_isolated(data, "方案", limits)
    return caught.value


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (WORD, "方案.docx"),
        (pdf_bytes([PAGE]), "方案.pdf"),
        (xlsx_bytes(lambda book: book.active.append(["带宽", "月租", 99.5])), "资费.xlsx"),
        ("# 资费\n\n|档位|月租|\n|-|-|\n|百兆|99|\n".encode(), "资费.md"),
        ("客户回访话术\r\n\r\n您好。".encode("gb18030"), "回访.txt"),
    ],
)
def test_the_text_is_the_same_as_when_read_here(data: bytes, name: str) -> None:
    assert extract_isolated(data, name, Limits()) == extract(data, name)


def test_a_file_that_takes_too_long_is_given_up_with_a_sentence() -> None:
    error = refused(BOOK, Limits(max_seconds=0.05))
    assert (error.code, "用时过长" in error.message) == ("too_slow", True)
    assert len(extract_isolated(BOOK, "书.pdf", Limits()).sections) == 400


def test_a_file_that_asks_for_too_much_memory_is_refused_with_a_sentence() -> None:
    error = refused(("资费说明 " * 4_000_000).encode(), Limits(max_memory=20 * 1024 * 1024))
    assert error.code in ("too_large", "crashed")
    assert error.message.endswith("。")


def test_a_reader_that_is_killed_is_replaced_and_the_file_is_read() -> None:
    extract_isolated(WORD, "方案.docx", Limits())
    for reader in readers():
        os.kill(reader, signal.SIGKILL)
    assert extract_isolated(WORD, "方案.docx", Limits()).sections[0].text.startswith("云澜三院")


def test_threads_share_a_few_readers_and_each_gets_its_own_file() -> None:
    texts = [f"第{number}号网点回访记录，专线使用正常。" for number in range(24)]
    got: dict[int, str] = {}

    def read(number: int) -> None:
        extraction = extract_isolated(texts[number].encode(), f"{number}.txt", Limits())
        got[number] = extraction.sections[0].text

    threads = [threading.Thread(target=read, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == dict(enumerate(texts))
    assert 1 <= len(readers()) <= READERS


def test_a_reader_knows_no_setting_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "岭海" * 20)
    for reader in readers():
        os.kill(reader, signal.SIGKILL)
    extract_isolated(WORD, "方案.docx", Limits())
    environment = Path(f"/proc/{readers()[0]}/environ").read_bytes()
    assert b"PYTHONPATH" in environment
    assert b"PORTAL_" not in environment


def test_a_reader_starts_without_the_database_and_the_index() -> None:
    loaded = "import sys, portal.ingest.child; print(*sys.modules, sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    modules = set(done.stdout.split())
    assert "portal.ingest.extract" in modules
    assert not modules & {"sqlalchemy", "whoosh", "flask", "jieba", "numpy"}


def test_a_slow_file_leaves_the_next_one_its_turn(library: Library) -> None:
    author = library.person("liujie")
    services = library.services
    limits = dataclasses.replace(services.limits, max_seconds=0.05)
    taxonomy = services.taxonomy()
    slow = ingest(services.db, services.blobs, taxonomy, BOOK, "书.pdf", Filing(author), limits)
    assert (slow.status, slow.code) == ("failed", "too_slow")
    assert library.put(WORD, "方案.docx", Filing(author)).status == "added"


def test_pages_are_drawn_for_recognition() -> None:
    pages = draw_pages(pdf_bytes([PAGE, PAGE]), [2], Limits())
    assert [page[:2] for page in pages] == [b"P5"]
    assert len(set(pages[0][-5000:])) >= 1
    with pytest.raises(IngestError):
        draw_pages(b"%PDF-1.4", [1], Limits())


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"format": "exe", "media_type": "", "title": "", "sections": [], "notices": []},
        {"format": "txt", "media_type": 1, "title": "", "sections": [], "notices": []},
        {"format": "txt", "media_type": "", "title": "", "sections": [["page"]], "notices": []},
        {"format": "txt", "media_type": "", "title": "", "sections": 5, "notices": []},
    ],
)
def test_an_answer_that_is_none_counts_as_a_crash(answer: dict[str, object]) -> None:
    with pytest.raises(Crashed):
        extraction_of(answer)


def test_an_error_keeps_its_kind_and_its_sentence() -> None:
    with pytest.raises(TooLarge, match="请拆分"):
        extraction_of({"error": "too_large", "message": "请拆分。"})
    assert TooSlow().message.endswith("。")
