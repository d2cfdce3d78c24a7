"""What a visitor who is not signed in gets from every route, with anonymous reading off."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.web.viewer import PROGRAMS, PUBLIC
from tests.web.stock import Stock
from tests.web.visitor import Visitor

SAMPLES = {
    "document_id": 1,
    "filename": "portal.css",
    "chosen": "words",
    "entry_id": 1,
    "slot_id": 1,
    "industry": "education",
    "step": "archive",
    "number": 1,
    "token": "no-token-that-was-ever-given-out",
    "upload_id": "abcdefghijklmnop",
    "name": "hot",
    "address_id": 1,
    "code": "education",
    "day": "2026-11-20",
    "failure_id": 1,
    "form": "atom",
    "request_id": 1,
    "search_id": 1,
}
REDIRECTED = {
    "front.home",
    "knowledge_map.radar",
    "knowledge_map.show",
    "slots.show",
    "slots.fill",
    "slots.confirm",
    "slots.clear",
    "slots.rule",
    "slots.retire",
    "slots.add",
    "search.results",
    "documents.show",
    "documents.original",
    "accounts.sign_out",
    "upload.show",
    "upload.send",
    "upload.begin",
    "upload.append",
    "upload.finish",
    "upload.discard",
    "drafts.edit",
    "drafts.save",
    "drafts.adopt",
    "drafts.separate",
    "templates.mark",
    "templates.ask",
    "templates.fill_in",
    "lifecycle.take",
    "lifecycle.still_valid",
    "lifecycle.steward",
    "lifecycle.take_back",
    "lifecycle.choose_successor",
    "lifecycle.supersede",
    "versions.history",
    "versions.compare_two",
    "versions.original",
    "versions.add",
    "versions.restore",
    "review.queue",
    "review.show",
    "review.decide",
    "review.hand_on",
    "social.favourite",
    "social.vote",
    "social.comment",
    "social.edit_comment",
    "social.delete_comment",
    "social.use",
    "social.remove_use",
    "social.report",
    "social.answer",
    "social.favourites",
    "social.people",
    "social.problem_list",
    "notices.show",
    "notices.follow",
    "notices.read",
    "notices.read_all",
    "settings.show",
    "settings.switch",
    "settings.stop_channel",
    "settings.quiet",
    "settings.chat",
    "settings.test_chat",
    "history.show",
    "history.erase",
    "history.erase_all",
    "digest.index",
    "digest.show",
    "feeds.mine",
    "feeds.renew",
    "feeds.revoke",
    "feeds.show",
    "recommendations.refuse",
    "recommendations.restore",
    "recommendations.show",
    "requests.detail",
    "requests.make",
    "requests.reply",
    "requests.show",
    "requests.take_back",
    "saved_searches.change",
    "saved_searches.new",
    "saved_searches.remove",
    "saved_searches.save",
    "saved_searches.show",
    "saved_searches.stop",
    # Business managers and administrators: see test_statistics.py.
    "statistics.show",
    "statistics.export_xlsx",
    "statistics.export_csv",
    # Administrators only: see test_admin_access.py.
    "admin_audit.export",
    "admin_audit.show",
    "admin_deliveries.show",
    "admin_intake.dismiss",
    "admin_intake.retry",
    "admin_intake.retry_all",
    "admin_intake.show",
    "admin_review_periods.show",
    "admin_review_periods.save",
    "admin.home",
    "design.show",
    "admin_searches.show",
    "admin_jobs.show",
    "admin_jobs.runs",
    "admin_jobs.run",
    "admin_jobs.pause",
    "admin_jobs.resume",
    "admin_vocabulary.show",
    "admin_vocabulary.add",
    "admin_vocabulary.remove",
}


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def test_every_route_is_either_public_or_asks_to_sign_in(closed: Flask) -> None:
    assert {rule.endpoint for rule in rules(closed)} == PUBLIC | REDIRECTED | PROGRAMS
    assert {
        "static",
        "accounts.sign_in",
        "health.health",
        "language.choose",
        "api.description",
        "opensearch.description",
        "unsubscribe.stop",
        "feeds.personal_industry",
        "feeds.personal_opml",
        "feeds.saved_search",
    } == PUBLIC
    assert {
        "api.search",
        "opensearch.suggestions",
        "suggest.suggestions",
        "feeds.industry",
    } == PROGRAMS


def test_a_stranger_is_sent_to_sign_in_by_every_other_route(closed: Flask) -> None:
    for rule in rules(closed):
        if rule.endpoint in PUBLIC:
            continue
        for method in (rule.methods or set()) - {"OPTIONS"}:
            address = address_of(closed, rule)
            answer = Visitor(closed).ask(method, address)
            if rule.endpoint in PROGRAMS:
                assert answer.status == 401, (method, address)
                continue
            assert answer.status == 303, (method, address)
            assert answer.location.startswith("/login"), (method, address)


def test_a_stranger_reaches_the_public_routes(closed: Flask) -> None:
    for rule in rules(closed):
        if rule.endpoint in PUBLIC and "GET" in (rule.methods or set()):
            # Where a token is the permission, one that was made up opens nothing.
            status = 404 if "token" in rule.arguments else 200
            assert Visitor(closed).get(address_of(closed, rule)).status == status, rule


def test_an_unknown_address_is_not_found_for_a_stranger(stranger: Visitor) -> None:
    page = stranger.get("/nowhere")
    assert page.status == 404
    assert page.all("#q") == []


@pytest.mark.parametrize("name", ["专线底价授权.md", "组网草稿.md", "面谈记录.md"])
def test_anonymous_reading_opens_only_what_everyone_may_read(
    guest: Visitor, stock: Stock, name: str
) -> None:
    assert guest.get(f"/documents/{stock.ids[name]}").status == 404
    titles = guest.get("/search?q=专线底价授权 组网建议书草稿 面谈个人记录").texts(".hit h2")
    assert not {"云澜专线底价授权", "网点组网建议书草稿", "客户面谈个人记录"} & set(titles)


def address_of(app: Flask, rule: Rule) -> str:
    values: dict[str, Any] = {name: SAMPLES[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)
