"""Files that mean harm: each gives its text or its sentence, and nobody else notices."""

import threading
import time
from pathlib import Path

import pytest

from portal.catalogue import Viewer
from portal.ingest import Filing, Limits
from portal.ingest.errors import IngestError
from portal.ingest.extras import read_file
from portal.ingest.types import Extraction
from portal.jobs import catch_up
from portal.search import SearchRequest
from portal.services import Services
from portal.upkeep import check
from tests.conftest import Library
from tests.integration.command import FILED, Command
from tools.hostile import Hostile, corpus

CORPUS = {file.name: file for file in corpus()}
LIMITS = Limits(max_seconds=30)
# Of an answer while the machine is busy with hostile files and with other tests.
PATIENCE_SECONDS = 10.0


def test_the_corpus_covers_what_is_feared() -> None:
    assert len(CORPUS) > 40
    for feared in (
        "炸弹",
        "十亿个笑",
        "外部实体",
        "越界",
        "一万页",
        "深层",
        "其实是",
        "宏",
        "坏流",
    ):
        assert any(feared in name for name in CORPUS), feared


@pytest.mark.parametrize("file", CORPUS.values(), ids=list(CORPUS))
def test_each_gives_its_text_or_its_sentence(file: Hostile) -> None:
    extraction = _read(file)
    if isinstance(extraction, IngestError):
        assert extraction.code in file.codes, extraction.message
        assert extraction.message.endswith("。")
        return
    text = "\n".join(section.text for section in extraction.sections)
    assert file.word, "it was to be refused"
    assert file.word in extraction.title + text
    assert "root:" not in text
    text.encode("utf-8")


def _read(file: Hostile) -> Extraction | IngestError:
    try:
        return read_file(file.data, file.name, LIMITS)
    except IngestError as error:
        return error


def test_searching_goes_on_while_they_come_in(
    services: Services, library: Library, portal: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "待收录"
    folder.mkdir()
    for name, file in CORPUS.items():
        (folder / name).write_bytes(file.data)
    filing = Filing(library.person("liujie"), publish=True)
    library.put("# 网点回访\n\n专线使用正常。", "回访.md", filing)
    stop, problems, taken = threading.Event(), list[BaseException](), list[float]()

    def ask() -> None:
        try:
            while not stop.wait(0.02):
                begun = time.monotonic()
                found = services.search.search(SearchRequest("网点回访"), Viewer.anonymous())
                taken.append(time.monotonic() - begun)
                assert found.total == 1
        except BaseException as error:
            problems.append(error)

    reader = threading.Thread(target=ask)
    reader.start()
    try:
        done = portal("ingest", folder, *FILED, "--json")
    finally:
        stop.set()
        reader.join()
    assert problems == []
    assert max(taken) < PATIENCE_SECONDS
    assert done.code == 1
    assert done.json["files"] == len(CORPUS)
    assert all(row["message"].endswith("。") for row in done.json["failed"])
    catch_up(services)
    assert check(services) == []
