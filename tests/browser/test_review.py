"""A new version from an author's phone to a reviewer's desk, in a real browser."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.models import TaxonomyTerm, User, UserIndustry
from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

NAME = "平安校园建议书.docx"
NEWER = "# 区县教育局平安校园建议书\n\n## 资费测算\n\n按三年合约期折算，单校月均费用 256 元。\n"
PRESSED = "main button, main a.button, main a.tap, main summary, main select, main input[type=file]"


@pytest.fixture(scope="module")
def address(own_library: Stock) -> Iterator[str]:
    """A running portal of one's own, in which 林若溪 answers for education."""
    services = own_library.services
    with services.db.write() as session:
        manager = session.scalars(sa.select(User.id).where(User.login == "linruoxi")).one()
        education = sa.select(TaxonomyTerm.id).where(TaxonomyTerm.code == "education")
        session.add(UserIndustry(user_id=manager, term_id=session.scalars(education).one()))
    with serving(services) as running:
        yield running


def sign_in(reader: Reader, login: str, path: str) -> Page:
    page = reader.open("/login")
    page.locator("main [name=login]").fill(login)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main button").click()
    return reader.open(path)


def fits(page: Page) -> bool:
    """Nothing scrolls sideways, and fingers find what they can press."""
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = [
        (target.inner_text(), box["height"])
        for target in page.locator(PRESSED).all()
        if target.is_visible() and (box := target.bounding_box()) and 1 < box["height"] < 43.5
    ]
    assert small == []
    return True


def test_a_new_version_is_brought_reviewed_and_compared(
    phone: Reader, desk: Reader, stock: Stock
) -> None:
    number = stock.ids[NAME]
    page = sign_in(phone, "zhoumin", f"/documents/{number}")
    page.get_by_text("上传新版本").click()
    assert fits(page)
    file = {"name": "新版.md", "mimeType": "text/markdown", "buffer": NEWER.encode()}
    page.get_by_label("新版本的文件").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator(".done")).to_contain_text("新版本已提交审核")
    phone.keep("life-360")
    review = sign_in(desk, "linruoxi", "/review")
    review.get_by_role("link", name="去审核《区县教育局平安校园建议书》").click()
    expect(review.locator(".diff ins").filter(has_text="256")).to_have_count(1)
    desk.keep("review-1280")
    review.get_by_role("button", name="采用新版本").click()
    expect(review.locator(".done")).to_contain_text("已发布")
    page.goto(f"{phone.address}/documents/{number}/versions")
    assert fits(page)
    page.get_by_role("button", name="看看有什么不同").click()
    expect(page.locator(".diff del").filter(has_text="286")).to_have_count(1)
    assert fits(page)
    phone.keep("compare-360")
    assert phone.is_content()
    assert desk.is_content()
