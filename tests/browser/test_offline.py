"""Without a network: what was opened can be read, what was not says so, nothing stays behind."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.services import Services
from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

_READY = "() => navigator.serviceWorker.ready.then(() => true)"
_CONTROLLED = "() => navigator.serviceWorker.controller !== null"
_KEPT = "() => caches.open('documents').then((pages) => pages.keys()).then((keys) => keys.length)"


class Network:
    """A server that can be gone, as a network can."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._server = ExitStack()
        self.address = self._server.enter_context(serving(services))

    def end(self) -> None:
        """Nothing answers from now on."""
        self._server.close()

    def begin(self) -> None:
        """The portal is back where it was."""
        port = int(self.address.rpartition(":")[2])
        self._server.enter_context(serving(self._services, port))


@pytest.fixture
def network(own_library: Stock) -> Iterator[Network]:
    found = Network(own_library.services)
    yield found
    found.end()


@contextmanager
def on_a_phone(browser: Browser, network: Network) -> Iterator[Reader]:
    """林若溪 with the portal on her phone, its worker at work."""
    with browser.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, has_touch=True, locale="zh-CN"
    ) as context:
        reader = Reader(context, network.address)
        page = reader.open("/login")
        page.get_by_label("登录名").fill("linruoxi")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("密码").press("Enter")
        expect(page.locator(".who")).to_be_visible()
        page.evaluate(_READY)
        page.wait_for_function(_CONTROLLED)
        yield reader


def opened(reader: Reader, stock: Stock, name: str) -> Page:
    """A document that she opens, once its copy is kept."""
    page = reader.open(f"/documents/{stock.ids[name]}")
    page.wait_for_function(f"({_KEPT})().then((count) => count > 0)")
    return page


def test_a_document_that_was_opened_is_read_without_a_network(
    browser: Browser, network: Network, own_library: Stock
) -> None:
    deck = next(name for name in own_library.ids if name.endswith(".pptx"))
    with on_a_phone(browser, network) as reader:
        page = opened(reader, own_library, deck)
        expect(page.locator("#offline-copy")).to_be_hidden()
        title = page.get_by_role("heading", level=1).inner_text()
        network.end()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.get_by_text("离线副本，保存于")).to_be_visible()
        expect(page.locator("#offline-saved")).to_contain_text("202")
        reader.keep("offline-copy-phone")
        page.goto(f"{network.address}/notices")
        expect(page.get_by_role("heading", name="现在连不上门户，这一页打不开")).to_be_visible()
        expect(page.locator("#copies a")).to_have_text([title])
        reader.keep("offline-page-phone")


def test_what_was_typed_stays_where_the_portal_does_not_answer(
    browser: Browser, network: Network, own_library: Stock
) -> None:
    deck = next(name for name in own_library.ids if name.endswith(".pptx"))
    with on_a_phone(browser, network) as reader:
        page = opened(reader, own_library, deck)
        said = page.get_by_label("写评论")
        said.fill("第三页的拓扑图可以直接用在投标书里。")
        network.end()
        send = page.get_by_role("button", name="发表评论")
        send.click()
        failed = page.locator("#no-answer")
        expect(failed).to_contain_text("门户没有回应，这一步没有确认完成。您填的都还在")
        expect(said).to_have_value("第三页的拓扑图可以直接用在投标书里。")
        assert page.url.endswith(f"/documents/{own_library.ids[deck]}")
        reader.keep("unanswered-phone")
        network.begin()
        send.click()
        expect(page.locator(".said-text")).to_have_text(["第三页的拓扑图可以直接用在投标书里。"])
        expect(failed).to_be_hidden()


def test_signing_out_leaves_nothing_on_the_device(
    browser: Browser, network: Network, own_library: Stock
) -> None:
    deck = next(name for name in own_library.ids if name.endswith(".pptx"))
    with on_a_phone(browser, network) as reader:
        page = opened(reader, own_library, deck)
        page.get_by_role("button", name="退出").click()
        expect(
            page.get_by_role("link", name="登录").or_(page.get_by_label("登录名"))
        ).to_be_visible()
        assert page.evaluate(_KEPT) == 0


def test_the_portal_can_be_installed(browser: Browser, network: Network) -> None:
    with on_a_phone(browser, network) as reader:
        session = reader.page.context.new_cdp_session(reader.page)
        found = session.send("Page.getAppManifest")
        assert found["errors"] == []
        assert found["url"].endswith("/manifest.webmanifest")
        errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        # A test's browser forgets everything, which is the only thing to be said against it.
        assert [each["errorId"] for each in errors] == ["in-incognito"]
