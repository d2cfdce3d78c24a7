"""The knowledge map in a browser: finding a template for a stage, filling a gap, looking around."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Reader, sign_in

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/?industry=education&stage=solution",
    "map": "/map/education?stage=negotiation",
    "radar": "/map",
}
# Links inside sentences are text and exempt, as WCAG 2.5.8 has it.
TARGETS = "main a:not(p a), main summary, main button, main label, .tabbar a"


@pytest.fixture(scope="module")
def address(portal: str) -> str:
    """The furnished portal, in which 林若溪 manages education."""
    return portal


def test_a_manager_fills_a_gap_on_the_phone_and_a_colleague_downloads_it_at_the_desk(
    phone: Reader, desk: Reader
) -> None:
    page = sign_in(phone, "linruoxi")
    page.locator(".strip .stage", has_text="商务谈判").click()
    expect(page.locator(".stage.chosen")).to_be_in_viewport()
    card = page.locator(".slot-card", has_text="资费方案")
    expect(card.locator(".state")).to_have_text("空缺")
    card.get_by_role("button", name="采用为模板：《校园宽带与学生套餐资费表》").click()
    expect(page.locator(".done")).to_have_text("已放进地图，同事现在就能看到。")
    expect(page.locator(".slot-card", has_text="校园宽带与学生套餐资费表")).to_be_visible()
    assert phone.is_content()

    page = sign_in(desk, "zhoumin")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="知识地图").click()
    row = page.locator(".radar-row", has_text="教育")
    row.locator(".stage", has_text="商务谈判").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载《校园宽带与学生套餐资费表》").click()
    assert download.value.suggested_filename == "校园宽带资费表.xlsx"
    assert desk.is_content()


def test_the_lists_are_reached_by_keyboard_and_without_scripts(
    browser: Browser, address: str
) -> None:
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        reader = Reader(context, address)
        page = sign_in(reader, "linruoxi")
        page.get_by_role("radio", name="为您推荐").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".panel-hottest")).to_be_visible()
        expect(page.locator(".panel-recommended")).to_be_hidden()
        assert reader.is_content()


def test_a_narrow_phone_shows_it_all_and_fingers_find_their_targets(phone: Reader) -> None:
    sign_in(phone, "linruoxi")
    small = []
    for name, path in PAGES.items():
        page = phone.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        for target in page.locator(TARGETS).all():
            box = target.bounding_box()
            if target.is_visible() and box and box["height"] < 43.5:
                small.append((name, target.inner_text(), box["height"]))
    assert small == []
