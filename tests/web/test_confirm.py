"""Administrators show their password again before they change accounts."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.db import utcnow
from portal.models import User
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Visitor


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def keeper(app: Flask) -> Visitor:
    return Visitor(app).sign_in("guanliyuan")


def wait(visitor: Visitor, minutes: int) -> None:
    """Let so much time have passed since the visitor signed in."""
    with visitor.client.session_transaction() as kept:
        kept["proof_at"] = (utcnow() - dt.timedelta(minutes=minutes)).isoformat()


def person(office: Stock) -> str:
    with office.services.db.read() as session:
        return f"/admin/people/{session.scalar(sa.select(User.id).where(User.login == 'heping'))}"


def test_who_has_just_signed_in_is_not_asked(keeper: Visitor, office: Stock) -> None:
    for address in ("/admin/people/new", person(office)):
        assert keeper.get(address).status == 200


def test_later_the_password_is_asked_for_and_leads_back(keeper: Visitor, office: Stock) -> None:
    wait(keeper, 16)
    assert keeper.get("/admin/people").status == 200
    asked = keeper.get(person(office)).location
    page = keeper.get(asked)
    assert page.texts("h1") == ["再输入一次密码"]
    target = page.all("main input[name=next]")[0].attributes["value"] or ""
    wrong = keeper.submit("/confirm", password="不是这个密码", next=target)
    assert wrong.status == 422
    assert keeper.get(person(office)).status == 303
    assert keeper.submit("/confirm", password=PASSWORD, next=target).location == person(office)
    assert keeper.get(person(office)).status == 200


def test_a_form_that_was_open_is_taken_and_one_left_open_for_long_changes_nothing(
    keeper: Visitor, office: Stock
) -> None:
    address = f"{person(office)}/deactivate"
    wait(keeper, 31)
    assert keeper.submit(address).location.startswith("/confirm")
    assert "刚才的改动没有做" in keeper.get("/confirm").texts(".problem")[0]
    with office.services.db.read() as session:
        active = sa.select(User.deactivated_at).where(User.login == "heping")
        assert session.scalar(active) is None
    wait(keeper, 20)
    assert keeper.submit(address).location == person(office)
    with office.services.db.read() as session:
        assert session.scalar(active) is not None


def test_the_way_back_stays_on_this_site(keeper: Visitor) -> None:
    answer = keeper.submit("/confirm", password=PASSWORD, next="https://evil.example/")
    assert answer.location == "/"


def test_who_has_no_password_here_signs_in_again(keeper: Visitor, office: Stock) -> None:
    with office.services.db.write() as session:
        gone = sa.update(User).where(User.login == "guanliyuan").values(password_hash="")
        session.execute(gone)
    assert "请重新登录" in keeper.get("/confirm").text
    assert keeper.submit("/confirm", next="/admin/people").location == "/login?next=/admin/people"
    assert keeper.get("/admin/people").status == 303
