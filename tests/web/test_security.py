"""Headers, caching, and what pages are allowed to contain."""

import dataclasses
import re

import pytest

from portal.app import create_app
from tests.web.stock import Stock
from tests.web.visitor import Visitor

ADDRESSES = ["/", "/search?q=校园", "/documents/1", "/login", "/nowhere", "/search?stage=x"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/healthz", "/static/portal.css"])
def test_every_answer_carries_the_protecting_headers(guest: Visitor, address: str) -> None:
    headers = guest.get(address).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "report-uri /reports/csp; report-to csp"
    )
    assert headers["Reporting-Endpoints"] == 'csp="/reports/csp"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_browsers_are_held_to_it(stock: Stock) -> None:
    settings = dataclasses.replace(stock.services.settings, secure_cookies=True)
    app = create_app(settings, dataclasses.replace(stock.services, settings=settings))
    answer = Visitor(app).ask("GET", "https://localhost/login")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-portal_session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_have_no_inline_script_or_style_and_ask_nobody_else(
    guest: Visitor, address: str
) -> None:
    page = guest.get(address)
    assert page.all("style, [style], script:not([src]), iframe, object, embed") == []
    assert not re.search(r"\son[a-z]+=", page.html)
    for node in page.all("[src], [href], [action]"):
        for name in ("src", "href", "action"):
            target = node.attributes.get(name) or "/"
            assert target.startswith(("/", "#")), target
            assert not target.startswith("//"), target


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_are_built_so_that_a_screen_reader_finds_its_way(
    guest: Visitor, address: str
) -> None:
    page = guest.get(address)
    assert len(page.all("main#main")) == 1
    assert len(page.all("h1")) == 1
    assert page.all("a.skip")[0].attributes["href"] == "#main"
    ids = [node.attributes["id"] for node in page.all("[id]")]
    assert len(ids) == len(set(ids))
    for field in page.all("input:not([type=hidden])"):
        assert page.all(f"label[for={field.attributes['id']}]") != []


def test_pages_are_not_kept_by_caches(guest: Visitor) -> None:
    assert guest.get("/documents/1").headers["Cache-Control"] == "private, no-store"


def test_stamped_files_are_kept_and_change_address_with_their_content(guest: Visitor) -> None:
    sheets = [node.attributes["href"] or "" for node in guest.get("/").all("[rel=stylesheet]")]
    assert len(sheets) >= 3
    for sheet in sheets:
        assert re.search(r"\?v=[0-9a-f]{12}$", sheet)
        assert "max-age=31536000" in guest.get(sheet).headers["Cache-Control"]
    assert "max-age" not in guest.get("/static/portal.css").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py"])
def test_the_static_folder_has_no_way_out(guest: Visitor, path: str) -> None:
    assert guest.get(f"/static/{path}").status == 404


def test_every_address_written_on_a_page_works(guest: Visitor, stock: Stock) -> None:
    seen: set[str] = set()
    for address in (
        "/",
        "/search?q=校园&stage=solution",
        f"/documents/{min(stock.ids.values())}",
    ):
        for node in guest.get(address).all("a[href], link[href], script[src]"):
            target = node.attributes.get("href") or node.attributes.get("src") or ""
            seen.add(target.partition("#")[0])
    for target in seen - {""}:
        assert guest.get(target).status in (200, 303), target
