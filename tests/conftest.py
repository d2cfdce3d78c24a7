"""What every kind of test shares: options, settings, and services on real files."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from rich.progress import Progress

from config import Settings
from portal.accounts import add_user
from portal.demo import add_demo_users, load_samples
from portal.ingest import Filing, Limits, Outcome, ingest
from portal.jobs import catch_up
from portal.models import Role
from portal.services import Services, build_services
from tests.databases import KINDS, Databases, Server, server_of
from tests.web.stock import Stock, build_stock, compile_translations, copy_of

for _name in [name for name in os.environ if name.startswith("PORTAL_")]:
    del os.environ[_name]  # tests decide their own settings

# A busy machine is no defect, so no example has a deadline; a failing one prints how to repeat it.
hypothesis.settings.register_profile("portal", deadline=None, print_blob=True)
hypothesis.settings.load_profile("portal")

# A portal syncs whatever it acknowledges. In memory that costs nothing, on a disk minutes in all.
MEMORY = "/dev/shm"
MEMORY_NEEDED = 2 * 1024**3


def pytest_configure() -> None:
    """Have the tests' files in memory, where there is room and programs may be run from there."""
    if Path(MEMORY).is_dir():
        memory = os.statvfs(MEMORY)
        has_room = memory.f_bavail * memory.f_frsize >= MEMORY_NEEDED
        if has_room and not memory.f_flag & os.ST_NOEXEC:
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="a skipped test is a failure")
    parser.addoption("--database", choices=KINDS, default=KINDS[0], help="what the portal runs on")
    parser.addoption("--guide", action="store_true", help="write the guide's pictures into docs")
    parser.addoption("--squad", metavar="FILE", help="a SQuAD-style file for retrieval tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses a database, so that it can be chosen; leave out tests on external data.

    These run when their file is named.
    """
    for item in items:
        if "server_of_kind" in getattr(item, "fixturenames", ()):
            item.add_marker("database")
    if config.getoption("--squad"):
        return
    external = [item for item in items if item.get_closest_marker("external")]
    items[:] = [item for item in items if item not in external]
    config.hook.pytest_deselected(items=external)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and item.config.getoption("--fail-on-skip"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but nothing may be skipped here: {report.longrepr}"


@pytest.fixture(scope="session")
def server_of_kind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Each kind of database server, started when a test first asks for it."""
    with ExitStack() as running:
        yield cache(
            lambda kind: running.enter_context(server_of(kind, tmp_path_factory.mktemp(kind)))
        )


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that this run is on."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def database_server(database_kind: str, server_of_kind: Callable[[str], Server]) -> Server:
    """The server of that kind."""
    return server_of_kind(database_kind)


@pytest.fixture(scope="session")
def lasting_databases(database_server: Server) -> Iterator[Databases]:
    """Databases that several tests share, and none changes."""
    with Databases(database_server) as databases:
        yield databases


@pytest.fixture
def databases(database_server: Server) -> Iterator[Databases]:
    """Databases of this test alone."""
    with Databases(database_server) as databases:
        yield databases


@pytest.fixture
def settings(tmp_path: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a portal with a migrated, empty database, here and in processes it starts."""
    folder = tmp_path / "data"
    address = databases.migrated(folder)
    if address:
        monkeypatch.setenv("PORTAL_DATABASE_URL", address)
    return Settings(data_dir=folder, demo=True, database_url=address)


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """Services on a migrated, empty portal."""
    built = build_services(settings)
    yield built
    built.db.dispose()


class Library:
    """A portal in whose library tests put documents through the real pipeline."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def person(
        self, login: str, role: Role = Role.ACCOUNT_MANAGER, unit: str = "hq", name: str = ""
    ) -> int:
        """Add a colleague, who has no password; return the id."""
        with self.services.db.write() as session:
            return add_user(session, login=login, name=name or login, role=role, unit=unit).id

    def put(self, data: bytes | str, name: str, filing: Filing, *, index: bool = True) -> Outcome:
        """Take one file in and index it."""
        raw = data.encode() if isinstance(data, str) else data
        outcome = ingest(
            self.services.db,
            self.services.blobs,
            self.services.taxonomy(),
            raw,
            name,
            filing,
            Limits(),
        )
        if index:
            catch_up(self.services)
        return outcome


@pytest.fixture
def library(services: Services) -> Library:
    return Library(services)


@pytest.fixture(scope="session")
def samples(
    tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Services]:
    """The portal with the whole sample library, loaded once; nothing writes to it."""
    folder = tmp_path_factory.mktemp("samples")
    address = lasting_databases.migrated(folder)
    built = build_services(Settings(data_dir=folder, demo=True, database_url=address))
    add_demo_users(built)
    with Progress(disable=True) as progress:
        outcomes = load_samples(built, progress)
    assert [outcome for outcome in outcomes if outcome.status != "added"] == []
    catch_up(built)
    yield built
    built.db.dispose()


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases) -> Stock:
    """A small library, built once and only copied."""
    compile_translations()
    built = build_stock(tmp_path_factory.mktemp("original"), lasting_databases)
    built.services.db.dispose()
    return built


@pytest.fixture(scope="session")
def stock(
    original: Stock, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Stock]:
    """The library as it is for all tests of pages, none of which changes it."""
    with copy_of(original, tmp_path_factory.mktemp("library"), lasting_databases) as copied:
        yield copied


@pytest.fixture
def office(original: Stock, tmp_path: Path, databases: Databases) -> Iterator[Stock]:
    """A library that nobody has read or searched yet, for one test alone."""
    with copy_of(original, tmp_path / "office", databases) as copied:
        yield copied
