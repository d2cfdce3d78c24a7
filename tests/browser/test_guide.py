"""The tour of the home, and the pictures of the user guide.

Every run takes the guide's pictures, so that they show what there is; with ``--guide`` they are
written into docs/guide, else beside the other pictures.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.models import Role, TaxonomyTerm, User
from tests.browser.conftest import SCREENSHOTS, Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = DOCS / "guide.zh-CN.md"
DESK = ViewportSize(width=1120, height=700)
PHONE = ViewportSize(width=390, height=780)
LARGEST = 100_000
# Name of the picture: who sees it, and where.
PICTURES = {
    "home": ("linruoxi", "/"),
    "results": ("linruoxi", "/search?q=校园+宽带"),
    "document": ("linruoxi", "/documents/{tariff}"),
    "map": ("linruoxi", "/map/education?stage=solution"),
    "radar": ("linruoxi", "/map"),
    "upload": ("linruoxi", "/upload"),
    "review": ("linruoxi", "/review"),
    "saved": ("linruoxi", "/saved"),
    "notices": ("linruoxi", "/notices"),
    "settings": ("linruoxi", "/settings"),
    "help": ("linruoxi", "/help"),
    "admin": ("guanliyuan", "/admin"),
    "vocabulary": ("guanliyuan", "/admin/vocabulary"),
    "jobs": ("guanliyuan", "/admin/jobs"),
    "phone-home": ("linruoxi", "/"),
    "phone-map": ("linruoxi", "/map/education?stage=solution"),
}


@pytest.fixture(scope="module")
def address(own_library: Stock) -> Iterator[str]:
    """A portal in which 林若溪 manages education."""
    services = own_library.services
    with services.db.write() as session:
        person = session.scalars(sa.select(User).where(User.login == "linruoxi")).one()
        person.role = Role.INDUSTRY_MANAGER
        person.industries = list(
            session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.code == "education"))
        )
    keep_slots(services.db, services.taxonomy(), utcnow())
    with serving(services) as address:
        yield address


def signed_in(context: BrowserContext, address: str, login: str) -> Reader:
    reader = Reader(context, address)
    page = reader.open("/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_label("密码").press("Enter")
    expect(page.locator(".who")).to_be_visible()
    return reader


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """Where the pictures go."""
    kept: bool = request.config.getoption("--guide")
    found = DOCS / "guide" if kept else SCREENSHOTS / "guide"
    found.mkdir(parents=True, exist_ok=True)
    return found


def test_the_guide_shows_what_there_is(
    browser: Browser, address: str, own_library: Stock, folder: Path
) -> None:
    tariff = next(number for name, number in own_library.ids.items() if name.endswith(".xlsx"))
    for login in ("linruoxi", "guanliyuan"):
        with browser.new_context(viewport=DESK, locale="zh-CN") as context:
            reader = signed_in(context, address, login)
            for name, (who, path) in PICTURES.items():
                if who != login:
                    continue
                reader.page.set_viewport_size(PHONE if name.startswith("phone") else DESK)
                reader.open(path.format(tariff=tariff))
                reader.page.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=72)
            assert reader.is_content()
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.jpg")}
    assert {name for name, size in sizes.items() if size > LARGEST} == set()


def test_every_picture_of_the_guide_is_taken_and_kept() -> None:
    shown = set(re.findall(r"\]\(guide/([\w-]+)\.jpg\)", GUIDE.read_text(encoding="utf-8")))
    kept = {path.stem for path in (DOCS / "guide").glob("*.jpg")}
    assert shown == kept == set(PICTURES)


def test_the_tour_is_walked_by_keys_and_does_not_come_back(
    browser: Browser, address: str, own_library: Stock
) -> None:
    with own_library.services.db.write() as session:
        session.execute(sa.update(User).where(User.login == "linruoxi").values(toured_at=None))
    with browser.new_context(viewport=DESK, locale="zh-CN") as context:
        reader = signed_in(context, address, "linruoxi")
        tour = reader.page.get_by_role("dialog", name="首页导览")
        expect(tour.get_by_role("heading", name="从这里搜")).to_be_visible()
        reader.page.keyboard.press("Enter")
        expect(tour.get_by_role("heading", name="今天等您的事")).to_be_visible()
        expect(reader.page.locator(".today")).to_have_class(re.compile("tour-lit"))
        reader.keep("tour")
        with reader.page.expect_response("**/help/tour") as answer:
            reader.page.keyboard.press("Escape")
        assert answer.value.status == 204
        expect(tour).to_be_hidden()
        reader.open("/")
        expect(reader.page.locator(".today")).to_be_visible()
        assert reader.page.locator("#tour").count() == 0
        assert reader.is_content()


def test_without_scripts_nothing_stands_in_the_way(
    browser: Browser, address: str, own_library: Stock
) -> None:
    with own_library.services.db.write() as session:
        session.execute(sa.update(User).where(User.login == "linruoxi").values(toured_at=None))
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        reader = signed_in(context, address, "linruoxi")
        expect(reader.page.locator("#tour")).to_be_hidden()
        expect(reader.page.get_by_role("link", name="使用帮助")).to_be_visible()
