"""What the first page weighs and how quickly pages paint and answer, by chromium's own metrics."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.home_page import fill
from benchmarks.report import Check, Figure, Report, Section, finish
from portal.demo import DEMO_PASSWORD

CHROMIUM = "/usr/bin/chromium"
PORT = 8477
MOST_BYTES = 60_000
MOST_PAINT_MS = 1000.0
MOST_INTERACTION_MS = 100.0
# Path, who reads it, and a key or a place to press whose answer is timed.
PAGES = {
    "front page": ("/", "", "/"),
    "home": ("/", "linwei", "/"),
    "results": ("/search?q=校园 宽带", "", ".sidebar .choice"),
    "document": ("/documents/1", "", "/"),
    "statistics": ("/statistics", "fangrui", "/"),
}
# Shifts and paints are told to whoever asks for those that have been; interactions from 16 ms on.
OBSERVE = """() => {
  window.seen = { paint: 0, shift: 0, longest: 0 };
  const watch = (type, use, more = {}) => new PerformanceObserver(
    list => list.getEntries().forEach(use)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", entry => { window.seen.paint = entry.startTime; });
  watch("layout-shift", entry => { window.seen.shift += entry.value; });
  watch("event", entry => {
    window.seen.longest = Math.max(window.seen.longest, entry.duration);
  }, { durationThreshold: 16 });
}"""
SETTLE_MS = 400
_NOTE = (
    "A new profile for each load, so that nothing is cached. Bytes are what came over the wire, "
    "headers included: page, styles, scripts and icon; the pages have no other images. Interaction "
    "is the longest event of pressing a key or a filter, from the press to the next frame, which "
    "the browser gives in steps of 8 ms and leaves out below 16."
)


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Loads of each page.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(rounds: int, json_file: Path | None) -> None:
    """Load the main pages of the sample library in chromium with a cold cache.

    \b
    Examples:
      python -m benchmarks.page_weight --rounds 10 --json weight.json
    """
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), "").db.dispose()
        with _served(Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
            loads = {
                name: [_load(browser, address, *page) for _ in range(rounds)]
                for name, page in PAGES.items()
            }
            browser.close()
    section = Section("Pages in a browser with an empty cache", _NOTE, tuple(_figures(loads)))
    report = Report("page_weight", {"rounds": rounds}, (section,), tuple(_checks(loads)))
    raise SystemExit(finish(report, json_file))


Load = dict[str, float]


def _load(browser: Browser, address: str, path: str, login: str, press: str) -> Load:
    with browser.new_context(viewport={"width": 1280, "height": 860}, locale="zh-CN") as context:
        if login:
            _sign_in(context, address, login)
        page = context.new_page()
        wire: list[float] = []
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        devtools.on("Network.loadingFinished", lambda told: wire.append(told["encodedDataLength"]))
        page.goto(address + path)
        page.evaluate(OBSERVE)
        page.wait_for_timeout(SETTLE_MS)
        seen = page.evaluate("window.seen")
        _press(page, press)
        longest = page.evaluate("window.seen.longest")
        return {
            "bytes": sum(wire),
            "requests": len(wire),
            "largest paint": seen["paint"],
            "shift": seen["shift"],
            "interaction": longest,
        }


def _press(page: Page, what: str) -> None:
    if what == "/":
        page.keyboard.press(what)
        page.keyboard.type("校园")
    else:
        page.locator(what).first.click()
    page.wait_for_timeout(SETTLE_MS)


def _sign_in(context: BrowserContext, address: str, login: str) -> None:
    page = context.new_page()
    page.goto(f"{address}/login")
    page.locator("main [name=login]").fill(login)
    page.locator("main [name=password]").fill(DEMO_PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_load_state()
    page.close()


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of a portal that serves the folder as ``make run`` does."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DEMO": "1",
        "PORTAL_ANONYMOUS_READING": "1",
        "PORTAL_PORT": str(PORT),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "portal", "serve"], env=environment, stderr=subprocess.DEVNULL
    ) as server:
        address = f"http://127.0.0.1:{PORT}"
        try:
            _wait(address)
            yield address
        finally:
            server.terminate()


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{address}/healthz").close()  # noqa: S310  our own
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the portal did not start")


def _figures(loads: dict[str, list[Load]]) -> Iterator[Figure]:
    units = {"bytes": "B", "requests": "", "largest paint": "ms", "shift": "", "interaction": "ms"}
    for name, taken in loads.items():
        for measure, unit in units.items():
            values = [load[measure] for load in taken]
            yield Figure("portal", name, measure, float(np.median(values)), unit)


def _checks(loads: dict[str, list[Load]]) -> Iterator[Check]:
    front = max(load["bytes"] for load in loads["front page"])
    yield Check("first page under 60 KB", front < MOST_BYTES, f"{front / 1000:.1f} KB")
    for words, measure, most, unit in (
        ("largest paint under 1 s", "largest paint", MOST_PAINT_MS, " ms"),
        ("interaction under 100 ms", "interaction", MOST_INTERACTION_MS, " ms"),
        ("no layout shift", "shift", 0.001, ""),
    ):
        # The median of a page's loads: a load may share the machine with something else.
        slowest = max(
            float(np.median([load[measure] for load in taken])) for taken in loads.values()
        )
        yield Check(words, slowest < most, f"slowest page {slowest:.3g}{unit}")


if __name__ == "__main__":
    main()
