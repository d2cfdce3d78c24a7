"""One file in: what is stored, what is said, and what a crash or a race cannot spoil."""

import hashlib
import threading

import pytest
import sqlalchemy as sa

from portal.catalogue import TaxonomyError, Viewer
from portal.ingest import Filing, Limits, Outcome, ingest
from portal.models import Document, OutboxEntry, Section, User, Version
from portal.search import SearchRequest
from portal.services import Services
from tests.conftest import Library

TEXT = "云澜校园宽带资费说明\n\n宿舍宽带按学年计费，共三档速率。\n"
TABLES: tuple[type[Document | Version | Section | OutboxEntry], ...] = (
    Document,
    Version,
    Section,
    OutboxEntry,
)


@pytest.fixture
def author(library: Library) -> int:
    return library.person("liujie", unit="yunlan", name="刘洁")


def put(services: Services, data: bytes, name: str, filing: Filing) -> Outcome:
    return ingest(services.db, services.blobs, services.taxonomy(), data, name, filing, Limits())


def rows(services: Services) -> list[int]:
    with services.db.read() as session:
        return [session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in TABLES]


def rename(services: Services, table: str, name: str) -> None:
    with services.db.engine.begin() as connection:
        connection.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_it_works(library: Library, services: Services, author: int) -> None:
    keys = {"industry": ("education",), "stage": ("solution", "visit")}
    outcome = library.put(TEXT, "资费说明.txt", Filing(author, keys, publish=True))
    assert (outcome.status, outcome.title) == ("added", "云澜校园宽带资费说明")
    found = services.search.search(SearchRequest("宿舍宽带"), Viewer.anonymous())
    assert [hit.document.id for hit in found.hits] == [outcome.document_id]
    assert found.hits[0].document.keys["stage"] == ("visit", "solution")


def test_the_original_lies_on_disk_byte_for_byte(
    library: Library, services: Services, author: int
) -> None:
    data = "\ufeff校园宽带\r\n资费\x00说明".encode()
    library.put(data, "原件.txt", Filing(author), index=False)
    with services.db.read() as session:
        version = session.scalars(sa.select(Version)).one()
    assert version.sha256 == hashlib.sha256(data).hexdigest()
    assert services.blobs.path(version.sha256).read_bytes() == data
    assert version.size == len(data)
    assert list(services.blobs.root.rglob(".incoming-*")) == []


def test_a_document_and_its_entry_in_the_outbox_are_one(
    library: Library, services: Services, author: int
) -> None:
    outcome = library.put(TEXT, "说明.txt", Filing(author), index=False)
    with services.db.read() as session:
        entry = session.scalars(sa.select(OutboxEntry)).one()
    assert (entry.document_id, entry.done_at) == (outcome.document_id, None)


def test_without_an_entry_in_the_outbox_there_is_no_document(
    services: Services, author: int
) -> None:
    rename(services, "outbox", "elsewhere")
    with pytest.raises(sa.exc.DBAPIError, match="outbox"):
        put(services, TEXT.encode(), "说明.txt", Filing(author))
    rename(services, "elsewhere", "outbox")
    assert rows(services) == [0, 0, 0, 0]


def test_an_unknown_code_is_refused_before_anything_is_written(
    services: Services, author: int
) -> None:
    with pytest.raises(TaxonomyError, match=r"“school”.*education"):
        put(services, TEXT.encode(), "说明.txt", Filing(author, {"industry": ("school",)}))
    assert rows(services) == [0, 0, 0, 0]
    assert not services.blobs.root.exists()


def test_the_same_bytes_are_never_a_second_document(
    library: Library, services: Services, author: int
) -> None:
    first = library.put(TEXT, "资费说明.txt", Filing(author, publish=True))
    again = library.put(TEXT, "另一个名字.md", Filing(author, publish=True))
    assert (again.status, again.document_id) == ("duplicate", first.document_id)
    assert f"{first.document_id}《云澜校园宽带资费说明》" in again.message
    assert rows(services) == [1, 1, 1, 1]
    found = services.search.search(SearchRequest("宿舍宽带"), Viewer.anonymous())
    assert found.total == 1


def test_the_same_bytes_at_the_same_moment_are_one_document(
    services: Services, author: int
) -> None:
    together = threading.Barrier(4)
    outcomes: list[Outcome] = []

    def run(number: int) -> None:
        together.wait(10)
        outcomes.append(put(services, TEXT.encode(), f"说明{number}.txt", Filing(author)))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.status for outcome in outcomes) == ["added"] + ["duplicate"] * 3
    assert len({outcome.document_id for outcome in outcomes}) == 1
    assert rows(services) == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\资料\\资费表.txt", "资费表.txt"),
        ("资费\n表\r\n（终稿）.txt", "资费表（终稿）.txt"),
        ("资费\x00\x1b[31m表.txt", "资费[31m表.txt"),
        ("资费\u202e表.txt", "资费表.txt"),
        ("资费\ud83d表.txt", "资费表.txt"),
        ("省" * 255, "省" * 255),
        ("省" * 255 + ".txt", "省" * 255 + ".txt"),
        ("省" * 400 + ".txt", "省" * 289 + ".txt"),
        ("", "未命名"),
        ("..", "未命名"),
        ("/", "未命名"),
        ("   .txt", ".txt"),
    ],
)
def test_a_name_is_text_and_never_a_path(
    library: Library, services: Services, author: int, name: str, kept: str
) -> None:
    outcome = library.put(TEXT, name, Filing(author), index=False)
    assert (outcome.status, outcome.name) == ("added", kept)
    with services.db.read() as session:
        assert session.scalars(sa.select(Version.file_name)).one() == kept
    inside = {path.name for path in services.settings.data_dir.parent.iterdir()}
    assert inside == {"data"}


def test_a_title_can_be_given_and_is_one_line(library: Library, author: int) -> None:
    outcome = library.put(
        TEXT, "a.txt", Filing(author, title=" 校园\n宽带 资费\x00表 "), index=False
    )
    assert outcome.title == "校园 宽带 资费表"
    long = library.put(TEXT + "又一份", "b.txt", Filing(author, title="长" * 1000), index=False)
    assert len(long.title) <= 300


def test_characters_that_no_database_holds_are_dropped_from_the_text(
    library: Library, services: Services, author: int
) -> None:
    library.put((TEXT + "寒暑假\x00停机保号\n").encode(), "a.txt", Filing(author), index=False)
    with services.db.read() as session:
        texts = session.scalars(sa.select(Section.text)).all()
    assert "\x00" not in "".join(texts)
    assert "三档" in "".join(texts)


def test_a_document_belongs_to_its_authors_unit(
    library: Library, services: Services, author: int
) -> None:
    outcome = library.put(TEXT, "a.txt", Filing(author), index=False)
    with services.db.read() as session:
        document = session.get_one(Document, outcome.document_id)
        home = session.get_one(User, author).unit_id
        assert (document.author_id, document.unit_id) == (author, home)
        assert (document.status, document.published_at) == ("draft", None)
