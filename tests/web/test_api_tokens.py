"""Programs that act for a person: what a token opens, and how it ends."""

import dataclasses
import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from portal import audit
from portal.accounts import tokens
from portal.app import create_app
from portal.db import utcnow
from portal.models import ApiToken, Role, User
from portal.web.api import SCOPES
from tests.web.programs import Program, new_token, problem, said
from tests.web.stock import Stock
from tests.web.visitor import Visitor, within


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


def test_it_works(office: Stock, app: Flask) -> None:
    program = Program(app, new_token(office.services, "zhoumin"))
    found = said(program.call("GET", "/search?q=专线底价授权"))
    assert [hit["document"] for hit in found["hits"]] == [office.ids["专线底价授权.md"]]


def test_a_person_makes_sees_and_ends_a_token(office: Stock, app: Flask) -> None:
    person = Visitor(app).sign_in("zhoumin")
    made = person.submit("/settings/tokens", name="客户系统", scope="search", days="30")
    token = within(made.all(".made")[0], "input").attributes["value"] or ""
    assert re.fullmatch(r"kpt_[0-9A-Za-z]{42}", token)
    program = Program(app, token)
    assert program.call("GET", "/search?q=校园").status == 200

    page = person.get("/settings/tokens")
    assert token not in page.html
    assert token[-4:] in page.text
    assert "客户系统" in page.text
    assert "127.0.0.1" in page.text
    ended = person.submit("/settings/tokens/1/revoke")
    assert ended.status == 303
    problem(program.call("GET", "/search?q=校园"), 401, "invalid-token")
    assert "已撤销" in person.get("/settings/tokens").text
    with office.services.db.read() as session:
        acts = [entry.action for entry in audit.find(session, audit.AuditFilter(), 0, 2)[0]]
    assert acts == [audit.Act.TOKEN_REVOKED, audit.Act.TOKEN_MADE]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": " ", "scope": "search", "days": "30"}, "名字"),
        ({"name": "客户系统", "days": "30"}, "权限"),
        ({"name": "客户系统", "scope": "search", "days": "9999"}, "有效期"),
    ],
)
def test_a_form_that_cannot_stand_keeps_what_was_filled_in(
    app: Flask, form: dict[str, str], says: str
) -> None:
    page = Visitor(app).sign_in("zhoumin").submit("/settings/tokens", **form)
    assert page.status == 422
    assert says in page.texts("[role=alert]")[0]
    assert within(page.all("form.form")[0], "#name").attributes["value"] == form["name"]


def test_only_its_hash_is_kept(office: Stock) -> None:
    token = new_token(office.services, "zhoumin")
    with office.services.db.read() as session:
        row = session.scalars(sa.select(ApiToken)).one()
        kept = [str(getattr(row, column.key)) for column in sa.inspect(ApiToken).columns]
    assert all(token not in each and token[4:40] not in each for each in kept)


def test_a_slip_in_a_token_is_seen_without_asking_the_database(office: Stock) -> None:
    token = new_token(office.services, "zhoumin")
    assert tokens.is_token(token)
    slipped = token[:10] + ("b" if token[10] == "a" else "a") + token[11:]
    assert not tokens.is_token(slipped)


def test_nobody_ends_a_colleagues_token_but_an_administrator(office: Stock, app: Flask) -> None:
    program = Program(app, new_token(office.services, "zhoumin"))
    colleague = Visitor(app).sign_in("linruoxi")
    assert colleague.submit("/settings/tokens/1/revoke").status == 404
    assert colleague.submit("/admin/tokens/1/revoke").status == 403
    assert program.call("GET", "/search?q=校园").status == 200

    administrator = Visitor(app).sign_in("guanliyuan")
    assert "周敏" in administrator.get("/admin/tokens").text
    assert administrator.submit("/admin/tokens/1/revoke").status == 303
    assert program.call("GET", "/search?q=校园").status == 401


