"""Filters, orders and pages change the answer without a reload where scripts run."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser


def mark(page: Page) -> None:
    """Leave a trace that a reload would wipe out."""
    page.evaluate("window.wasHere = true")


def is_same_load(page: Page) -> bool:
    return bool(page.evaluate("window.wasHere === true"))


def test_a_filter_changes_address_title_answer_and_box(desk: Reader) -> None:
    page = desk.open("/search?q=校园 -过期")
    mark(page)
    page.locator(".sidebar .choice", has_text="方案呈现").click()
    expect(page.locator(".hit h2")).to_have_text(["区县教育局平安校园建议书"])
    expect(page).to_have_url(re.compile("stage=presentation"))
    expect(page.locator("form.search input[name=stage]")).to_have_value("presentation")
    expect(page.locator("header input[name=next]")).to_have_value(re.compile("stage=presentation"))
    assert is_same_load(page)
    assert desk.is_content()


def test_focus_stays_on_the_filter_and_the_count_is_announced(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    choice = page.locator(".sidebar .choice", has_text="方案呈现")
    choice.focus()
    page.keyboard.press("Enter")
    expect(choice).to_have_attribute("aria-current", "true")
    expect(choice).to_be_focused()
    expect(page.locator("#announcement")).to_have_text(re.compile("^1 份文档"))
    page.keyboard.press("Enter")
    expect(choice).not_to_have_attribute("aria-current", "true")
    expect(choice).to_be_focused()


def test_a_removed_chip_leaves_focus_at_the_answer(desk: Reader) -> None:
    page = desk.open('/search?q=校园 "平安校园"')
    mark(page)
    page.get_by_role("link", name="“平安校园” 原样").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("校园")
    expect(page.locator("#found")).to_be_focused()
    assert is_same_load(page)


def test_the_next_page_begins_at_the_top(desk: Reader) -> None:
    page = desk.open("/search?q=回访")
    mark(page)
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("2")
    assert page.evaluate("window.scrollY") == 0
    assert is_same_load(page)
    assert desk.is_content()


def test_back_and_forward_walk_through_the_answers(desk: Reader) -> None:
    page = desk.open("/search?q=回访")
    mark(page)
    first = page.locator(".hit h2").first.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("2")
    page.locator(".sorts a", has_text="最新").click()
    expect(page.locator(".sorts [aria-current]")).to_have_text("最新")
    page.go_back()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("2")
    page.go_back()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("1")
    expect(page.locator(".hit h2").first).to_have_text(first)
    page.go_forward()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("2")
    assert is_same_load(page)
    assert desk.is_content()


def test_what_is_being_typed_is_not_lost(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    page.locator("#q").fill("平安校园建议书")
    page.evaluate("document.querySelector('.sidebar .choice').click()")
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator("#q")).to_have_value("平安校园建议书")


def test_the_skip_link_still_skips(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    mark(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator(".sidebar .choice").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    assert is_same_load(page)


def test_a_link_opened_elsewhere_is_left_to_the_browser(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    with page.context.expect_page() as opened:
        page.locator(".sidebar .choice").first.click(modifiers=["Control"])
    expect(opened.value.locator(".chip")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(0)


def test_a_phone_keeps_its_filters_unfolded(phone: Reader) -> None:
    page = phone.open("/search?q=校园")
    mark(page)
    page.locator(".filters > summary").click()
    page.locator(".filters .choice", has_text="方案呈现").click()
    expect(page.locator(".hit h2")).to_have_text(["区县教育局平安校园建议书"])
    expect(page.locator(".filters .choice", has_text="方案呈现")).to_be_visible()
    assert is_same_load(page)
    assert phone.is_content()


def test_links_do_it_without_scripts(scriptless: Reader) -> None:
    page = scriptless.open("/search?q=校园 阶段:方案呈现")
    page.get_by_role("link", name="去掉筛选 阶段：方案呈现").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.locator(".sorts a", has_text="最热").click()
    expect(page.locator(".sorts [aria-current]")).to_have_text("最热")
    assert scriptless.is_content()
