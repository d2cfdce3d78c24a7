"""One library for all tests of pages, and visitors to it. Nothing here writes to the library."""

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Settings
from portal import migrate
from portal.app import create_app
from portal.models import Document, ReaderEvent, Search, SearchOpen
from portal.services import build_services
from tests.web.stock import SECRET, Stock, build_stock, compile_translations
from tests.web.visitor import Visitor


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    """The library, built once for all tests of pages."""
    compile_translations()
    return build_stock(tmp_path_factory.mktemp("library"))


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
def empty(tmp_path: Path) -> Visitor:
    """A guest of a portal that was installed a minute ago: no document, no index."""
    settings = Settings(data_dir=tmp_path, secret_key=SECRET, anonymous_reading=True)
    services = build_services(settings)
    migrate.upgrade(services.db)
    return Visitor(create_app(settings, services))


@pytest.fixture
def office(stock: Stock, tmp_path: Path) -> Iterator[Stock]:
    """A copy of the library that nobody has searched yet, for one test alone."""
    folder = tmp_path / "office"
    shutil.copytree(stock.services.settings.data_dir, folder)
    services = build_services(dataclasses.replace(stock.services.settings, data_dir=folder))
    with services.db.write() as session:
        # What other tests asked and read left its traces in the library that is copied.
        for trace in (SearchOpen, Search, ReaderEvent):
            session.execute(sa.delete(trace))
        session.execute(sa.update(Document).values(hot=None))
    yield Stock(services, stock.ids)
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
