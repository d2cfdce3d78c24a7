"""Every page at both widths and in both themes: accessible, valid, in bounds, without complaint.

The pages come from the application's own routes: a new page is walked too, and where its address
takes something that ``SAMPLES`` does not name, the walk fails until it does.
"""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser

from portal.models import User
from tests.browser.conftest import SCREENSHOTS, Reader, sign_in
from tests.browser.furnished import DRAFT, WAITING, Furnished
from tests.browser.pages import HAN, HERE, Walk, addresses

pytestmark = pytest.mark.browser

VALIDATOR = HERE / "node_modules/.bin/html-validate"
PAGES_AT_LEAST = 40
SAMPLES: dict[str, object] = {
    "token": "no-token-that-was-ever-given-out",
    "code": "education",
    "form": "atom",
}
# Traditional has the same markup as Simplified and the same length: the most different pages do.
LOOKED_AT_IN_TRADITIONAL = {
    "front",
    "front.home",
    "search.results",
    "documents.show",
    "drafts.edit",
    "knowledge_map.radar",
    "notices.show",
    "settings.show",
    "statistics.show",
    "admin_audit.show",
}
BOTH_WIDTHS = (1280, 390)
BOTH_THEMES = ("light", "dark")


def pages_of(furnished: Furnished) -> dict[str, list[tuple[str, str]]]:
    names = {
        "drafts.edit": {"document_id": furnished.ids[DRAFT]},
        "drafts.ask_to_discard": {"document_id": furnished.ids[DRAFT]},
        "review.show": {"document_id": furnished.ids[WAITING]},
    }
    return addresses(furnished.app, {**SAMPLES, **furnished.samples}, names)


def test_every_page_is_accessible_valid_and_in_its_bounds(
    browser: Browser, furnished: Furnished, portal: str, tmp_path: Path
) -> None:
    sources, faults = walked(browser, furnished, portal, "zh-CN", BOTH_WIDTHS, BOTH_THEMES)
    assert len(sources) > PAGES_AT_LEAST
    faults += invalid(tmp_path, sources)
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
    assert len(list(SCREENSHOTS.glob("*-390-dark.png"))) > PAGES_AT_LEAST


@pytest.mark.parametrize(
    ("locale", "tag", "width"), [("en-GB", "en", 1280), ("zh-TW", "zh-Hant", 390)]
)
def test_every_page_speaks_the_other_languages(
    browser: Browser, furnished: Furnished, portal: str, locale: str, tag: str, width: int
) -> None:
    sources, faults = walked(browser, furnished, portal, locale, (width,), ("light",))
    assert len(sources) > PAGES_AT_LEAST
    # A digest is kept as it was made, in the portal's own language.
    del sources["digest.show"]
    opening = f'<html lang="{tag}">'.encode()
    faults += [f"{name}: not in {tag}" for name, page in sources.items() if opening not in page]
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


def walked(
    browser: Browser,
    furnished: Furnished,
    portal: str,
    locale: str,
    widths: tuple[int, ...],
    schemes: tuple[str, ...],
) -> tuple[dict[str, bytes], list[str]]:
    """The sources of all pages by name, and what is wrong with them."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    # Whoever signs in with a browser of another language is remembered by it: not by the last walk.
    with furnished.services.db.write() as session:
        session.execute(sa.update(User).values(language=None))
    sources: dict[str, bytes] = {}
    faults: list[str] = []
    prefix = "" if locale == "zh-CN" else f"{locale}-"
    for login, pages in pages_of(furnished).items():
        with browser.new_context(
            locale=locale,
            bypass_csp=True,  # axe is put into the page; the journeys run under the policy
            reduced_motion="reduce",
        ) as context:
            if login:
                sign_in(Reader(context, portal), login)
            walk = Walk(context, portal, widths)
            for name, address in pages:
                if not walk.opens(name, address):
                    continue
                is_known = locale == "zh-TW" and name not in LOOKED_AT_IN_TRADITIONAL
                walk.look(prefix + name, () if is_known else schemes)
                if locale == "en-GB":
                    unsaid = walk.page.evaluate(HAN)
                    walk.faults += [f"{name}: no lang on {text}" for text in unsaid]
            sources |= walk.sources
            faults += walk.faults
    return sources, faults


def invalid(folder: Path, sources: Mapping[str, bytes]) -> list[str]:
    """What is no valid HTML in the pages that were collected: all in one run of the checker."""
    pages = [folder / f"{name}.html" for name in sources]
    for page, source in zip(pages, sources.values(), strict=True):
        page.write_bytes(source)
    # A file takes it all; what is written to a pipe may be cut off when the checker ends.
    report = folder / "report.json"
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
