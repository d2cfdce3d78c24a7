"""A real chromium in front of a real server over the library that the page tests use."""

import dataclasses
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)
from werkzeug.serving import make_server

from portal.app import create_app
from portal.services import Services
from tests.browser.furnished import Furnished, furnish
from tests.databases import Databases
from tests.web.stock import PASSWORD, Stock, copy_of

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).parents[2] / "artifacts/screenshots"


def is_complaint(message: ConsoleMessage) -> bool:
    """Whether the browser complains, and does not merely mention that it did as it was told."""
    return message.type in ("error", "warning")


class Reader:
    """A person at a browser. Whatever the browser complains about is remembered."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.address = address
        self.page: Page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _listen(self, message: ConsoleMessage) -> None:
        if is_complaint(message):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        """Go to a path of the portal."""
        self.page.goto(self.address + path)
        return self.page

    def keep(self, name: str) -> None:
        """Save a picture of what is in sight."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def is_content(self) -> bool:
        """Whether the browser complained of nothing and asked nobody but the portal."""
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith(self.address)] == []
        return True


def sign_in(reader: Reader, login: str, path: str = "/") -> Page:
    """Sign in, in whatever language, and go on to a path."""
    page = reader.open(f"/login?{urlencode({'next': path})}")
    page.locator("main [name=login]").fill(login)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main [name=password]").press("Enter")
    expect(page.locator(".who")).to_be_visible()
    page.wait_for_load_state()
    return page


@contextmanager
def serving(services: Services, port: int = 0) -> Iterator[str]:
    """The address of a web server over these services; without a port, at one that is free."""
    app = create_app(services.settings, services)
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without it these tests fail, because what they check would go unchecked."""
    if not CHROMIUM.exists():
        pytest.fail(f"浏览器测试需要 {CHROMIUM}：请先安装 chromium。", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def own_library(
    original: Stock, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Stock]:
    """A library for the tests of one module, which may change it."""
    with copy_of(original, tmp_path_factory.mktemp("own"), lasting_databases) as copied:
        yield copied


@pytest.fixture(scope="module")
def furnished(own_library: Stock) -> Furnished:
    """A portal of the module's own in which every page has something to show."""
    return furnish(own_library)


@pytest.fixture(scope="module")
def portal(furnished: Furnished) -> Iterator[str]:
    """The address of the furnished portal."""
    with serving(furnished.services) as address:
        yield address


@pytest.fixture(scope="session")
def address(stock: Stock) -> Iterator[str]:
    """The address of a running portal with anonymous reading."""
    settings = dataclasses.replace(stock.services.settings, anonymous_reading=True)
    with serving(dataclasses.replace(stock.services, settings=settings)) as address:
        yield address


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader at a desk."""
    with browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN") as context:
        yield Reader(context, address)


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader with a narrow phone."""
    with browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="zh-CN"
    ) as context:
        yield Reader(context, address)


@pytest.fixture
def scriptless(browser: Browser, address: str) -> Iterator[Reader]:
    """A reader whose browser runs no scripts."""
    with browser.new_context(java_script_enabled=False, locale="zh-CN") as context:
        yield Reader(context, address)
