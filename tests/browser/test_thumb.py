"""On a phone everything that is pressed is large enough for a thumb: 44 pixels, as ui asks."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Reader, sign_in
from tests.browser.furnished import DECK, Furnished

pytestmark = pytest.mark.browser

LEAST = 44
PAGES = (
    "/",
    "/search?q=校园",
    "/documents/{deck}",
    "/map/education",
    "/notices",
    "/upload",
    "/review",
    "/saved",
    "/settings",
    "/help",
)
# Links within a sentence are text (WCAG 2.5.8); a box counts with the label that is pressed.
_SMALL = """(least) => {
  const wanted = "a, button, summary, select, label:has(input), "
    + "input:not([type=hidden], [type=file])";
  return [...document.querySelectorAll(wanted)].filter((each) => {
    const box = each.getBoundingClientRect();
    const style = getComputedStyle(each);
    if (!box.width || !box.height || style.visibility === "hidden" || each.closest(".unseen")
      || each.matches(".skip, .unseen, label input, input.tab")) {
      return false;
    }
    const within = style.display === "inline" && each.matches("a")
      && each.closest("p, dd, li, td, h3");
    return !within && (box.height < least - 0.5 || box.width < least - 0.5);
  }).map((each) => {
    const box = each.getBoundingClientRect();
    return `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 20)} `
      + `${Math.round(box.width)}x${Math.round(box.height)}`;
  });
}"""


def test_everything_that_is_pressed_fits_a_thumb(
    browser: Browser, portal: str, furnished: Furnished
) -> None:
    with on_a_phone(browser, portal) as reader:
        page = reader.page
        expect(page.locator(".tabbar > *")).to_have_count(5)
        small = {
            path: found
            for path in PAGES
            if (found := reader.open(path.format(deck=furnished.ids[DECK])).evaluate(_SMALL, LEAST))
        }
    assert small == {}


def test_the_bar_at_the_thumb_opens_the_other_places(browser: Browser, portal: str) -> None:
    with on_a_phone(browser, portal) as reader:
        page = reader.page
        places = page.get_by_role("navigation", name="主导航")
        expect(places).to_be_hidden()
        page.get_by_role("button", name="我的").tap()
        expect(places).to_be_visible()
        assert page.evaluate(_SMALL, LEAST) == []
        reader.keep("places-phone")
        page.keyboard.press("Escape")
        expect(places).to_be_hidden()
        page.get_by_role("button", name="我的").tap()
        places.get_by_role("link", name="保存的搜索").tap()
        expect(page.locator("h1")).to_have_text("保存的搜索")
        assert reader.is_content()


@contextmanager
def on_a_phone(browser: Browser, portal: str) -> Iterator[Reader]:
    """林若溪, who manages education, with the portal on her phone."""
    with browser.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, has_touch=True, locale="zh-CN"
    ) as context:
        reader = Reader(context, portal)
        sign_in(reader, "linruoxi")
        yield reader
