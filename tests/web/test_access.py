"""What every route answers to everybody, compared with the table of permissions."""

import dataclasses
import functools
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal import audit, timetable
from portal.accounts import add_user
from portal.app import create_app
from portal.audit import Actor, AuditFilter, Origin, Way
from portal.catalogue.vocabulary import add_word
from portal.db import utcnow
from portal.models import Role
from portal.permissions import NotAllowed, Permission, allows
from portal.upkeep.auditing import audit_rows
from portal.web.access import PROGRAMS, RULES
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Answer, Visitor

# No document, comment or slot has this number: what is let in finds nothing, and changes nothing.
NOTHING = 2147483647
SAMPLES = {
    "document_id": NOTHING,
    "filename": "portal.css",
    "chosen": "words",
    "entry_id": NOTHING,
    "slot_id": NOTHING,
    "industry": "education",
    "step": "archive",
    "number": NOTHING,
    "token": "no-token-that-was-ever-given-out",
    "upload_id": "abcdefghijklmnop",
    "name": "hot",
    "address_id": NOTHING,
    "code": "education",
    "day": "2026-11-20",
    "failure_id": NOTHING,
    "form": "atom",
    "request_id": NOTHING,
    "search_id": NOTHING,
    "session_id": NOTHING,
    "token_id": NOTHING,
    "user_id": NOTHING,
    "webhook_id": NOTHING,
    "delivery_id": NOTHING,
}


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


class Door:
    """A portal of its own, whose every page is asked for; what is sent there may change things."""

    def __init__(self, office: Stock) -> None:
        settings = office.services.settings
        opened = dataclasses.replace(settings, anonymous_reading=True)
        self.closed = create_app(settings, office.services)
        self.opened = create_app(opened, dataclasses.replace(office.services, settings=opened))
        with office.services.db.write() as session:
            for role in Role:
                add_user(
                    session,
                    login=role.value,
                    name=role.value,
                    role=role,
                    unit="hq",
                    password=PASSWORD,
                )

    def visitor(self, who: str) -> Visitor:
        if who == "stranger":
            return Visitor(self.closed)
        return Visitor(self.opened) if who == "guest" else Visitor(self.closed).sign_in(who)


@pytest.fixture
def door(office: Stock) -> Door:
    return Door(office)


def test_every_route_has_a_rule_and_every_rule_a_route(closed: Flask) -> None:
    assert {rule.endpoint for rule in rules(closed)} == set(RULES)


def test_a_page_without_a_rule_is_shut(office: Stock) -> None:
    app = create_app(office.services.settings, office.services)
    app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert Visitor(app).get("/forgotten").status == 403
    assert Visitor(app).sign_in("guanliyuan").get("/forgotten").status == 403


@pytest.mark.parametrize("who", ["stranger", "guest", *Role])
def test_every_route_answers_everybody_as_the_table_says(door: Door, who: str) -> None:
    visitor = door.visitor(who)
    token = visitor.token()
    for rule in sorted(rules(door.closed), key=lambda rule: rule.endpoint):
        if rule.endpoint == "accounts.sign_out":
            continue  # whoever has signed out is somebody else
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            address = address_of(door.closed, rule)
            form = {"csrf_token": token} if method == "POST" else None
            answer = visitor.ask(method, address, form)
            assert outcome(answer) == expected(rule.endpoint, who), (method, address, answer.status)


def expected(endpoint: str, who: str) -> str:
    """What the table says: let in, refused, sent to sign in, or as a program told to."""
    role = None if who in ("stranger", "guest") else who
    if allows(RULES[endpoint], role, is_open=who == "guest"):
        return "in"
    if role is not None:
        return "refused"
    is_program = endpoint in PROGRAMS or endpoint.startswith("api.")
    return "program" if is_program else "sign-in"


def outcome(answer: Answer) -> str:
    """Which of these the answer was; a page that is let in may still lack what was asked for."""
    if answer.status == 303 and answer.location.startswith("/login"):
        return "sign-in"
    return {401: "program", 403: "refused"}.get(answer.status, "in")


def test_a_role_without_a_page_is_told_apart_from_one_with_it() -> None:
    """The table itself, in words: a change of it is a change of this test."""
    may = {
        permission: {str(role) for role in (None, *Role) if allows(permission, role)}
        for permission in Permission
    }
    managers = {"industry-manager", "administrator"}
    everybody = set(Role)
    assert may == {
        "enter": {"None", *everybody},
        "read": everybody,
        "take-part": everybody,
        "keep-map": managers,
        "manage-documents": managers,
        "see-figures": {"business-manager", "administrator"},
        "administer": {"administrator"},
        "read-everything": {"administrator"},
    }
    assert allows(Permission.READ, None, is_open=True)
    assert not allows(Permission.TAKE_PART, None, is_open=True)


def test_services_refuse_by_themselves_whoever_lacks_the_permission(office: Stock) -> None:
    """A page that forgets to ask changes nothing."""
    services = office.services
    for role in (None, *Role):
        actor = Actor(1, "linruoxi", role or "")
        with audit.acting(functools.partial(Origin, actor, Way.WEB)):
            if role == Role.ADMINISTRATOR:
                with services.db.write() as session:
                    assert add_word(session, "智算底座", 1, utcnow())
                continue
            with services.db.write() as session, pytest.raises(NotAllowed):
                add_word(session, "智算底座", 1, utcnow())
            with services.db.write() as session, pytest.raises(NotAllowed):
                timetable.pause(session, "digest", 1, utcnow())
            with services.db.read() as session, pytest.raises(NotAllowed):
                audit_rows(session, AuditFilter(), 0, 10)


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
