"""The manifest, the service worker, and which pages a device may keep."""

import json

from tests.web.stock import Stock
from tests.web.visitor import Visitor


def test_the_manifest_speaks_the_readers_language(stranger: Visitor) -> None:
    chinese = stranger.get("/manifest.webmanifest")
    assert chinese.headers["Content-Type"].startswith("application/manifest+json")
    assert json.loads(chinese.data)["name"] == "知识门户"
    stranger.submit("/language", language="en")
    english = json.loads(stranger.get("/manifest.webmanifest").data)
    assert (english["lang"], english["name"]) == ("en", "Knowledge Portal")


def test_every_icon_of_the_manifest_is_a_picture_of_its_size(stranger: Visitor) -> None:
    for icon in json.loads(stranger.get("/manifest.webmanifest").data)["icons"]:
        data = stranger.get(icon["src"]).data
        edge = int(icon["sizes"].partition("x")[0])
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(data[16:20]) == int.from_bytes(data[20:24]) == edge


def test_the_worker_serves_the_whole_portal_and_may_be_kept_by_nobody(stranger: Visitor) -> None:
    worker = stranger.get("/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert "no-store" in worker.headers["Cache-Control"]
    assert "/static/document.css?v=" in worker.html


def test_the_page_without_a_network_names_nobody(manager: Visitor) -> None:
    page = manager.get("/offline")
    assert "什么都没有丢" in page.text
    assert "林若溪" not in page.html


def test_a_device_keeps_what_everyone_may_read_and_nothing_else(
    manager: Visitor, stock: Stock
) -> None:
    allowed = {
        name: "Offline-Copy" in manager.get(f"/documents/{number}").headers
        for name, number in stock.ids.items()
    }
    assert True in allowed.values()
    assert False in allowed.values()
    for path in ("/", "/search?q=校园", "/notices", "/settings"):
        assert "Offline-Copy" not in manager.get(path).headers


def test_coming_and_going_empty_the_device(stranger: Visitor) -> None:
    stranger.sign_in("linruoxi")
    gone = stranger.submit("/logout")
    assert gone.headers["Clear-Site-Data"] == '"storage"'
    assert "Clear-Site-Data" not in stranger.get("/login").headers


def test_what_a_browser_fetches_by_itself_leaves_the_session_alone(manager: Visitor) -> None:
    for path in ("/sw.js", "/offline", "/manifest.webmanifest"):
        assert "Set-Cookie" not in manager.get(path).headers
