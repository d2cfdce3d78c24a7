"""The administrators' pages in a real browser, on a desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader
from tests.web.stock import PASSWORD

pytestmark = pytest.mark.browser

PAGES = {
    "admin": "/admin",
    "admin-searches": "/admin/searches",
    "admin-frequent": "/admin/searches?list=frequent",
    "admin-synonyms": "/admin/vocabulary",
    "admin-words": "/admin/vocabulary?list=words",
}
TARGETS = "main a:not(p a), main button, main input:not([type=hidden]), .bar a, .bar button"


def sign_in(reader: Reader) -> Page:
    page = reader.open("/login")
    page.locator("main [name=login]").fill("guanliyuan")
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main button").click()
    for question in ("量子加密专线", "校园 宽带"):
        reader.open(f"/search?q={question}")
    return page


def test_they_fit_a_phone_and_its_fingers(phone: Reader) -> None:
    sign_in(phone)
    for name, path in PAGES.items():
        page = phone.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        small = [
            (name, target.inner_text(), box["height"])
            for target in page.locator(TARGETS).all()
            if target.is_visible() and (box := target.bounding_box()) and box["height"] < 43.5
        ]
        assert small == []
    assert phone.is_content()


def test_synonyms_are_kept_with_the_keyboard_alone(scriptless: Reader) -> None:
    page = sign_in(scriptless)
    scriptless.open("/admin/vocabulary")
    page.locator("#words").press_sequentially("布线 综合布线")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_contain_text("已添加“布线 综合布线”。")
    page.get_by_role("button", name="移除“布线 = 综合布线”").press("Enter")
    expect(page.locator(".done")).to_contain_text("已移除“布线 = 综合布线”。")
    expect(page.locator(".entries")).not_to_contain_text("综合布线")
