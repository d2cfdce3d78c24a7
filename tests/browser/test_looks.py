"""What pages look like on desks and phones, in light and in dark."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Reader
from tests.web.stock import Stock

pytestmark = pytest.mark.browser

PAGES = {
    "front": "/",
    "results": "/search?q=校园 宽带",
    "filtered": "/search?q=校园&stage=solution&industry=education",
    "listing": "/search?industry=finance",
    "nothing": "/search?q=量子恐龙&industry=finance",
    "refused": "/search?stage=nowhere",
    "login": "/login",
    "missing": "/nowhere",
}
# Links inside sentences are text and exempt, as WCAG 2.5.8 has it.
TARGETS = (
    "main a:not(p a), main summary, main button, header a, header button, header input[type=search]"
)


@pytest.fixture
def paths(stock: Stock) -> dict[str, str]:
    documents = {"tariff": "校园宽带资费表.xlsx", "proposal": "平安校园建议书.docx"}
    return PAGES | {name: f"/documents/{stock.ids[file]}#s1" for name, file in documents.items()}


def test_nothing_is_wider_than_a_narrow_phone(phone: Reader, paths: dict[str, str]) -> None:
    for name, path in paths.items():
        page = phone.open(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, f"{name} is {width} px wide"


def test_fingers_find_their_targets(phone: Reader, paths: dict[str, str]) -> None:
    small = []
    for name, path in paths.items():
        page = phone.open(path)
        for fold in page.locator("main summary:visible").all():
            fold.click()
        for target in page.locator(TARGETS).all():
            box = target.bounding_box()
            if target.is_visible() and box and box["height"] < 43.5:
                small.append((name, target.inner_text(), box["height"]))
    assert small == []


def test_on_a_phone_filters_unfold_above_the_results(phone: Reader) -> None:
    page = phone.open("/search?q=校园")
    choice = page.locator(".filters .choice", has_text="方案呈现")
    expect(choice).to_be_hidden()
    page.locator(".filters > summary").click()
    choice.click()
    expect(page.locator(".hit h2")).to_have_text(["区县教育局平安校园建议书"])
    expect(page.locator(".filters > summary")).to_have_text("筛选 · 已选 1 项")
    assert phone.is_content()


@pytest.mark.parametrize(
    ("scheme", "ground"), [("light", "rgb(247, 246, 243)"), ("dark", "rgb(20, 25, 27)")]
)
def test_the_theme_follows_the_system(
    browser: Browser, address: str, scheme: str, ground: str
) -> None:
    with browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", locale="zh-CN"
    ) as context:
        page = Reader(context, address).open("/")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_motion_stops_for_those_who_asked(browser: Browser, address: str) -> None:
    with browser.new_context(reduced_motion="reduce", locale="zh-CN") as context:
        page = Reader(context, address).open("/")
        duration = "getComputedStyle(document.querySelector('.tile')).transitionDuration"
        assert set(page.evaluate(duration).split(", ")) == {"0s"}
