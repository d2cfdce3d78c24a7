"""The second step at signing in, over HTTP."""

import datetime as dt
import re

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.second_factor import STEP_SECONDS
from portal.app import create_app
from portal.models import AuditEntry, SecondFactor, User
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Visitor

PAGE = "/settings/account/two-step"


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def he(app: Flask) -> Visitor:
    return Visitor(app).sign_in("heping")


def turn_on(visitor: Visitor) -> tuple[pyotp.TOTP, list[str]]:
    """Turn it on as a person does; return the app and the recovery codes."""
    (secret,) = visitor.get(PAGE).texts("code.secret")
    authenticator = pyotp.TOTP(secret)
    page = visitor.submit(PAGE, code=authenticator.now())
    assert page.status == 200, page.text
    return authenticator, page.texts(".recovery code")


def later(authenticator: pyotp.TOTP) -> str:
    """The app's next code: the present one was used to turn it on."""
    return authenticator.at(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=STEP_SECONDS))


def half_way(app: Flask) -> Visitor:
    """何平 with the password given and the code owed."""
    visitor = Visitor(app)
    answer = visitor.submit("/login", login="heping", password=PASSWORD, next="/digest")
    assert answer.location == "/login/code?next=/digest"
    return visitor


def test_it_works(app: Flask, he: Visitor) -> None:
    authenticator, codes = turn_on(he)
    assert len(set(codes)) == 10
    visitor = half_way(app)
    assert visitor.get("/").status == 303, "half the way is no way in"
    answer = visitor.submit("/login/code", code=later(authenticator), next="/digest")
    assert answer.location == "/digest"
    assert visitor.get("/").texts(".who-unit") == ["何平 · 南屿分公司"]


def test_the_picture_holds_the_secret_and_needs_no_script(he: Visitor) -> None:
    page = he.get(PAGE)
    assert len(page.all(".qr svg path")) >= 1
    assert "style=" not in page.html
    assert page.headers["Cache-Control"] == "private, no-store"


def test_a_wrong_first_code_turns_nothing_on_and_keeps_the_secret(app: Flask, he: Visitor) -> None:
    (secret,) = he.get(PAGE).texts("code.secret")
    refused = he.submit(PAGE, code="000000")
    assert refused.status == 422
    assert refused.texts("code.secret") == [secret]
    assert "验证码不正确" in refused.texts("[role=alert]")[0]
    assert Visitor(app).sign_in("heping")


def test_a_code_is_refused_the_second_time(app: Flask, he: Visitor) -> None:
    authenticator, _codes = turn_on(he)
    code = later(authenticator)
    assert half_way(app).submit("/login/code", code=code).status == 303
    again = half_way(app).submit("/login/code", code=code)
    assert again.status == 422
    assert "已经用过" in again.texts("[role=alert]")[0]


def test_a_recovery_code_opens_once(app: Flask, he: Visitor) -> None:
    _app, codes = turn_on(he)
    assert half_way(app).submit("/login/code", code=codes[3]).status == 303
    assert half_way(app).submit("/login/code", code=codes[3]).status == 422
    assert "还有 9 个恢复码" in he.get("/settings/account").text


def test_guessing_codes_has_to_wait(app: Flask, he: Visitor) -> None:
    turn_on(he)
    visitor = half_way(app)
    statuses = [visitor.submit("/login/code", code="123456").status for _ in range(7)]
    assert statuses == [422] * 6 + [429]


def test_without_the_password_there_is_no_second_step(app: Flask) -> None:
    for answer in (
        Visitor(app).get("/login/code"),
        Visitor(app).submit("/login/code", code="123456"),
    ):
        assert answer.status == 422
        assert "请先输入登录名和密码" in answer.texts("[role=alert]")[0]
        assert len(answer.all("input[name=password]")) == 1


@pytest.mark.parametrize("part", ["codes", "off"])
def test_it_takes_the_password_to_weaken_it(he: Visitor, part: str) -> None:
    turn_on(he)
    he.submit(f"{PAGE}/{part}", password="不是这个密码")
    page = he.get("/settings/account")
    assert "不正确" in page.texts(".problem")[0]
    assert "还有 10 个恢复码" in page.text


def test_new_recovery_codes_replace_the_old(app: Flask, he: Visitor) -> None:
    _app, old = turn_on(he)
    new = he.submit(f"{PAGE}/codes", password=PASSWORD).texts(".recovery code")
    assert len(new) == 10
    assert half_way(app).submit("/login/code", code=old[0]).status == 422
    assert half_way(app).submit("/login/code", code=new[0]).status == 303


def test_turned_off_it_asks_no_more(app: Flask, he: Visitor, office: Stock) -> None:
    turn_on(he)
    he.submit(f"{PAGE}/off", password=PASSWORD)
    assert Visitor(app).sign_in("heping")
    with office.services.db.read() as session:
        mine = sa.select(SecondFactor).join(User, User.id == SecondFactor.user_id)
        assert session.scalars(mine).all() == []
        acts = session.scalars(sa.select(AuditEntry.action)).all()
    assert {"second-factor.on", "second-factor.off"} <= set(acts)


def test_the_audit_log_holds_no_code_and_no_secret(he: Visitor, office: Stock) -> None:
    authenticator, codes = turn_on(he)
    with office.services.db.read() as session:
        told = " ".join(session.scalars(sa.select(AuditEntry.details)))
    assert "heping" in told
    assert authenticator.secret not in told
    assert not [code for code in codes if code in told]
    assert not re.search(r"\b\d{6}\b", told)
