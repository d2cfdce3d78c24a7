"""The suggestions under the search box: by keyboard, by finger, and for a screen reader."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser


def options(page: Page) -> list[str]:
    """The suggestions in sight, once there are any."""
    expect(page.get_by_role("option").first).to_be_visible()
    return page.locator(".suggestion-text").all_inner_texts()


def test_arrow_keys_walk_and_enter_opens(desk: Reader) -> None:
    page = desk.open("/")
    box = page.get_by_role("combobox", name="搜索")
    box.press_sequentially("校园")
    assert {"校园宽带与学生套餐资费表", "智慧校园整体方案"} <= set(options(page))
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    identity = first.get_attribute("id")
    assert identity
    expect(box).to_have_attribute("aria-activedescendant", identity)
    box.press("ArrowUp")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    box.press("ArrowDown")
    name = first.locator(".suggestion-text").inner_text()
    desk.keep("suggestions")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/documents/\d+"))
    expect(page.locator("h1")).to_have_text(name)
    assert desk.is_content()


def test_enter_without_a_choice_searches_for_what_was_typed(desk: Reader) -> None:
    page = desk.open("/search?q=回访")
    page.locator("#q").fill("校园")
    options(page)
    page.locator("#q").press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=%E6%A0%A1%E5%9B%AD$"))
    assert desk.is_content()


def test_escape_closes_the_list_and_then_clears_the_box(desk: Reader) -> None:
    page = desk.open("/")
    box = page.locator("#q")
    box.press_sequentially("xy")
    options(page)
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("xy")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Escape")
    expect(box).to_have_value("")


def test_how_many_there_are_is_announced(desk: Reader) -> None:
    page = desk.open("/")
    status = page.locator(".search [role=status]")
    page.locator("#q").press_sequentially("校园宽带")
    expect(status).to_have_text("1 条建议，用上下键选择")
    page.locator("#q").press_sequentially("量子")
    expect(status).to_have_text("没有建议")


def test_leaving_the_box_closes_the_list(desk: Reader) -> None:
    page = desk.open("/")
    page.locator("#q").press_sequentially("校园")
    options(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_finger_opens_a_suggestion_of_its_own_size(phone: Reader) -> None:
    page = phone.open("/")
    page.locator("#q").tap()
    page.locator("#q").press_sequentially("paxy")
    assert "区县教育局平安校园建议书" in options(page)
    for option in page.get_by_role("option").all():
        box = option.bounding_box()
        assert box
        assert box["height"] >= 43.5
        assert box["x"] + box["width"] <= 360
    phone.keep("suggestions-phone")
    page.get_by_role("option", name="区县教育局平安校园建议书").first.tap()
    expect(page.locator("h1")).to_have_text("区县教育局平安校园建议书")
    assert phone.is_content()


def test_the_question_that_was_meant_is_one_press_away(desk: Reader) -> None:
    page = desk.open("/search?q=平安晓园建议书")
    page.get_by_role("link", name="平安校园建议书", exact=True).click()
    expect(page.locator(".hit h2").first).to_have_text("区县教育局平安校园建议书")
    assert desk.is_content()
