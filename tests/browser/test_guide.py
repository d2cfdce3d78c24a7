"""The tour of the home, and the pictures of the user guide.

Every run takes the guide's pictures, so that they show what there is; with ``--guide`` they are
written into docs/guide, else beside the other pictures.
"""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from portal.app import create_app
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.models import Document, User
from portal.services import Services
from tests.browser.conftest import SCREENSHOTS, Reader, serving, sign_in
from tests.browser.furnished import SUBMITTED, WAITING, WAITING_TEXT, make_lists
from tests.databases import Databases
from tests.web.stock import PASSWORD_HASH, SECRET, Stock, copy_of
from tests.web.uploader import send
from tests.web.visitor import Visitor

pytestmark = pytest.mark.browser

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = DOCS / "guide.zh-CN.md"
DESK = ViewportSize(width=1120, height=700)
PHONE = ViewportSize(width=390, height=780)
LARGEST = 100_000
# Name of the picture: who sees it, and where.
PICTURES = {
    "home": ("linwei", "/"),
    "results": ("linwei", "/search?q=校园+宽带"),
    "document": ("linwei", "/documents/{tariff}"),
    "map": ("linwei", "/map/education?stage=solution"),
    "radar": ("linwei", "/map"),
    "upload": ("linwei", "/upload"),
    "review": ("linwei", "/review"),
    "saved": ("linwei", "/saved"),
    "notices": ("linwei", "/notices"),
    "settings": ("linwei", "/settings"),
    "help": ("linwei", "/help"),
    "admin": ("admin", "/admin"),
    "vocabulary": ("admin", "/admin/vocabulary"),
    "jobs": ("admin", "/admin/jobs"),
    "phone-home": ("linwei", "/"),
    "phone-map": ("linwei", "/map/education?stage=solution"),
}


@pytest.fixture(scope="module")
def living(
    samples: Services, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Services]:
    """The sample library with a filled map, in which colleagues have worked."""
    samples.db.dispose()  # who copies a database wants it for itself
    folder = tmp_path_factory.mktemp("living")
    with copy_of(Stock(samples, {}), folder, lasting_databases) as copied:
        settings = dataclasses.replace(copied.services.settings, secret_key=SECRET)
        services = dataclasses.replace(copied.services, settings=settings)
        with services.db.write() as session:
            session.execute(sa.update(User).values(password_hash=PASSWORD_HASH, toured_at=utcnow()))
        keep_slots(services.db, services.taxonomy(), utcnow())
        _work(create_app(services.settings, services))
        make_lists(services)
        yield services


def _work(app: Flask) -> None:
    """Let two colleagues search, read, ask and hand in."""
    colleague, manager = Visitor(app).sign_in("liujie"), Visitor(app).sign_in("linwei")
    for question in ("校园 宽带", "云桌面 实训室", "量子加密专线"):
        for visitor in (colleague, manager):
            assert visitor.get(f"/search?q={question}").status == 200
    hits = colleague.get("/search?q=校园宽带 资费").links(".hit h2 a")
    tariff = re.split(r"[?#]", next(iter(hits.values())))[0]
    send(colleague, WAITING_TEXT, WAITING)
    draft = colleague.get("/upload").links("main a")["南屿一中双路由专线建议书"]
    for visitor, address, form in (
        (colleague, tariff + "/uses", {"customer": "云澜市第一中学", "outcome": "won"}),
        (colleague, tariff + "/comments", {"comment": "@林薇 附录二的测算可以直接用。"}),
        (colleague, draft, SUBMITTED),
        (colleague, "/requests", {"q": "量子恐龙", "industry": "education"}),
        (manager, tariff + "/favourite", {"wanted": "yes"}),
        (manager, "/saved", {"q": "校园", "name": "校园的新资料", "ways": "at-once"}),
    ):
        answer = visitor.submit(address, **form)
        assert answer.status == 303, (address, answer.status, answer.text)


@pytest.fixture(scope="module")
def address(living: Services) -> Iterator[str]:
    """The living portal's address."""
    with serving(living) as running:
        yield running


def signed_in(context: BrowserContext, address: str, login: str) -> Reader:
    reader = Reader(context, address)
    sign_in(reader, login)
    return reader


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """Where the pictures go."""
    kept: bool = request.config.getoption("--guide")
    found = DOCS / "guide" if kept else SCREENSHOTS / "guide"
    found.mkdir(parents=True, exist_ok=True)
    return found


def test_the_guide_shows_what_there_is(
    browser: Browser, address: str, living: Services, folder: Path
) -> None:
    with living.db.read() as session:
        wanted = sa.select(Document.id).where(Document.title.startswith("校园宽带与学生套餐资费表"))
        tariff = session.scalars(wanted).first()
    for login in ("linwei", "admin"):
        with browser.new_context(viewport=DESK, locale="zh-CN") as context:
            reader = signed_in(context, address, login)
            for name, (who, path) in PICTURES.items():
                if who != login:
                    continue
                reader.page.set_viewport_size(PHONE if name.startswith("phone") else DESK)
                reader.open(path.format(tariff=tariff))
                reader.page.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=60)
            assert reader.is_content()
    sizes = {path.name: path.stat().st_size for path in folder.glob("*.jpg")}
    assert {name for name, size in sizes.items() if size > LARGEST} == set()


def test_every_picture_of_the_guide_is_taken_and_kept() -> None:
    shown = set(re.findall(r"\]\(guide/([\w-]+)\.jpg\)", GUIDE.read_text(encoding="utf-8")))
    kept = {path.stem for path in (DOCS / "guide").glob("*.jpg")}
    assert shown == kept == set(PICTURES)


def test_the_tour_is_walked_by_keys_and_does_not_come_back(
    browser: Browser, address: str, living: Services
) -> None:
    with living.db.write() as session:
        session.execute(sa.update(User).where(User.login == "linwei").values(toured_at=None))
    with browser.new_context(viewport=DESK, locale="zh-CN") as context:
        reader = signed_in(context, address, "linwei")
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
    browser: Browser, address: str, living: Services
) -> None:
    with living.db.write() as session:
        session.execute(sa.update(User).where(User.login == "linwei").values(toured_at=None))
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        reader = signed_in(context, address, "linwei")
        expect(reader.page.locator("#tour")).to_be_hidden()
        expect(reader.page.get_by_role("link", name="使用帮助")).to_be_visible()
