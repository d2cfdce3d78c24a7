"""On a phone everything that is pressed is large enough for a thumb: 44 pixels, as ui asks."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, expect

from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.models import Role, TaxonomyTerm, User
from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

LEAST = 44
PAGES = (
    "/",
    "/search?q=校园",
    "/documents/{deck}",
    "/map/education",
    "/notices",
    "/upload",
    "/review",
    "/saved",
    "/settings",
    "/help",
)
# Links within a sentence are text (WCAG 2.5.8); a box counts with the label that is pressed.
_SMALL = """(least) => {
  const wanted = "a, button, summary, select, label:has(input), "
    + "input:not([type=hidden], [type=file])";
  return [...document.querySelectorAll(wanted)].filter((each) => {
    const box = each.getBoundingClientRect();
    const style = getComputedStyle(each);
    if (!box.width || !box.height || style.visibility === "hidden" || each.closest(".unseen")
      || each.matches(".skip, .unseen, label input, input.tab")) {
      return false;
    }
    const within = style.display === "inline" && each.matches("a")
      && each.closest("p, dd, li, td, h3");
    return !within && (box.height < least - 0.5 || box.width < least - 0.5);
  }).map((each) => {
    const box = each.getBoundingClientRect();
    return `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 20)} `
      + `${Math.round(box.width)}x${Math.round(box.height)}`;
  });
}"""


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


def test_everything_that_is_pressed_fits_a_thumb(
    browser: Browser, address: str, own_library: Stock
) -> None:
    deck = next(number for name, number in own_library.ids.items() if name.endswith(".pptx"))
    with browser.new_context(
        viewport={"width": 390, "height": 780}, is_mobile=True, has_touch=True, locale="zh-CN"
    ) as context:
        reader = Reader(context, address)
        page = reader.open("/login")
        page.get_by_label("登录名").fill("linruoxi")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("密码").press("Enter")
        expect(page.locator(".tabbar a")).to_have_count(5)
        small = {
            path: found
            for path in PAGES
            if (found := reader.open(path.format(deck=deck)).evaluate(_SMALL, LEAST))
        }
    assert small == {}
