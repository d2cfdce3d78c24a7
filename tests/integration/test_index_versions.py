"""The index is derived data: rebuilt beside and swapped, and never deleted for being broken."""

import shutil
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.db import utcnow
from portal.ingest import Filing
from portal.jobs import catch_up, run_indexer, run_job
from portal.models import Document, OutboxEntry, Status, Visibility
from portal.search import IndexUnavailable, SearchRequest
from portal.search.contents import indexed_sections
from portal.search.index import IndexStore
from portal.search.writer import SectionWriter
from portal.services import Services, build_services
from portal.upkeep.check import compare_index
from tests.conftest import Library
from tests.integration.command import wait_until


@pytest.fixture
def shelf(library: Library) -> Services:
    """Two documents, indexed."""
    author = library.person("liujie")
    for name in ("宿舍宽带", "出口专线"):
        library.put(
            f"{name}资费说明\n\n{name}按学年计费。", f"{name}.txt", Filing(author, publish=True)
        )
    return library.services


def live(services: Services) -> Path:
    folder = services.search.store.live()
    assert folder is not None
    return folder.path


def total(services: Services, text: str = "资费") -> int:
    fresh = build_services(services.settings)
    try:
        return fresh.search.search(SearchRequest(text), Viewer.anonymous()).total
    finally:
        fresh.db.dispose()


def test_it_works(shelf: Services) -> None:
    assert total(shelf) == 2
    assert live(shelf).name == "000001"


def test_an_index_of_other_rules_is_rebuilt_beside_and_swapped(shelf: Services) -> None:
    old = live(shelf)
    (old / "VERSION").write_text("0+jieba", encoding="utf-8")
    with pytest.raises(IndexUnavailable):
        total(shelf)
    catch_up(shelf)
    assert live(shelf).name == "000002"
    assert total(shelf) == 2
    assert not old.exists()


def test_an_index_of_unknown_rules_is_rebuilt_too(shelf: Services) -> None:
    (live(shelf) / "VERSION").unlink()
    catch_up(shelf)
    assert total(shelf) == 2


def test_readers_answer_from_a_lost_index_until_there_is_another(shelf: Services) -> None:
    asked = SearchRequest("资费")
    assert shelf.search.search(asked, Viewer.anonymous()).total == 2
    shutil.rmtree(shelf.settings.index_dir)
    shelf.search.expire()
    found = shelf.search.search(asked, Viewer.anonymous())
    assert {hit.document.title for hit in found.hits} == {"宿舍宽带资费说明", "出口专线资费说明"}
    with pytest.raises(IndexUnavailable):
        total(shelf)
    with shelf.db.write() as session:
        session.execute(sa.update(Document).values(title="改了名的说明"))
    catch_up(shelf)
    # It has the name of the lost one, and as many commits.
    assert live(shelf).name == "000001"
    assert shelf.search.search(SearchRequest("标题:改了名"), Viewer.anonymous()).total == 2


def test_a_damaged_index_is_rebuilt_beside_and_kept(shelf: Services) -> None:
    old = live(shelf)
    for toc in old.glob("*.toc"):
        toc.write_bytes(b"nonsense")
    with pytest.raises(IndexUnavailable):
        total(shelf)
    catch_up(shelf)
    assert (live(shelf).name, total(shelf)) == ("000002", 2)
    assert list(old.glob("*.toc"))


@pytest.mark.parametrize(
    "pattern",
    [
        "*.trm",
        "*.pst",
        "*.toc",
    ],
)
def test_an_index_that_lost_a_file_is_rebuilt_beside(shelf: Services, pattern: str) -> None:
    lost = list(live(shelf).glob(pattern))
    assert lost, f"no {pattern} among {sorted(path.name for path in live(shelf).iterdir())}"
    for path in lost:
        path.unlink()
    with pytest.raises(IndexUnavailable):
        total(shelf)
    catch_up(shelf)
    assert total(shelf) == 2


def test_a_pointer_to_nowhere_is_mended(shelf: Services) -> None:
    (shelf.search.store.root / "CURRENT").write_text("000099", encoding="utf-8")
    with pytest.raises(IndexUnavailable):
        total(shelf)
    catch_up(shelf)
    assert total(shelf) == 2


def test_a_rebuild_that_was_killed_leaves_the_live_index_alone(shelf: Services) -> None:
    folder = shelf.search.store.create(shelf.indexer().wanted())
    assert (live(shelf).name, total(shelf)) == ("000001", 2)
    with shelf.search.store.writing():
        assert shelf.indexer().rebuild() == 2
    assert live(shelf).name > folder.path.name
    assert total(shelf) == 2


