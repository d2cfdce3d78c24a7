"""What every kind of test shares: options, settings, and services on real files."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from rich.progress import Progress

from config import Settings
from portal.accounts import add_user
from portal.db import Database
from portal.demo import add_demo_users, load_samples
from portal.ingest import Filing, Limits, Outcome, ingest
from portal.jobs import catch_up
from portal.migrate import upgrade
from portal.models import Role
from portal.services import Services, build_services

for _name in [name for name in os.environ if name.startswith("PORTAL_")]:
    del os.environ[_name]  # tests decide their own settings

# A busy machine is no defect, so no example has a deadline; a failing one prints how to repeat it.
hypothesis.settings.register_profile("portal", deadline=None, print_blob=True)
hypothesis.settings.load_profile("portal")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fail-on-skip", action="store_true", help="a skipped test is a failure")
    parser.addoption("--squad", metavar="FILE", help="a SQuAD-style file for retrieval tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on external data run when their file is named, and are not collected otherwise."""
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


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", demo=True)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database; tests copy it, which is faster than migrating."""
    path = tmp_path_factory.mktemp("migrated") / "portal.db"
    db = Database(f"sqlite:///{path}")
    upgrade(db)
    db.dispose()
    return path


@pytest.fixture
def services(settings: Settings, migrated: Path) -> Iterator[Services]:
    """Services on a migrated, empty portal."""
    settings.data_dir.mkdir()
    shutil.copy(migrated, settings.data_dir / "portal.db")
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
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The portal with the whole sample library, loaded once; nothing writes to it."""
    built = build_services(Settings(data_dir=tmp_path_factory.mktemp("samples"), demo=True))
    upgrade(built.db)
    add_demo_users(built)
    with Progress(disable=True) as progress:
        outcomes = load_samples(built, progress)
    assert [outcome for outcome in outcomes if outcome.status != "added"] == []
    catch_up(built)
    yield built
    built.db.dispose()
