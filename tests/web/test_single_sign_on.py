"""Signing in at an OpenID Connect provider: a real one on loopback, asked over HTTP."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import sqlalchemy as sa
from flask import Flask

from portal.accounts import add_user
from portal.accounts.people import Facts
from portal.app import create_app
from portal.models import AuditEntry, Role, User
from tests.integration.command import wait_until
from tests.integration.test_serve import free_port
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

CLAIMS: dict[str, Any] = {
    "preferred_username": "zhaolei",
    "name": "赵磊",
    "email": "zhaolei@lh.example.cn",
    "department": "云澜分公司",
    "realm": {"roles": ["其他", "知识门户-产品"]},
}
SUBJECT = "7f1c"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The provider in a process of its own."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{issuer}/.well-known/openid-configuration", timeout=2).ok
        except requests.ConnectionError:
            return False

    try:
        wait_until(answers, 60)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def company(office: Stock, provider: str) -> Stock:
    settings = dataclasses.replace(
        office.services.settings,
        base_url="http://localhost",
        oidc_issuer=provider,
        oidc_client_id="zhishi",
        oidc_client_secret="the secret of tests",
        oidc_label="岭海统一认证",
        oidc_claims=(
            ("login", "preferred_username"),
            ("name", "name"),
            ("mail", "email"),
            ("unit", "department"),
            ("role", "realm.roles"),
        ),
        sso_units=(("云澜分公司", "yunlan"),),
        sso_roles=(("知识门户-产品", "product-manager"),),
    )
    return Stock(dataclasses.replace(office.services, settings=settings), office.ids)


@pytest.fixture
def app(company: Stock) -> Flask:
    return create_app(company.services.settings, company.services)


def describe(provider: str, **claims: Any) -> None:
    """Say what the provider tells of the person."""
    answer = requests.put(f"{provider}/users/{SUBJECT}", json={**CLAIMS, **claims}, timeout=5)
    assert answer.ok, answer.text


def agree(visitor: Visitor, begin: str = "/login/openid", subject: str = SUBJECT) -> Answer:
    """Go to the provider, sign in there, and come back."""
    there = visitor.get(begin)
    assert there.status == 302, there.text
    back = requests.post(there.location, data={"sub": subject}, allow_redirects=False, timeout=5)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    assert parts.path == "/login/openid/done"
    return visitor.get(f"{parts.path}?{parts.query}")


def facts(company: Stock, login: str) -> Facts:
    with company.services.db.read() as session:
        return Facts.of(session.scalars(sa.select(User).where(User.login == login)).one())


def test_it_works(app: Flask, company: Stock, provider: str) -> None:
    describe(provider)
    visitor = Visitor(app)
    wanted = visitor.get("/search?q=校园").location
    begin = visitor.get(wanted).links("main a")["用岭海统一认证登录"]
    answer = agree(visitor, begin)
    assert answer.status == 303, answer.text
    assert answer.location.startswith("/search?q=")
    assert visitor.get("/").texts(".who-unit") == ["赵磊 · 云澜分公司"]
    assert facts(company, "zhaolei") == Facts(
        name="赵磊",
        role=Role.PRODUCT_MANAGER,
        unit="yunlan",
        industries=(),
        email="zhaolei@lh.example.cn",
    )
    with company.services.db.read() as session:
        assert "sign-in" in session.scalars(sa.select(AuditEntry.action)).all()


def test_the_same_person_is_known_again_by_another_name(
    app: Flask, company: Stock, provider: str
) -> None:
    describe(provider)
    agree(Visitor(app))
    describe(
        provider, preferred_username="zhao.lei", name="赵磊（云澜）", department="不认识的单位"
    )
    assert agree(Visitor(app)).status == 303
    assert facts(company, "zhaolei").name == "赵磊（云澜）"
    assert facts(company, "zhaolei").unit == "yunlan"


def test_whoever_calls_themselves_like_an_administrator_is_none(
    app: Flask, company: Stock, provider: str
) -> None:
    describe(provider, preferred_username="guanliyuan")
    visitor = Visitor(app)
    refused = agree(visitor)
    assert refused.status == 403
    assert "另设了密码" in refused.texts("[role=alert]")[0]
    assert visitor.get("/").status == 303


def test_an_account_made_beforehand_is_taken_up(app: Flask, company: Stock, provider: str) -> None:
    with company.services.db.write() as session:
        add_user(session, login="zhaolei", name="赵", role=Role.BUSINESS_MANAGER, unit="hq")
    describe(provider, realm={"roles": []})
    visitor = Visitor(app)
    assert agree(visitor).status == 303
    assert facts(company, "zhaolei").role == Role.BUSINESS_MANAGER


def test_who_is_deactivated_here_stays_out(app: Flask, company: Stock, provider: str) -> None:
    describe(provider)
    agree(Visitor(app))
    with company.services.db.write() as session:
        values = {"deactivated_at": sa.func.now()}
        session.execute(sa.update(User).where(User.login == "zhaolei").values(values))
    refused = agree(Visitor(app))
    assert refused.status == 403
    assert "已停用" in refused.text


@pytest.mark.parametrize(
    "query", ["", "?code=made-up&state=made-up", "?error=access_denied", "?state=x"]
)
def test_an_answer_nobody_asked_for_lets_nobody_in(app: Flask, query: str) -> None:
    visitor = Visitor(app)
    refused = visitor.get(f"/login/openid/done{query}")
    assert refused.status == 502
    assert "没有登录成功" in refused.texts("h1")
    assert visitor.get("/").status == 303


def test_an_answer_meant_for_another_browser_lets_nobody_in(app: Flask, provider: str) -> None:
    describe(provider)
    there = Visitor(app).get("/login/openid")
    back = requests.post(there.location, data={"sub": SUBJECT}, allow_redirects=False, timeout=5)
    query = urlsplit(back.headers["Location"]).query
    victim = Visitor(app)
    assert victim.get(f"/login/openid/done?{query}").status == 502
    assert victim.get("/").status == 303


def test_the_request_carries_state_nonce_and_challenge(app: Flask, provider: str) -> None:
    there = Visitor(app).get("/login/openid?next=https://evil.example/").location
    assert there.startswith(provider)
    assert re.search(r"[?&]state=.+&nonce=|[?&]nonce=.+&state=", there)
    assert "code_challenge_method=S256" in there
    assert "evil" not in there


def test_a_provider_that_is_away_is_one_sentence(office: Stock) -> None:
    settings = dataclasses.replace(
        office.services.settings,
        oidc_issuer=f"http://localhost:{free_port()}",
        oidc_client_id="zhishi",
    )
    app = create_app(settings, dataclasses.replace(office.services, settings=settings))
    answer = Visitor(app).get("/login/openid")
    assert answer.status == 502
    assert "现在连不上" in answer.text
    assert Visitor(app).sign_in("heping")


def test_without_a_provider_there_is_no_button(office_visitor: Visitor) -> None:
    assert "/login/openid" not in office_visitor.get("/login").html
    assert office_visitor.get("/login/openid").status == 404
