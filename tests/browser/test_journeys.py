"""The ten journeys that matter, from the first press to what somebody else then sees."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from portal.db import utcnow
from portal.push.alerts import run_alerts
from tests.browser.conftest import Reader
from tests.browser.furnished import DIGEST_DAY, Furnished
from tests.web.stock import PASSWORD

pytestmark = pytest.mark.browser

FILE = "云澜十中宿舍宽带话术.md"
TEXT = "# 云澜十中宿舍宽带客户回访话术\n\n您好，想了解宿舍宽带近一个月的使用情况。\n"
SignIn = Callable[..., Reader]


@pytest.fixture
def sign_in(browser: Browser, portal: str) -> Iterator[SignIn]:
    """Colleagues at browsers of their own; each must have been content at the end."""
    contexts: list[BrowserContext] = []
    readers: list[Reader] = []

    def enter(login: str = "", *, width: int = 1280, scripts: bool = True) -> Reader:
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": 860},
                java_script_enabled=scripts,
                locale="zh-CN",
            )
        )
        reader = Reader(contexts[-1], portal)
        readers.append(reader)
        page = reader.open("/login" if login else "/")
        if login:
            page.get_by_label("登录名").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.locator("main").get_by_role("button", name="登录").click()
            expect(page.locator(".who")).to_be_visible()
            page.wait_for_load_state()
        return reader

    yield enter
    for reader in readers:
        assert reader.is_content()
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_template_for_a_stage_is_found_and_downloaded(sign_in: SignIn, scripts: bool) -> None:
    page = sign_in(scripts=scripts).page
    page.get_by_role("link", name="方案整合").click()
    page.locator(".sidebar").get_by_role("link", name=re.compile("^模板")).click()
    page.get_by_role("link", name="智慧校园整体方案").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载原文件").click()
    assert download.value.suggested_filename == "智慧校园整体方案.pptx"


def test_the_hit_is_opened_on_its_page_with_the_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in("zhoumin").page
    page.keyboard.press("/")
    page.keyboard.type("出口双链路")
    page.keyboard.press("Enter")
    expect(page.locator(".hit mark").first).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".hit h2 a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")
    page.locator("#main").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/documents/\d+(\?from=[^#]+)?#s2$"))
    expect(page.locator(".section:target")).to_contain_text("出口双链路")


def test_the_shortcuts_are_told_where_a_key_asks_for_them(sign_in: SignIn) -> None:
    page = sign_in("zhoumin").page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="键盘快捷键")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("到搜索框")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_is_uploaded_its_keys_corrected_and_submitted(
    sign_in: SignIn, tmp_path: Path, scripts: bool
) -> None:
    page = sign_in("zhoumin", scripts=scripts).page
    page.get_by_role("link", name="上传").first.click()
    file = tmp_path / FILE
    file.write_text(TEXT + f"脚本：{scripts}。\n" * 40, encoding="utf-8")
    page.locator("#file").set_input_files(file)
    if not scripts:
        page.get_by_role("button", name="上传").click()
    expect(page.locator("#title")).to_have_value("云澜十中宿舍宽带客户回访话术")
    page.get_by_role("checkbox", name="教育").check()
    page.get_by_role("radio", name="模板").check()
    page.locator(".options").get_by_text("客户回访", exact=True).click()
    if page.get_by_role("radio", name=re.compile("单独成篇")).count():
        page.get_by_role("radio", name=re.compile("单独成篇")).check()
    page.get_by_role("button", name="只保存草稿").click()
    expect(page.locator(".done")).to_have_text("草稿已保存。")
    expect(page.get_by_role("checkbox", name="教育")).to_be_checked()
    if scripts:
        page.get_by_role("button", name="保存并提交审核").click()
        expect(page.locator(".done")).to_contain_text("已提交审核")


def test_an_upload_is_reviewed_and_published_and_its_author_is_told(sign_in: SignIn) -> None:
    page = sign_in("linruoxi").page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="审核").click()
    page.get_by_role("link", name="去审核《南屿一中双路由专线建议书》").click()
    expect(page.locator(".review-text")).to_contain_text("主备两条专线")
    page.get_by_role("button", name="发布").click()
    expect(page.locator(".done")).to_have_text("已发布，作者会收到通知。")

    told = sign_in("zhoumin").page
    told.locator(".bell").click()
    told.get_by_role("link", name=re.compile("《南屿一中双路由专线建议书》已通过审核")).click()
    expect(told.locator("h1")).to_have_text("南屿一中双路由专线建议书")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_empty_slot_is_filled(sign_in: SignIn, scripts: bool) -> None:
    page = sign_in("linruoxi", scripts=scripts).page
    stage, title = (
        ("商务谈判", "校园宽带与学生套餐资费表") if scripts else ("方案整合", "智慧校园整体方案")
    )
    page.locator(".strip .stage", has_text=stage).click()
    page.get_by_role("button", name=f"采用为模板：《{title}》").click()
    expect(page.locator(".done")).to_have_text("已放进地图，同事现在就能看到。")
    expect(page.locator(".slot-card", has_text=title).first).to_be_visible()


def test_a_recommendation_is_dismissed_and_taken_back(sign_in: SignIn) -> None:
    page = sign_in("zhoumin").page
    page.goto(page.url.partition("?")[0].rstrip("/") + "/lists/recommended")
    first = page.locator(".ranked .item-title").first
    title = first.inner_text()
    page.get_by_role("button", name=f"不是我要的：{title}").click()
    expect(page.locator(".done")).to_contain_text("不会再推荐")
    expect(page.locator(".ranked").get_by_role("link", name=title, exact=True)).to_have_count(0)
    page.get_by_role("button", name="撤销").click()
    # The next refresh offers it again; it is no longer among what was refused.
    expect(page.locator(".dismissed")).to_have_count(0)


def test_a_search_becomes_an_alert_that_is_read_in_a_feed(
    sign_in: SignIn, furnished: Furnished
) -> None:
    page = sign_in("zhoumin").page
    page.keyboard.press("/")
    page.keyboard.type("校园")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="保存这个搜索").click()
    page.get_by_label("名称").fill("校园的新资料")
    page.get_by_label("放进订阅源").check()
    page.get_by_role("button", name="保存", exact=True).click()
    run_alerts(furnished.services, utcnow())
    address = page.get_by_label("“校园的新资料”的订阅地址").input_value()
    feed = page.context.request.get(address)
    assert feed.ok
    assert "<title>校园的新资料" in feed.text()
    assert "智慧校园整体方案" in feed.text()


def test_the_digest_is_read_on_a_phone(sign_in: SignIn) -> None:
    page: Page = sign_in("linruoxi", width=390).page
    page.get_by_role("button", name="我的").click()
    page.get_by_role("link", name="简报", exact=True).click()
    page.locator(".days a").click()
    expect(page.locator("h1")).to_contain_text(f"{DIGEST_DAY.day}日简报")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".sheet-items a").first.click()
    expect(page.locator("h1")).to_have_text("区县教育局平安校园建议书")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_synonym_changes_the_search(sign_in: SignIn, scripts: bool) -> None:
    word = "天网卫士" if scripts else "哨兵罗盘"
    page = sign_in("guanliyuan", scripts=scripts).page
    search(page, word)
    expect(page.locator(".empty h2")).to_contain_text("没有找到")
    page.get_by_role("link", name="管理", exact=True).click()
    page.get_by_role("link", name=re.compile("词汇")).click()
    page.get_by_label("一组同义词").fill(f"{word} = 平安校园")
    page.get_by_role("button", name="添加").click()
    expect(page.locator(".done")).to_contain_text("已添加")
    search(page, word)
    # It is so within a second in every process.
    for _ in range(100):
        if page.locator(".hit").count():
            break
        page.reload()
    expect(page.locator(".hit h2").first).to_contain_text("平安校园")


def test_a_day_is_done_without_scripts(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("zhoumin", scripts=False).page
    search(page, "校园")
    page.locator(".sidebar .choice", has_text="方案呈现").click()
    expect(page.locator(".chip")).to_have_text(["阶段：方案呈现"])
    page.get_by_role("link", name="保存这个搜索").click()
    page.get_by_label("名称").fill("校园的方案")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator(".pile h2", has_text="校园的方案")).to_be_visible()
    page.get_by_role("link", name="上传").first.click()
    file = tmp_path / "云澜十一中.md"
    file.write_text("# 云澜十一中组网建议书\n\n新建两条千兆专线。\n", encoding="utf-8")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("checkbox", name="教育").check()
    page.get_by_role("radio", name="项目建议书").check()
    page.get_by_role("button", name="保存并提交审核").click()
    expect(page.locator(".done")).to_contain_text("已提交审核")

    manager = sign_in("linruoxi", scripts=False).page
    manager.get_by_role("navigation", name="主导航").get_by_role("link", name="审核").click()
    manager.get_by_role("link", name="去审核《云澜十一中组网建议书》").click()
    manager.get_by_role("button", name="发布").click()
    expect(manager.locator(".done")).to_have_text("已发布，作者会收到通知。")


def search(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    page.locator("header").get_by_role("button", name="搜索").click()