def test_readers_follow_a_swap_without_a_restart(shelf: Services) -> None:
    asked = SearchRequest("资费")
    before = shelf.search.search(asked, Viewer.anonymous())
    with shelf.search.store.writing():
        shelf.indexer().rebuild()
    wait_until(lambda: shelf.search.snapshot().folder == live(shelf))
    after = shelf.search.search(asked, Viewer.anonymous())
    assert [hit.document.id for hit in after.hits] == [hit.document.id for hit in before.hits]


def test_what_comes_in_during_a_rebuild_is_not_lost(shelf: Services, library: Library) -> None:
    author = library.person("zhangqi")

    def arrive(done: int, _total: int) -> None:
        if done:
            text = "重建期间到达的资费说明\n\n云主机按月计费。"
            library.put(text, "新.txt", Filing(author, publish=True), index=False)

    with shelf.search.store.writing():
        shelf.indexer().rebuild(arrive)
    catch_up(shelf)
    assert total(shelf, "重建期间到达") == 1
    assert total(shelf) == 3


def test_reconciling_brings_back_what_the_index_lost(shelf: Services) -> None:
    store = shelf.search.store
    with store.writing():
        store.swap(store.create(shelf.indexer().wanted()), keep_old=False)
    assert total(shelf) == 0
    assert run_job(shelf, "reconcile")
    catch_up(shelf)
    assert total(shelf) == 2
    assert run_job(shelf, "reconcile")
    assert shelf.indexer().pending() == 0


def asked(services: Services) -> int:
    """How often indexing was asked for, ever."""
    with services.db.read() as session:
        return session.scalar(sa.select(sa.func.count(OutboxEntry.id))) or 0


def test_reconciling_asks_for_nothing_that_came_in_meanwhile(
    shelf: Services, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, before = library.person("zhangqi"), asked(shelf)

    def late(store: IndexStore) -> Mapping[int, int]:
        # Between the database's being read and the index's.
        library.put("回访话术\n\n专线情况。", "回访.txt", Filing(author, publish=True))
        return indexed_sections(store)

    monkeypatch.setattr(sys.modules[compare_index.__module__], "indexed_sections", late)
    assert run_job(shelf, "reconcile")
    assert total(shelf, "回访话术") == 1
    assert asked(shelf) == before + 1


def test_reconciling_asks_for_what_differs_and_nothing_else(
    shelf: Services, library: Library
) -> None:
    # A drawing without a word has nothing to be found by, and is in no index.
    library.put("", "空白.txt", Filing(library.person("zhangqi"), publish=True))
    before, live_index = asked(shelf), shelf.search.store.live()
    assert live_index is not None
    writer = SectionWriter(live_index.open())
    writer.delete_documents([1])
    writer.commit()
    assert run_job(shelf, "reconcile")
    assert asked(shelf) == before + 1
    catch_up(shelf)
    assert total(shelf) == 2


def test_the_indexer_stops_when_told_and_leaves_nothing_waiting(
    shelf: Services, library: Library
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run_indexer, args=(shelf, stop))
    thread.start()
    author = library.person("zhangqi")
    library.put("回访话术\n\n专线情况。", "回访.txt", Filing(author, publish=True), index=False)
    wait_until(lambda: shelf.indexer().pending() == 0)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert total(shelf, "回访话术") == 1


def test_a_document_that_cannot_be_indexed_holds_up_no_other(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    services, author = library.services, library.person("liujie")
    with services.db.write() as session:
        broken = Document(
            title="没有版本的文档",
            status=Status.PUBLISHED,
            visibility=Visibility.EVERYONE,
            author_id=author,
            unit_id=1,
            created_at=utcnow(),
        )
        session.add(broken)
        session.flush()
        session.add(OutboxEntry(document_id=broken.id, created_at=utcnow()))
        number = broken.id
    library.put("专线资费说明，按月计费。", "资费.txt", Filing(author, publish=True))
    assert total(services) == 1
    with services.db.read() as session:
        entry = session.scalars(
            sa.select(OutboxEntry).where(OutboxEntry.document_id == number)
        ).one()
    assert entry.done_at is not None
    assert "LookupError" in (entry.error or "")
    assert f"document {number} cannot be indexed" in caplog.text
