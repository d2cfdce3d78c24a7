"""The pages people meet when something is wrong."""

import dataclasses
from pathlib import Path

import pytest
import sqlalchemy as sa
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


def test_a_writer_that_never_gets_its_turn_is_told_that_nothing_was_saved(
    office: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(create_app(office.services.settings, office.services)).sign_in("linruoxi")
    number = next(iter(office.ids.values()))
    # Nobody waits here as long as colleagues would.
    monkeypatch.setattr("portal.db.LOCK_SECONDS", 0)
    office.services.db.dispose()
    with office.services.db.write() as other:
        other.execute(sa.select(1))
        page = visitor.post(
            f"/documents/{number}/favourite", csrf_token=visitor.token(), wanted="yes"
        )
    assert page.status == 503
    assert "什么都没有改动" in page.text
    assert page.headers["Retry-After"] == "5"


def test_a_page_that_was_waited_for_too_long_is_refused_at_once(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(create_app(stock.services.settings, stock.services)).sign_in("linruoxi")
    token = visitor.token()
    monkeypatch.setattr("portal.web.shedding.seconds_waited", lambda: 2.5)
    page = visitor.get("/search?q=专线")
    assert (page.status, page.headers["Retry-After"]) == (503, "5")
    assert page.texts("h1") == ["现在访问的人太多"]
    assert page.all("a.button")[0].attributes["href"] == "/search?q=%E4%B8%93%E7%BA%BF"
    assert visitor.get("/healthz").status == 200
    # A page that was answered can be read.
    assert visitor.get("/static/tokens.css").status == 200
    # What somebody typed is taken however long it waited.
    assert visitor.post("/language", csrf_token=token, language="zh").status == 303
