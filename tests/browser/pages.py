"""All pages of a portal, and what is looked at on each of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import BrowserContext, ConsoleMessage, Page
from playwright.sync_api import Error as BrowserError
from werkzeug.routing import Rule

from tests.browser.conftest import SCREENSHOTS, is_complaint

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
HEIGHT = 860
# WCAG 2.2 AA and axe's own best practices.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast"]
CHECK = """rules => axe.run(document, { runOnly: rules, resultTypes: ["violations"] })
  .then(found => found.violations.flatMap(each => each.nodes.map(
    node => `${each.id}: ${node.target.join(" ")} ${node.failureSummary}`)))"""
# Chinese that the page calls English. Names of people, of up to three letters, are nobody's
# language, nor are lines for a shell.
HAN = r"""() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    const long = (data.match(/[\u4e00-\u9fff]/g) ?? []).length > 3;
    if (long && parentElement.closest("[lang]").lang === "en" && !parentElement.closest("pre")) {
      found.push(data.trim());
    }
  }
  return found;
}"""
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
NOT_PAGES = {"static"}


def addresses(
    app: Flask, samples: Mapping[str, object], names: Mapping[str, Mapping[str, object]]
) -> dict[str, list[tuple[str, str]]]:
    """Who opens which pages: login to names and addresses; an empty login opens the rest.

    ``names`` has what stands in the addresses of single endpoints, ``samples`` that of all others.
    """
    found: dict[str, list[tuple[str, str]]] = {"": [("front", "/"), ("missing", "/nowhere")]}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_PAGES:
            continue
        values = {**samples, **names.get(rule.endpoint, {})}
        path = _path(app, rule, {name: values.get(name) for name in rule.arguments})
        for place, variant in enumerate(VARIANTS.get(rule.endpoint, ("",))):
            name = rule.endpoint + (f"-{place}" if place else "")
            found.setdefault(_reader_of(rule), []).append((name, path + variant))
    found["guanliyuan"].append(("admin-front", "/"))
    return found


def _reader_of(rule: Rule) -> str:
    if rule.endpoint == "accounts.sign_in":
        return ""
    return "guanliyuan" if rule.endpoint.startswith(BY_ADMINISTRATOR) else "linruoxi"


def _path(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    assert None not in values.values(), f"no sample for {rule.rule}: name one in SAMPLES"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


class Walk:
    """One reader's way through the pages, and what was found wrong on it."""

    def __init__(
        self,
        context: BrowserContext,
        portal: str,
        widths: tuple[int, ...],
    ) -> None:
        self.portal, self.widths = portal, widths
        self.faults: list[str] = []
        self.sources: dict[str, bytes] = {}
        self.where = ""
        self.page: Page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complain(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if is_complaint(message):
            self.complain(message.text)

    def complain(self, text: str) -> None:
        """Remember what the browser said."""
        # A page about something missing is itself the answer 404, which the browser notes.
        if not text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.faults.append(f"{self.where}: the browser says {text}")

    def opens(self, name: str, address: str) -> bool:
        """Open an address; whether it is a page of its own."""
        self.where = name
        try:
            answer = self.page.goto(self.portal + address)
        except BrowserError as error:
            if "Download is starting" not in error.message:
                raise
            return False
        assert answer is not None
        if answer.request.redirected_from or "text/html" not in answer.headers["content-type"]:
            return False
        # A token that nobody has: the page is the one for what is missing.
        if answer.status == 404 and name != "missing":
            return False
        self.sources[name] = answer.body()
        return True

    def look(self, kept: str, schemes: tuple[str, ...]) -> None:
        """Look at the open page at each width and in these themes, and keep pictures of it."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        for width in self.widths:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme in schemes:
                self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                # All rules by day; by night only colours have changed.
                found = self.page.evaluate(CHECK, RULES if scheme == "light" else RULES_OF_COLOUR)
                self.faults += [f"{self.where} at {width}, {scheme}: {each}" for each in found]
                self.page.screenshot(path=SCREENSHOTS / f"{kept}-{width}-{scheme}.png")
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.faults.append(f"{self.where} at {width}: {wide} px wide")
