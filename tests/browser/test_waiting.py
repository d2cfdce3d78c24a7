"""A page that takes its time: a line says that it is under way, and goes when it is there."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Reader

pytestmark = pytest.mark.browser

SLOW_MS = 200
IS_LEAVING = "document.documentElement.classList.contains('is-leaving')"
# Nobody can ask a page that is being left: it tells by itself what it shows, and since when.
WATCH = """() => {
  let pressed = 0;
  window.addEventListener("click", () => { pressed = performance.now(); });
  new MutationObserver(() => {
    const height = getComputedStyle(document.body, "::before").height;
    sessionStorage.setItem("line", height);
    sessionStorage.setItem("waited", performance.now() - pressed);
    navigator.sendBeacon("/healthz?line");
  }).observe(document.documentElement, { attributeFilter: ["class"] });
}"""


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """A visitor at a desk, whose requests no service worker takes on."""
    with browser.new_context(
        viewport={"width": 1280, "height": 860}, locale="zh-CN", service_workers="block"
    ) as context:
        yield Reader(context, address)


def test_a_line_tells_that_a_slow_page_is_under_way(reader: Reader) -> None:
    held: list[Route] = []
    page = reader.open("/")
    page.route("**/help", lambda route: held.append(route))
    page.route("**/healthz?line", lambda route: route.fulfill(status=204))
    page.evaluate(WATCH)
    page.get_by_role("link", name="使用帮助").focus()
    with page.expect_request("**/healthz?line"):
        page.keyboard.press("Enter")
    held[0].continue_()
    expect(page.get_by_role("heading", level=1, name="使用帮助")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('line')") == "3px"
    assert float(page.evaluate("sessionStorage.getItem('waited')")) >= SLOW_MS - 1
    page.go_back()
    expect(page.locator(".hero")).to_be_visible()
    assert not page.evaluate(IS_LEAVING)


def test_a_download_leaves_the_page_and_needs_no_line(reader: Reader) -> None:
    reader.page.clock.install(time=0)
    page = reader.open("/search?q=校园宽带")
    page.locator(".hit h2 a").first.click()
    expect(page.locator(".document-head")).to_be_visible()
    with page.expect_download():
        page.get_by_role("link", name="下载原文件").click()
    page.clock.run_for(2 * SLOW_MS)
    assert not page.evaluate(IS_LEAVING)
