"""What every kind of test shares: options, settings, and services on real files."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from portal.accounts import add_user
from portal.demo import DEMO_PASSWORD
from portal.ingest import Filing, Limits, Outcome, ingest
from portal.jobs import catch_up
from portal.migrate import upgrade
from portal.models import Role
from portal.services import Services, build_services

for _name in [name for name in os.environ if name.startswith("PORTAL_")]:
    del os.environ[_name]  # tests decide their own settings


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


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """Services on a migrated, empty portal."""
    built = build_services(settings)
    upgrade(built.db)
    yield built
    built.db.dispose()


class Library:
    """A portal in whose library tests put documents through the real pipeline."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def person(
        self, login: str, role: Role = Role.ACCOUNT_MANAGER, unit: str = "hq", name: str = ""
    ) -> int:
        """Add a colleague who can sign in with the demo password; return the id."""
        with self.services.db.write() as session:
            return add_user(
                session,
                login=login,
                name=name or login,
                role=role,
                unit=unit,
                password=DEMO_PASSWORD,
            ).id

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
