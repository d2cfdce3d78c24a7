"""When nothing answers, the page says so, loses nothing, and leaves a way out."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Reader, sign_in
from tests.browser.furnished import DECK, Furnished

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, portal: str) -> Iterator[Page]:
    """林若溪 at her desk."""
    with browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="zh-CN", service_workers="block"
    ) as context:
        yield sign_in(Reader(context, portal), "linruoxi")


def broken(route: Route) -> None:
    route.abort()


def test_without_suggestions_one_can_still_search(page: Page) -> None:
    page.route("**/suggest?*", broken)
    page.locator("#q").press_sequentially("校园")
    failed = page.locator(".suggestions-failed")
    expect(failed).to_have_text("现在取不到建议，按回车照样能搜。")
    page.unroute("**/suggest?*")
    page.locator("#q").press_sequentially("宽带")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(failed).to_have_count(0)


def test_results_stay_and_can_be_asked_for_again(page: Page, portal: str) -> None:
    page.goto(f"{portal}/search?q=校园")
    title = page.locator(".hit h2").first.inner_text()
    page.route("**/search?*", broken)
    page.locator(".sidebar .choice", has_text="方案呈现").click()
    failed = page.locator("#no-results")
    expect(failed).to_contain_text("没能取到新的结果，下面还是原来的。")
    expect(page.locator(".hit h2").first).to_have_text(title)
    page.unroute("**/search?*")
    failed.get_by_role("link", name="再试一次").click()
    expect(page.locator(".chip")).to_have_count(1)


def test_an_upload_waits_for_the_network(page: Page, portal: str) -> None:
    page.goto(f"{portal}/upload")
    page.context.set_offline(True)
    page.locator("#file").set_input_files(
        {"name": "话术.md", "mimeType": "text/markdown", "buffer": "# 回访话术\n\n您好。".encode()}
    )
    expect(page.locator(".sent-state")).to_contain_text("连接断开了，已经传到的部分都还在。")
    expect(page.get_by_role("button", name="继续")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "press"), [("/notices", "全部标为已读"), ("/documents/{deck}", "收藏")]
)
def test_a_form_is_not_sent_into_nowhere(
    page: Page, portal: str, furnished: Furnished, path: str, press: str
) -> None:
    page.goto(portal + path.format(deck=furnished.ids[DECK]))
    address = page.url
    page.context.set_offline(True)
    page.locator("main").get_by_role("button", name=press).first.click()
    failed = page.locator("#no-network")
    expect(failed).to_contain_text("现在没有网络，这一步没有做。")
    assert page.url == address
    page.context.set_offline(False)
    expect(failed).to_be_hidden()
    page.locator("main").get_by_role("button", name=press).first.click()
    expect(failed).to_be_hidden()
