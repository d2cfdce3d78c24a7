"""Finding a document, from the question to its place."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Reader
from tests.web.stock import PASSWORD

pytestmark = pytest.mark.browser


def test_a_question_leads_to_the_section_that_answers_it(desk: Reader) -> None:
    page = desk.open("/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("出口双链路")
    page.keyboard.press("Enter")
    expect(page.locator(".hit mark").first).to_be_visible()
    page.get_by_role("link", name="幻灯片 2").click()
    expect(page).to_have_url(re.compile(r"/documents/\d+(\?from=[^#]+)?#s2$"))
    expect(page.locator(".section:target h2")).to_have_text("网络层设计")
    expect(page.locator(".section:target")).to_be_in_viewport()
    assert desk.is_content()


def test_the_slash_key_is_typed_where_someone_is_typing(desk: Reader) -> None:
    page = desk.open("/")
    page.locator("#q").fill("5G")
    page.keyboard.type("/6G")
    expect(page.locator("#q")).to_have_value("5G/6G")


def test_a_stage_narrows_the_answer_and_its_chip_widens_it_again(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    found = page.locator(".hit").count()
    page.locator(".sidebar .choice", has_text="方案呈现").click()
    expect(page.locator(".hit h2")).to_have_text(["区县教育局平安校园建议书"])
    page.get_by_role("link", name="去掉筛选 阶段：方案呈现").click()
    expect(page.locator(".hit")).to_have_count(found)
    assert desk.is_content()


def test_the_next_page_follows(desk: Reader) -> None:
    page = desk.open("/search?q=回访")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager [aria-current=page]")).to_have_text("2")
    assert desk.is_content()


def test_the_keyboard_reaches_the_text_before_the_bar(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_an_original_is_downloaded_under_its_name(desk: Reader) -> None:
    page = desk.open("/search?q=学年价")
    page.locator(".hit h2 a").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载原文件").click()
    assert download.value.suggested_filename == "校园宽带资费表.xlsx"
    assert desk.is_content()


def test_the_policy_stops_what_a_document_might_smuggle_in(desk: Reader) -> None:
    page = desk.open("/search?q=页面安全检查样例")
    page.locator(".hit h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("<script>")
    assert desk.is_content()


def test_a_colleague_signs_in_and_out(desk: Reader) -> None:
    page = desk.open("/search?q=校园")
    page.get_by_role("link", name="登录").click()
    page.get_by_label("登录名").fill("linruoxi")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("#q")).to_have_value("校园")
    expect(page.locator(".who")).to_contain_text("林若溪")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    assert desk.is_content()


def test_everything_works_without_scripts(scriptless: Reader) -> None:
    page = scriptless.open("/")
    page.locator("#q").fill("学年价")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="工作表“宿舍宽带”").click()
    expect(page.locator("#s1 th").first).to_have_text("产品")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("link", name="Download original")).to_be_visible()
    assert scriptless.is_content()


def test_the_address_of_a_found_document_is_fit_to_be_passed_on(desk: Reader) -> None:
    page = desk.open("/search?q=第 444 次巡检")
    page.locator(".hit-foot a", has_text="第 444 次巡检").first.click()
    expect(page).to_have_url(re.compile(r"/documents/\d+\?part=3#s444$"))
    expect(page.locator(".section:target")).to_contain_text("第 444 次巡检未见异常。")
    assert desk.is_content()
