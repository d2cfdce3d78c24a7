"""A portal that began on SQLite and has grown moves to PostgreSQL by backup and restore."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from portal.catalogue import Viewer
from portal.db import Base, Database
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.migrate import differences, upgrade
from portal.models import Document
from portal.search import SearchRequest
from portal.services import Services, build_services
from portal.upkeep import RestoreError, back_up, check, restore
from tests.conftest import Library
from tests.databases import Databases, Server


class Places:
    """Room for a portal on each kind of database."""

    def __init__(self, folder: Path, server_of_kind: Callable[[str], Server]) -> None:
        self._folder, self._server_of_kind = folder, server_of_kind
        self.open = ExitStack()

    def on(self, kind: str) -> Services:
        """A portal whose database has no table yet."""
        folder = self._folder / kind
        databases = self.open.enter_context(Databases(self._server_of_kind(kind)))
        address = databases.empty(folder)
        services = build_services(Settings(data_dir=folder, demo=True, database_url=address))
        self.open.callback(services.db.dispose)
        return services


@pytest.fixture
def places(tmp_path: Path, server_of_kind: Callable[[str], Server]) -> Iterator[Places]:
    made = Places(tmp_path, server_of_kind)
    with made.open:
        yield made


@pytest.fixture
def small(places: Places) -> Services:
    """A portal on SQLite with two documents, the first of which the second supersedes."""
    services = places.on("sqlite")
    upgrade(services.db)
    library = Library(services)
    filing = Filing(library.person("liujie", name="刘洁"), {"kind": ("tariff",)}, publish=True)
    for year in (2025, 2026):
        library.put(f"# {year} 年宿舍宽带资费\n\n每月六十元。", f"{year}.md", filing)
    with services.db.write() as session:
        first, second = session.scalars(sa.select(Document).order_by(Document.id))
        first.superseded_by_id = second.id
    return services


def rows(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is in a database."""
    with db.read() as session:
        return {
            table.name: [
                tuple(row) for row in session.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }


def test_every_row_arrives_and_the_portal_works_on(
    small: Services, places: Places, tmp_path: Path
) -> None:
    back_up(small, tmp_path / "备份.zip")
    large = places.on("postgresql")
    restore(large, tmp_path / "备份.zip")
    before, after = rows(small.db), rows(large.db)
    for found in (before, after):
        # Each wrote down in the end what was done to it: that it was copied, and that it is a copy.
        found["audit_entries"].pop()
        del found["audit_head"]
    assert after == before
    assert differences(large.db) == []
    catch_up(large)
    assert check(large) == []
    library = Library(large)
    author = library.person("zhangqi", name="张琪")
    library.put("# 出口专线\n\n宿舍宽带之外的线路。", "专线.md", Filing(author, publish=True))
    page = large.search.search(SearchRequest("宿舍 宽带"), Viewer.operator())
    assert page.total == 3


def test_what_does_not_fit_is_refused_whole(
    small: Services, places: Places, tmp_path: Path
) -> None:
    with small.db.write() as session:
        # SQLite keeps a text of any length in a column of any length.
        session.execute(sa.text("UPDATE users SET login = :long"), {"long": "长" * 400})
    back_up(small, tmp_path / "备份.zip")
    large = places.on("postgresql")
    with pytest.raises(RestoreError, match="PostgreSQL"):
        restore(large, tmp_path / "备份.zip")
    assert rows(large.db)["documents"] == []


def test_there_is_no_way_back(places: Places, tmp_path: Path) -> None:
    large = places.on("postgresql")
    upgrade(large.db)
    back_up(large, tmp_path / "备份.zip")
    with pytest.raises(RestoreError, match="postgresql"):
        restore(places.on("sqlite"), tmp_path / "备份.zip")
