"""One library for all tests of pages, and visitors to it. Nothing here writes to the library."""

import dataclasses
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from portal import migrate
from portal.app import create_app
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
