"""The pages people meet when something is wrong."""

import dataclasses
from pathlib import Path

from flask import Flask

from portal.app import create_app
from portal.db import Database
from tests.web.stock import Stock
from tests.web.visitor import Visitor


def without_database(stock: Stock, folder: Path) -> Flask:
    """The portal after its database has gone: an empty file has none of the tables."""
    database = Database(f"sqlite:///{folder / 'empty.db'}")
    return create_app(stock.services.settings, dataclasses.replace(stock.services, db=database))


def test_a_page_that_is_not_there_is_explained_in_the_layout(guest: Visitor) -> None:
    page = guest.get("/没有这个页面")
    assert page.status == 404
    assert page.texts("h1") == ["没有找到这个页面"]
    assert len(page.all("#q")) == 1


def test_a_wrong_method_says_which_are_right(guest: Visitor) -> None:
    page = guest.submit("/search")
    assert page.status == 405
    assert "GET" in page.headers["Allow"]


def test_too_large_a_form_is_refused_without_reading_it(guest: Visitor) -> None:
    page = guest.post("/language", language="x" * 100_000)
    assert page.status == 413
    assert page.texts("h1") == ["提交的内容太大了"]


def test_a_broken_database_gives_a_page_that_does_not_need_it(stock: Stock, tmp_path: Path) -> None:
    signed_in = Visitor(create_app(stock.services.settings, stock.services))
    signed_in.sign_in("linruoxi")
    broken = Visitor(without_database(stock, tmp_path))
    broken.client.set_cookie("portal_session", signed_in.cookies()["portal_session"])
    page = broken.get("/")
    assert page.status == 500
    assert page.texts("h1") == ["出错了，是我们的问题"]
    assert "已保存的内容不会丢失" in page.text
    assert "Traceback" not in page.html
    assert page.headers["X-Request-ID"] in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
