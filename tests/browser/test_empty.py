"""A portal on its first day: no page is blank, each says what to do next."""

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from portal.accounts import add_user
from portal.app import create_app
from portal.db import utcnow
from portal.models import Role
from portal.services import Services
from tests.browser.conftest import SCREENSHOTS, Reader, serving, sign_in
from tests.browser.pages import Walk, addresses
from tests.web.stock import PASSWORD_HASH

pytestmark = pytest.mark.browser

SAMPLES: dict[str, object] = {
    "token": "no-token-that-was-ever-given-out",
    "code": "education",
    "form": "atom",
    "industry": "education",
    "name": "recommended",
    "day": "2026-09-05",
    "slot_id": 1,
    "user_id": 1,
} | dict.fromkeys(("document_id", "number", "webhook_id", "request_id"), 1)
# Pages whose lists have nothing to show on the first day.
EMPTY = {
    "front",
    "front.home",
    "admin-front",
    "statistics.show",
    "search.results",
    "recommendations.show",
    "review.queue",
    "notices.show",
    "saved_searches.show",
    "social.favourites",
    "social.problem_list",
    "requests.show",
    "digest.index",
    "history.show",
    "tokens.show",
    "admin_deliveries.show",
    "admin_intake.show",
    "admin_tokens.show",
    "admin_webhooks.show",
    "admin_jobs.runs",
}


@pytest.fixture
def first_day(services: Services) -> Iterator[str]:
    """A portal with an administrator and a newcomer, and nothing else."""
    with services.db.write() as session:
        for login, role in (("guanliyuan", Role.ADMINISTRATOR), ("linruoxi", Role.ACCOUNT_MANAGER)):
            person = add_user(session, login=login, name=login, role=role, unit="hq")
            person.password_hash, person.toured_at = PASSWORD_HASH, utcnow()
    with services.search.store.writing():
        services.indexer().rebuild()
    settings = dataclasses.replace(services.settings, anonymous_reading=True)
    with serving(dataclasses.replace(services, settings=settings)) as address:
        yield address


def test_no_page_of_an_empty_portal_is_blank(
    browser: Browser, services: Services, first_day: str
) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    app = create_app(services.settings, services)
    faults: list[str] = []
    seen: set[str] = set()
    for login, pages in addresses(app, SAMPLES, {}).items():
        with browser.new_context(
            locale="zh-CN", bypass_csp=True, reduced_motion="reduce"
        ) as context:
            if login:
                sign_in(Reader(context, first_day), login)
            walk = Walk(context, first_day, (390,))
            for name, address in pages:
                if walk.opens(name, address):
                    walk.look(f"empty-{name}", ("light",))
                    seen.add(name)
                    said = walk.page.locator("main .empty").all_inner_texts()
                    if name in EMPTY and not any(len(text) > 10 for text in said):
                        walk.faults.append(f"{name}: does not say that there is nothing")
            faults += walk.faults
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)
    assert seen >= EMPTY
