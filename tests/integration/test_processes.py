"""Several processes on one portal: who indexes, who waits, and what a kill -9 cannot spoil."""

import random
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.models import Document, OutboxEntry, Version
from portal.search import IndexBusy, IndexUnavailable, SearchRequest
from portal.services import Services
from tests.conftest import Library
from tests.integration.command import FILED, Command, start, wait_until

FILES = 500
KILLS = 5
SEED = 20261121
Started = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Started:
    """Start ``portal`` processes that end with the test."""

    def run(*arguments: str | Path, data_dir: Path) -> "subprocess.Popen[str]":
        process = start(*arguments, data_dir=data_dir)

        def end() -> None:
            process.kill()
            process.communicate()

        request.addfinalizer(end)
        return process

    return run


def is_indexing(services: Services) -> bool:
    """Whether some process holds the right to write the index and has made it readable."""
    try:
        with services.search.store.writing():
            return False
    except IndexBusy:
        pass
    try:
        services.search.documents()
    except IndexUnavailable:
        return False
    return True


def write_files(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        kind = "md" if number % 2 else "txt"
        text = f"第{number}号网点回访记录\n\n网点编号 wd{number:04}，专线使用正常，客户满意。\n"
        (folder / f"回访{number:04}.{kind}").write_text(text, encoding="utf-8")


def test_ingest_waits_for_the_running_indexer(
    portal: Command, services: Services, started: Started, tmp_path: Path
) -> None:
    indexer = started("indexer", data_dir=portal.data_dir)
    wait_until(lambda: is_indexing(services))
    write_files(tmp_path / "资料", 20)
    assert portal("ingest", tmp_path / "资料", *FILED, "--publish").code == 0
    assert portal("search", "wd0007", "--json").json["total"] == 1
    assert indexer.poll() is None
    indexer.send_signal(signal.SIGTERM)
    assert indexer.wait(20) == 0


def test_ingest_indexes_by_itself_where_no_indexer_runs(portal: Command, tmp_path: Path) -> None:
    write_files(tmp_path / "资料", 3)
    portal("ingest", tmp_path / "资料", *FILED, "--publish")
    assert portal("search", "wd0002", "--json").json["total"] == 1


def test_reindex_asks_to_stop_a_running_indexer_first(
    portal: Command, services: Services, started: Started
) -> None:
    started("indexer", data_dir=portal.data_dir)
    wait_until(lambda: is_indexing(services))
    done = portal("reindex")
    assert (done.code, "另一个进程正在写索引" in done.err) == (2, True)


def test_a_second_indexer_waits_in_line_and_takes_over(
    portal: Command, services: Services, started: Started, tmp_path: Path
) -> None:
    first = started("indexer", data_dir=portal.data_dir)
    wait_until(lambda: is_indexing(services))
    second = started("indexer", data_dir=portal.data_dir)
    first.kill()
    first.wait(10)
    wait_until(lambda: is_indexing(services))
    write_files(tmp_path / "资料", 2)
    assert portal("ingest", tmp_path / "资料", *FILED, "--publish").code == 0
    assert second.poll() is None


def test_killing_the_indexer_loses_nothing_and_doubles_nothing(
    portal: Command, services: Services, started: Started, tmp_path: Path
) -> None:
    """Kill -9 at random moments while 500 files go in; every acknowledged one is found once."""
    chance, pause = random.Random(SEED), threading.Event()
    write_files(tmp_path / "资料", FILES)
    arguments = ("ingest", tmp_path / "资料", *FILED, "--publish", "--json")
    ingest = started(*arguments, data_dir=portal.data_dir)
    for number in range(KILLS):
        indexer = started("indexer", data_dir=portal.data_dir)
        wait_until(lambda: is_indexing(services))
        pause.wait(chance.uniform(0.0, 1.0))
        indexer.kill()
        indexer.wait(10)
        assert number > 1 or ingest.poll() is None, "nothing was killed at work"
    output, _ = ingest.communicate(timeout=120)
    assert ingest.returncode == 0, f"seed {SEED}: {output}"
    catch_up(services)
    assert_everything_is_found_once(services)


def assert_everything_is_found_once(services: Services) -> None:
    with services.db.read() as session:
        numbers = dict(session.execute(sa.select(Version.file_name, Version.document_id)).all())
        waiting = session.scalar(
            sa.select(sa.func.count(OutboxEntry.id)).where(OutboxEntry.done_at.is_(None))
        )
        assert session.scalar(sa.select(sa.func.count(Document.id))) == FILES
    assert (len(numbers), waiting, services.search.documents()) == (FILES, 0, FILES)
    for name, document in numbers.items():
        word = f"wd{name[2:6]}"
        found = services.search.search(SearchRequest(word), Viewer.operator())
        assert (word, found.total) == (word, 1)
        assert [hit.document.id for hit in found.hits] == [document]
        assert found.facets["industry"][0].count == 1


def test_searching_goes_on_while_another_process_commits_and_merges(
    portal: Command, services: Services, started: Started, library: Library
) -> None:
    """Readers in threads never fail, never see half a commit, never go back."""
    author = library.person("liujie")
    filing = Filing(author, {"industry": ("finance",)}, publish=True)
    library.put("零号网点回访记录\n\n专线使用正常。", "零.txt", filing)
    started("indexer", data_dir=portal.data_dir)
    wait_until(lambda: is_indexing(services))
    stop, problems, seen = threading.Event(), list[BaseException](), list[int]()

    def ask() -> None:
        last = 0
        try:
            while not stop.is_set():
                found = services.search.search(SearchRequest("网点回访"), Viewer.anonymous())
                assert found.total >= last, "an answer went back"
                assert len(found.hits) == min(found.total, 10)
                last = found.total
                seen.append(last)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 61):
        text = f"第{number}号网点回访记录\n\n专线使用正常，第{number}次。"
        library.put(text, f"{number}.txt", filing, index=number % 3 == 0)
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    catch_up(services)
    assert services.search.search(SearchRequest("网点回访"), Viewer.anonymous()).total == 61
    assert len(set(seen)) > 3
