"""One library for all tests of pages, and visitors to it. Nothing here writes to the library."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from portal.app import create_app
from portal.services import build_services
from tests.databases import Databases
from tests.web.stock import SECRET, Stock
from tests.web.visitor import Visitor


@pytest.fixture(scope="session")
def closed(stock: Stock) -> Flask:
    """The portal as it comes: only colleagues who sign in may read."""
    return create_app(stock.services.settings, stock.services)


@pytest.fixture(scope="session")
def open_to_all(stock: Stock) -> Flask:
    """The portal with anonymous reading."""
    settings = dataclasses.replace(stock.services.settings, anonymous_reading=True)
    return create_app(settings, dataclasses.replace(stock.services, settings=settings))


@pytest.fixture
def stranger(closed: Flask) -> Visitor:
    """Someone who is not signed in and may not read."""
    return Visitor(closed)


@pytest.fixture
def guest(open_to_all: Flask) -> Visitor:
    """Someone who is not signed in, where everyone may read."""
    return Visitor(open_to_all)


@pytest.fixture
def empty(tmp_path: Path, databases: Databases) -> Iterator[Visitor]:
    """A guest of a portal that was installed a minute ago: no document, no index."""
    address = databases.migrated(tmp_path)
    settings = Settings(
        data_dir=tmp_path, secret_key=SECRET, anonymous_reading=True, database_url=address
    )
    services = build_services(settings)
    yield Visitor(create_app(settings, services))
    services.db.dispose()


@pytest.fixture
def office_visitor(office: Stock) -> Visitor:
    """Someone at the office's door, not signed in."""
    return Visitor(create_app(office.services.settings, office.services))


@pytest.fixture
def manager(closed: Flask) -> Visitor:
    """林若溪 of the headquarters, signed in."""
    return Visitor(closed).sign_in("linruoxi")


@pytest.fixture
def colleague(closed: Flask) -> Visitor:
    """周敏 of the Yunlan branch, signed in."""
    return Visitor(closed).sign_in("zhoumin")


@pytest.fixture
def administrator(closed: Flask) -> Visitor:
    """The administrator, signed in."""
    return Visitor(closed).sign_in("guanliyuan")
