"""Who reaches the administrators' pages, route by route."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.visitor import Visitor

ADMINISTRATION = {
    "admin.home": "/admin",
    "admin_audit.export": "/admin/audit/export.csv",
    "admin_audit.show": "/admin/audit",
    "admin_deliveries.show": "/admin/deliveries",
    "admin_intake.show": "/admin/intake",
    "admin_intake.retry": "/admin/intake/2147483647/retry",
    "admin_intake.retry_all": "/admin/intake/retry",
    "admin_intake.dismiss": "/admin/intake/2147483647/dismiss",
    "admin_jobs.show": "/admin/jobs",
    "admin_jobs.runs": "/admin/jobs/runs",
    "admin_jobs.run": "/admin/jobs/no-job/run",
    "admin_jobs.pause": "/admin/jobs/no-job/pause",
    "admin_jobs.resume": "/admin/jobs/no-job/resume",
    "admin_people.show": "/admin/people",
    "admin_people.new": "/admin/people/new",
    "admin_people.edit": "/admin/people/1",
    "admin_people.link": "/admin/people/2147483647/link",
    "admin_people.deactivate": "/admin/people/2147483647/deactivate",
    "admin_people.reactivate": "/admin/people/2147483647/reactivate",
    "admin_people.sign_out": "/admin/people/2147483647/sign-out",
    "admin_people.two_step": "/admin/people/2147483647/two-step",
    "admin_roster.show": "/admin/people/import",
    "admin_roster.look": "/admin/people/import",
    "admin_roster.add": "/admin/people/import/add",
    "admin_roster.blank": "/admin/people/import/template.csv",
    "admin_review_periods.show": "/admin/review-periods",
    "admin_review_periods.save": "/admin/review-periods",
    "admin_searches.show": "/admin/searches",
    "admin_status.show": "/admin/status",
    "admin_tokens.show": "/admin/tokens",
    "admin_tokens.revoke": "/admin/tokens/2147483647/revoke",
    "admin_webhooks.show": "/admin/webhooks",
    "admin_webhooks.add": "/admin/webhooks/add",
    "admin_webhooks.one": "/admin/webhooks/2147483647",
    "admin_webhooks.renew": "/admin/webhooks/2147483647/renew",
    "admin_webhooks.stop": "/admin/webhooks/2147483647/stop",
    "admin_webhooks.start": "/admin/webhooks/2147483647/start",
    "admin_webhooks.test": "/admin/webhooks/2147483647/test",
    "admin_webhooks.again": "/admin/webhooks/2147483647/deliveries/1/again",
    "admin_webhooks.remove": "/admin/webhooks/2147483647/remove",
    "admin_vocabulary.show": "/admin/vocabulary",
    "admin_vocabulary.add": "/admin/vocabulary/synonyms",
    "admin_vocabulary.remove": "/admin/vocabulary/words/2147483647/remove",
}

# Addresses that only take forms end so.
FORMS = (
    *("/run", "/pause", "/resume", "/remove", "/synonyms", "/retry", "/dismiss", "/revoke"),
    *("/link", "/deactivate", "/reactivate", "/sign-out", "/two-step", "/add"),
    *("/renew", "/stop", "/start", "/test", "/again"),
)


def test_every_route_under_admin_is_listed_here(closed: Flask) -> None:
    rules: list[Rule] = list(closed.url_map.iter_rules())
    assert {rule.endpoint for rule in rules if rule.rule.startswith("/admin")} == set(
        ADMINISTRATION
    )
    assert {rule.endpoint for rule in rules if rule.endpoint.startswith("admin")} == set(
        ADMINISTRATION
    )


def ask(visitor: Visitor, address: str) -> int:
    """Ask as a page's own links and forms would."""
    if address.endswith(FORMS):
        return visitor.submit(address).status
    return visitor.get(address).status


@pytest.mark.parametrize("address", ADMINISTRATION.values(), ids=list(ADMINISTRATION))
def test_a_guest_is_sent_to_sign_in_even_where_everyone_may_read(
    guest: Visitor, address: str
) -> None:
    assert ask(guest, address) == 303
    if not address.endswith(FORMS):
        assert guest.get(address).location == f"/login?next={address}"


@pytest.mark.parametrize("who", ["manager", "colleague"])
@pytest.mark.parametrize("address", ADMINISTRATION.values(), ids=list(ADMINISTRATION))
def test_a_colleague_is_refused(request: pytest.FixtureRequest, who: str, address: str) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    assert ask(visitor, address) == 403


@pytest.mark.parametrize("address", ADMINISTRATION.values(), ids=list(ADMINISTRATION))
def test_an_administrator_is_let_in(administrator: Visitor, address: str) -> None:
    # Who asks for a person that does not exist is let in, and finds nobody.
    assert ask(administrator, address) in (200, 303, 404, 422)


def test_a_refused_colleague_learns_what_to_do(manager: Visitor) -> None:
    page = manager.get("/admin/searches")
    assert page.texts("h1") == ["您没有权限这样做"]
    assert "量子" not in page.text


def test_only_administrators_see_the_link(
    administrator: Visitor, manager: Visitor, guest: Visitor
) -> None:
    assert administrator.get("/").links(".bar a")["管理"] == "/admin"
    assert "管理" not in manager.get("/").links(".bar a")
    assert "管理" not in guest.get("/").links(".bar a")


def test_the_front_page_leads_to_every_list(administrator: Visitor) -> None:
    links = administrator.get("/admin").links(".duties a")
    assert {"/admin/searches", "/admin/vocabulary", "/admin/intake"} <= set(links.values())
    for address in links.values():
        assert administrator.get(address).status == 200


def test_a_change_needs_the_form_and_its_token(administrator: Visitor) -> None:
    assert administrator.get("/admin/vocabulary/synonyms").status == 405
    refused = administrator.post("/admin/vocabulary/synonyms", words="布线 = 综合布线")
    assert refused.status == 400
    assert "布线" not in administrator.get("/admin/vocabulary").text
