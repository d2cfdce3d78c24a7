"""Every page at both widths and in both themes: accessible, valid, in bounds, without complaint.

The pages come from the application's own routes: a new page is walked too, and where its address
takes something that ``SAMPLES`` does not name, the walk fails until it does.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.routing import Rule

from tests.browser.conftest import SCREENSHOTS, is_complaint
from tests.browser.furnished import DRAFT, WAITING, Furnished
from tests.web.stock import PASSWORD

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
VALIDATOR = HERE / "node_modules/.bin/html-validate"
HEIGHT = 860
PAGES_AT_LEAST = 40
# WCAG 2.2 AA and axe's own best practices.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
  .then(found => found.violations.flatMap(each => each.nodes.map(
    node => `${each.id}: ${node.target.join(" ")} ${node.failureSummary}`)))"""
# The same address with something else to show.
VARIANTS = {
    "search.results": (
        "?q=校园",
        "?q=校园&industry=education&stage=solution",
        "?q=量子恐龙&industry=finance",
        "?stage=nowhere",
    ),
    "front.home": ("", "?industry=education&stage=negotiation", "?tour=yes"),
    "admin_searches.show": ("", "?list=frequent"),
    "admin_vocabulary.show": ("", "?list=words"),
    "versions.compare_two": ("?from=1&to=1",),
    "requests.show": ("", "?list=asked-of-me"),
    "saved_searches.new": ("?q=校园",),
    "design.show": ("", "?theme=light"),
}
BY_ADMINISTRATOR = ("admin", "design", "statistics")
NAMES = {
    "drafts.edit": {"document_id": DRAFT},
    "drafts.ask_to_discard": {"document_id": DRAFT},
    "review.show": {"document_id": WAITING},
}
NOT_PAGES = {"static"}


def addresses(furnished: Furnished) -> dict[str, list[tuple[str, str]]]:
    """Who opens which pages: login to names and addresses; an empty login opens the rest."""
    found: dict[str, list[tuple[str, str]]] = {"": [("front", "/"), ("missing", "/nowhere")]}
    for rule in furnished.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_PAGES:
            continue
        for place, variant in enumerate(VARIANTS.get(rule.endpoint, ("",))):
            name = rule.endpoint + (f"-{place}" if place else "")
            found.setdefault(reader_of(rule), []).append((name, path(furnished, rule) + variant))
    found["guanliyuan"].append(("admin-front", "/"))
    return found


def reader_of(rule: Rule) -> str:
    if rule.endpoint == "accounts.sign_in":
        return ""
    return "guanliyuan" if rule.endpoint.startswith(BY_ADMINISTRATOR) else "linruoxi"


def path(furnished: Furnished, rule: Rule) -> str:
    values: dict[str, Any] = {
        name: furnished.samples.get(name, SAMPLES.get(name)) for name in rule.arguments
    }
    for name, file in NAMES.get(rule.endpoint, {}).items():
        values[name] = furnished.ids[file]
    assert None not in values.values(), f"no sample for {rule.rule}: name one in SAMPLES"
    with furnished.app.test_request_context():
        return furnished.app.url_for(rule.endpoint, **values)


SAMPLES: dict[str, object] = {
    "token": "no-token-that-was-ever-given-out",
    "code": "education",
    "form": "atom",
}


class Walk:
    """One reader's way through the pages, and what was found wrong on it."""

    def __init__(self, context: BrowserContext, portal: str, sources: Path) -> None:
        self.portal, self.sources = portal, sources
        self.faults: list[str] = []
        self.where = ""
        self.page: Page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if is_complaint(message):
            self.complain(message.text)

    def complain(self, text: str) -> None:
        # A page about something missing is itself the answer 404, which the browser notes.
        if not text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.faults.append(f"{self.where}: the browser says {text}")

    def visit(self, name: str, address: str, width: int) -> None:
        """Open one page if the address is one, and look at it in both themes."""
        self.where = f"{name} at {width}"
        head = self.page.context.request.get(self.portal + address, max_redirects=0)
        if head.status == 404 and name != "missing":
            return  # a token that nobody has: the page is the one for what is missing
        if head.status in (302, 303) or "text/html" not in head.headers.get("content-type", ""):
            return
        (self.sources / f"{name}.html").write_bytes(head.body())
        self.page.goto(self.portal + address)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            # All rules by day; by night only colours have changed.
            rules = RULES if scheme == "light" else ["color-contrast"]
            found = self.page.evaluate(CHECK, rules)
            self.faults += [f"{self.where}, {scheme}: {each}" for each in found]
            self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.faults.append(f"{self.where}: {wide} px wide")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_and_in_its_bounds(
    browser: Browser, furnished: Furnished, portal: str, width: int, tmp_path: Path
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    faults = []
    for login, pages in addresses(furnished).items():
        with browser.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale="zh-CN",
            bypass_csp=True,  # axe is put into the page; the journeys run under the policy
            reduced_motion="reduce",
        ) as context:
            walk = Walk(context, portal, tmp_path)
            if login:
                sign_in(walk.page, portal, login)
            for name, address in pages:
                walk.visit(name, address, width)
            faults += walk.faults
    faults += invalid(tmp_path)
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
    assert len(list(SCREENSHOTS.glob(f"*-{width}-dark.png"))) > PAGES_AT_LEAST


def sign_in(page: Page, portal: str, login: str) -> None:
    page.goto(f"{portal}/login")
    page.locator("main [name=login]").fill(login)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main button").click()


def invalid(sources: Path) -> list[str]:
    """What is no valid HTML in the pages that were collected: all in one run of the checker."""
    pages = sorted(sources.glob("*.html"))
    assert len(pages) > PAGES_AT_LEAST
    # A file takes it all; what is written to a pipe may be cut off when the checker ends.
    report = sources / "report.json"
    run = subprocess.run(
        [
            VALIDATOR,
            "--config",
            HERE / "html-validate.json",
            "--formatter",
            f"json={report}",
            *pages,
        ],
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert run.returncode in (0, 1), run.stderr.decode()
    return [
        f"{Path(each['filePath']).name}:{message['line']} {message['ruleId']}: {message['message']}"
        for each in json.loads(report.read_text(encoding="utf-8"))
        for message in each["messages"]
    ]
