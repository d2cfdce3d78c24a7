"""A manager reads the night's digest at a desk and on a phone, and keeps a search."""

import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from portal.models import TaxonomyTerm, User, UserIndustry
from portal.push.digest import make_digests
from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser
NIGHT = dt.datetime(2026, 9, 4, 18, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def digest_address(own_library: Stock) -> Iterator[str]:
    """A portal of its own, with 林若溪's digest of 5 September."""
    with own_library.services.db.write() as session:
        user = session.scalars(sa.select(User.id).where(User.login == "linruoxi")).one()
        term = session.scalars(sa.select(TaxonomyTerm.id).where(TaxonomyTerm.code == "education"))
        session.add(UserIndustry(user_id=user, term_id=term.one()))
    make_digests(own_library.services, dt.date(2026, 9, 5), now=NIGHT)
    with serving(own_library.services) as running:
        yield running


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_digest_at_desk_and_phone_width(
    browser: Browser, digest_address: str, width: int, scheme: str
) -> None:
    with browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="zh-CN",
    ) as context:
        reader = Reader(context, digest_address)
        page = reader.open("/login?next=/digest/")
        page.fill("input[name=login]", "linruoxi")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button[type=submit]").click()
        page.locator(".days a").first.click()
        expect(page.locator("h1")).to_have_text("2026年9月5日简报")
        page.wait_for_load_state()  # the words can be there before the style sheets
        item = page.locator(".sheet-items a").first
        expect(item).to_have_text("区县教育局平安校园建议书")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = item.bounding_box()
        assert box is not None
        assert box["height"] >= 43.5
        reader.keep(f"digest-{width}-{scheme}")
        page.emulate_media(media="print")
        expect(page.locator(".sheet-bar")).to_be_hidden()
        page.emulate_media(media="screen")
        item.click()
        expect(page.locator("h1").first).to_have_text("区县教育局平安校园建议书")
        assert reader.is_content()


def test_a_search_is_kept_and_stopped_by_keyboard_and_click(
    browser: Browser, digest_address: str
) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN") as context:
        reader = Reader(context, digest_address)
        page = reader.open("/login?next=/search%3Fq=%E6%A0%A1%E5%9B%AD")
        page.fill("input[name=login]", "linruoxi")
        page.fill("input[name=password]", PASSWORD)
        page.locator("main button[type=submit]").click()
        page.get_by_role("link", name="保存这个搜索").click()
        page.get_by_label("名称").fill("校园资料")
        page.get_by_label("放进订阅源").check()
        page.get_by_label("名称").press("Enter")
        expect(page.locator("main h2")).to_have_text(["校园资料"])
        expect(page.get_by_label("“校园资料”的订阅地址")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("button", name="停止全部提醒：校园资料").click()
        expect(page.get_by_label("“校园资料”的订阅地址")).to_have_count(0)
        assert reader.is_content()