def test_a_token_never_does_more_than_its_owner_may_now(office: Stock, app: Flask) -> None:
    program = Program(app, new_token(office.services, "zhoumin"))
    address = f"/documents/{office.ids['专线底价授权.md']}"
    with office.services.db.write() as session:
        owner = session.scalars(sa.select(User).where(User.login == "heping")).one()
    stranger = Program(app, new_token(office.services, "heping"))
    assert program.call("GET", address).status == 200
    problem(stranger.call("GET", address), 404, "not-found")
    with office.services.db.write() as session:
        session.execute(sa.update(User).where(User.id == owner.id).values(role=Role.ADMINISTRATOR))
    assert stranger.call("GET", address).status == 200
    with office.services.db.write() as session:
        values = {"role": Role.ACCOUNT_MANAGER}
        session.execute(sa.update(User).where(User.id == owner.id).values(values))
    assert stranger.call("GET", address).status == 404


def test_a_token_ends_by_itself(office: Stock, app: Flask) -> None:
    program = Program(app, new_token(office.services, "zhoumin"))
    with office.services.db.write() as session:
        session.execute(sa.update(ApiToken).values(expires_at=utcnow() - dt.timedelta(seconds=1)))
    said_so = problem(program.call("GET", "/search?q=校园"), 401, "invalid-token")
    assert "过期" in said_so["detail"]


def test_each_scope_opens_what_it_is_for_and_nothing_else(office: Stock, app: Flask) -> None:
    addresses = {
        "api.search": "/search",
        "api.document_list": "/documents",
        "api.taxonomy": "/taxonomy",
    }
    for scope in tokens.SCOPES:
        program = Program(app, new_token(office.services, "zhoumin", scope))
        for endpoint, address in addresses.items():
            answer = program.call("GET", address)
            if SCOPES[endpoint] == scope:
                assert answer.status == 200
                continue
            problem(answer, 403, "insufficient-scope")
            challenge = answer.headers["WWW-Authenticate"].replace('"', "")
            assert f"scope={SCOPES[endpoint]}" in challenge
    reader = Program(app, new_token(office.services, "zhoumin", "documents:read"))
    problem(reader.send("/documents", "新方案".encode(), "方案.txt"), 403, "insufficient-scope")


def test_every_route_asks_for_a_scope_that_tokens_can_have(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint[:4] == "api."}
    assert routes == set(SCOPES)
    assert set(SCOPES.values()) == {*tokens.SCOPES, ""}


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer kpt_x", "Bearer 中文", "Basic d3Jvbmc6d3Jvbmc=", "kpt_"]
)
def test_a_wrong_token_is_refused_even_beside_a_good_session(app: Flask, header: str) -> None:
    person = Visitor(app).sign_in("zhoumin")
    answer = person.get(
        "/api/v1/search?q=校园", {"Authorization": header.encode().decode("latin1")}
    )
    problem(answer, 401, "invalid-token")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")


def test_a_token_in_an_address_opens_nothing(office: Stock, app: Flask) -> None:
    token = new_token(office.services, "zhoumin")
    assert Visitor(app).get(f"/api/v1/search?access_token={token}").status == 401


def test_a_token_opens_no_pages(office: Stock, app: Flask) -> None:
    token = new_token(office.services, "zhoumin")
    page = Visitor(app).get("/settings", {"Authorization": f"Bearer {token}"})
    assert page.status == 303


def test_a_session_needs_the_form_token_and_a_token_does_not(office: Stock, app: Flask) -> None:
    event = {"document": office.ids["智慧校园整体方案.pptx"], "kind": "view"}
    person = Visitor(app).sign_in("zhoumin")
    with person.client.post("/api/v1/events", json=event) as response:
        assert response.status_code == 400
    with person.client.post(
        "/api/v1/events", json=event, headers={"X-CSRFToken": person.token()}
    ) as response:
        assert response.status_code == 201
    program = Program(app, new_token(office.services, "heping"))
    assert program.call("POST", "/events", event).status == 201


def test_a_program_is_told_how_often_it_may_ask(office: Stock) -> None:
    settings = dataclasses.replace(office.services.settings, api_requests_per_minute=3)
    services = dataclasses.replace(office.services, settings=settings)
    # Two web processes count together.
    apps = [create_app(settings, services) for _ in range(2)]
    token = new_token(services, "zhoumin")
    answers = [Program(apps[turn % 2], token).call("GET", "/taxonomy") for turn in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == [
        "r=2",
        "r=1",
        "r=0",
        "r=0",
    ]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=3;w=60'
    refused = problem(answers[3], 429, "rate-limited")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].headers["Retry-After"] in refused["detail"]
    other = Program(apps[0], new_token(services, "heping"))
    assert other.call("GET", "/taxonomy").status == 200
