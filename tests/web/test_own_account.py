"""One's own account: password and sessions, over HTTP."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.models import AuditEntry, User, UserSession
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Visitor

NEW = "台灯 三月 绿皮火车 江边"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/142.0 Mobile MicroMessenger/8.0"


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def he(app: Flask) -> Visitor:
    return Visitor(app).sign_in("heping")


@pytest.fixture
def phone(app: Flask) -> Visitor:
    """The same colleague on another device."""
    visitor = Visitor(app)
    visitor.client.environ_base["HTTP_USER_AGENT"] = PHONE
    return visitor.sign_in("heping")


def acts(office: Stock) -> list[str]:
    with office.services.db.read() as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.number)))


def test_it_works(he: Visitor, phone: Visitor, office: Stock) -> None:
    page = he.get("/settings/account")
    assert page.status == 200
    assert "何平" in page.texts(".facts")[0]
    assert page.texts(".tabs [aria-current]") == ["账号与安全"]
    devices = page.texts("#sessions strong")
    assert sorted(devices) == ["微信 · Android", "未知设备"]
    assert len(page.all(".tag-present")) == 1


def test_the_settings_lead_there(he: Visitor) -> None:
    assert he.get("/settings").links(".tabs a")["账号与安全"] == "/settings/account"


def test_a_device_is_signed_out_from_another(he: Visitor, phone: Visitor, office: Stock) -> None:
    page = he.get("/settings/account")
    (action,) = [form.attributes["action"] or "" for form in page.all("#sessions .told-item form")]
    he.submit(action)
    assert phone.get("/").status == 303
    assert he.get("/").status == 200
    assert acts(office)[-1] == "session.revoked"


def test_all_other_devices_are_signed_out_at_once(he: Visitor, phone: Visitor) -> None:
    assert he.submit("/settings/account/sessions/end").location.endswith("#sessions")
    assert "1 处登录已经结束" in he.get("/settings/account").texts(".done")[0]
    assert phone.get("/").status == 303


def test_nobody_ends_anothers_session(app: Flask, he: Visitor, office: Stock) -> None:
    zhou = Visitor(app).sign_in("zhoumin")
    with office.services.db.read() as session:
        mine = sa.select(UserSession.id).join(User).where(User.login == "heping")
        number = session.scalars(mine).one()
    zhou.submit(f"/settings/account/sessions/{number}/end")
    zhou.submit("/settings/account/sessions/end")
    assert he.get("/").status == 200
    assert he.post(f"/settings/account/sessions/{number}/end").status == 400


def change(visitor: Visitor, old: str, new: str, again: str | None = None) -> str:
    """Change the password; return what the page says."""
    visitor.submit("/settings/account/password", old=old, new=new, again=again or new)
    page = visitor.get("/settings/account")
    return " ".join(page.texts(".done, .problem"))


def test_the_password_is_changed_with_the_old_one(
    app: Flask, he: Visitor, phone: Visitor, office: Stock
) -> None:
    assert "改好了" in change(he, PASSWORD, NEW)
    assert phone.get("/").status == 303
    assert he.get("/").status == 200
    assert Visitor(app).submit("/login", login="heping", password=PASSWORD).status == 422
    assert Visitor(app).sign_in("heping", NEW)
    assert "password.changed" in acts(office)


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("不是这个密码", NEW, NEW, "现在的密码不正确"),
        (PASSWORD, NEW, NEW + "。", "不一样"),
        (PASSWORD, "太短", "太短", "至少需要 12"),
        (PASSWORD, "password1234", "password1234", "太容易被猜到"),
        (PASSWORD, "hepingheping", "hepingheping", "太容易被猜到"),
        ("", "", "", "现在的密码不正确"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changed(
    app: Flask, he: Visitor, phone: Visitor, old: str, new: str, again: str, words: str
) -> None:
    assert words in change(he, old, new, again)
    assert phone.get("/").status == 200
    assert Visitor(app).sign_in("heping", PASSWORD)


def test_the_page_speaks_english(he: Visitor) -> None:
    he.submit("/language", language="en", next="/")
    page = he.get("/settings/account")
    assert page.texts(".tabs [aria-current]") == ["Account and security"]
    assert "Where you are signed in" in page.text


def test_a_session_that_was_revoked_reads_nothing_even_with_its_cookie(
    he: Visitor, office: Stock
) -> None:
    with office.services.db.write() as session:
        session.execute(sa.delete(UserSession))
    assert he.get("/settings/account").location == "/login?next=/settings/account"
