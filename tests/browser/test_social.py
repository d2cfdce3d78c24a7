"""Talking about documents in a real browser: comment and call, bell, read; desk and phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

TARGETS = "main a:not(p a):visible, main button:visible, main summary:visible, .bar a:visible"


@pytest.fixture
def office_address(office: Stock) -> Iterator[str]:
    """A portal over a copy of the library, which this test may change."""
    with serving(office.services) as running:
        yield running


@pytest.fixture
def person(browser: Browser, office_address: str) -> Iterator[Callable[..., Reader]]:
    """Signs colleagues in, each at a screen of their own."""
    contexts = []

    def sign_in(
        login: str, width: int = 1280, scheme: str = "light", scripts: bool = True
    ) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": 860},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        reader = Reader(context, office_address)
        page = reader.open("/login")
        page.locator("main [name=login]").fill(login)
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main button").click()
        return reader

    yield sign_in
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_call_in_a_comment_rings_the_bell_and_is_read(
    person: Callable[..., Reader], stock: Stock, width: int
) -> None:
    """Without scripts: everything here is a form or a link."""
    document = f"/documents/{stock.ids['校园宽带资费表.xlsx']}"
    writer = person("zhoumin", width, scripts=False)
    page = writer.open(document)
    page.get_by_label("写评论").fill("@林若溪 300M 的学年价已经调整，请更新。")
    page.get_by_role("button", name="发表评论").click()
    expect(page.locator(".comment .call")).to_have_text("@林若溪")

    called = person("linruoxi", width, scripts=False)
    page = called.open("/favourites")
    page.get_by_role("link", name="通知，1 条未读").click()
    page.get_by_role("link", name="周敏在《校园宽带与学生套餐资费表》的评论里叫您来看。").click()
    expect(page.locator(".comment:target .said-text")).to_contain_text("学年价已经调整")
    expect(page.get_by_role("link", name="通知，没有未读")).to_be_visible()
    assert writer.is_content()
    assert called.is_content()


def test_a_colleague_is_called_with_a_few_keys(person: Callable[..., Reader], stock: Stock) -> None:
    reader = person("zhoumin")
    page = reader.open(f"/documents/{stock.ids['校园宽带资费表.xlsx']}#comments")
    page.get_by_label("写评论").press_sequentially("请 @lin")
    expect(page.get_by_role("option")).to_have_text(["林若溪 @linruoxi"])
    reader.keep("social-people-1280-light")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("看一下")
    expect(page.get_by_label("写评论")).to_have_value("请 @林若溪 看一下")
    expect(page.get_by_role("listbox", name="叫哪位同事")).to_be_hidden()
    # Who may not read the document is not offered for it.
    page = reader.open(f"/documents/{stock.ids['专线底价授权.md']}#comments")
    page.get_by_label("写评论").press_sequentially("@guan")
    expect(page.get_by_role("option")).to_have_text(["管理员 @guanliyuan"])
    page.get_by_label("写评论").fill("@he")
    expect(page.get_by_role("option")).to_have_count(0)
    assert reader.is_content()


def test_a_switch_is_reached_and_flipped_with_the_keyboard(person: Callable[..., Reader]) -> None:
    page = person("heping").open("/settings")
    switch = page.get_by_role("switch", name="有人叫我 · 邮件")
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.focus()
    page.keyboard.press("Enter")
    expect(switch).to_have_attribute("aria-checked", "false")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 360])
def test_pages_fit_and_pictures_are_kept(
    person: Callable[..., Reader], stock: Stock, width: int, scheme: str
) -> None:
    document = f"/documents/{stock.ids['平安校园建议书.docx']}"
    _talk(person("heping").open(document))
    reader = person("zhoumin", width, scheme)
    page = reader.open(document)
    page.locator(".toggle").first.click()
    for name, path in {
        "head": document,
        "document": f"{document}#uses",
        "notices": "/notices",
        "settings": "/settings",
        "favourites": "/favourites",
        "problems": "/problems",
        "history": "/history",
    }.items():
        page = reader.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        if width == 360:
            assert _small(page) == [], name
        reader.keep(f"social-{name}-{width}-{scheme}")
    assert reader.is_content()


def _talk(page: Page) -> None:
    page.get_by_label("写评论").fill("@周敏 组网方案那节写得很清楚，请问机房的空调怎么算？")
    page.get_by_role("button", name="发表评论").click()
    page.locator("#uses summary").click()
    page.get_by_label("客户或项目").fill("南屿区教育局平安校园二期")
    page.get_by_label("赢单").check()
    page.get_by_label("说明（可以不填）").fill("资费测算那一节直接用了，单价改成 300 元。")
    page.get_by_role("button", name="记下来").click()
    page.locator("#problems summary").click()
    page.get_by_label("哪里有问题？").fill("建设背景里的学校数是去年的。")
    page.get_by_role("button", name="提交问题").click()


def _small(page: Page) -> list[tuple[str, float]]:
    boxes = [(target.inner_text(), target.bounding_box()) for target in page.locator(TARGETS).all()]
    return [(text, box["height"]) for text, box in boxes if box and box["height"] < 43.5]
