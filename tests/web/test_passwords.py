"""Signing in too often, and a forgotten password, over HTTP and real SMTP."""

import dataclasses
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.models import AccountLink, Delivery, User
from portal.push.ledger import send_due
from portal.push.letters import WRITERS
from tests.integration.post_office import PostOffice, post_office
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Answer, Visitor

NEW = "台灯 三月 绿皮火车 江边"
MAIL = "heping@lh.example.cn"


@pytest.fixture
def mails() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def mailing(office: Stock, mails: PostOffice) -> Stock:
    """The office with a mail server, and 何平's address registered."""
    settings = dataclasses.replace(
        office.services.settings,
        smtp_host="127.0.0.1",
        smtp_port=mails.port,
        smtp_from="portal@lh.example.cn",
        base_url="https://portal.lh.example.cn",
    )
    with office.services.db.write() as session:
        session.execute(sa.update(User).where(User.login == "heping").values(email=MAIL))
    return Stock(dataclasses.replace(office.services, settings=settings), office.ids)


@pytest.fixture
def app(mailing: Stock) -> Flask:
    return create_app(mailing.services.settings, mailing.services)


def ask(visitor: Visitor, who: str) -> Answer:
    return visitor.submit("/password/forgotten", who=who)


def link(mailing: Stock, mails: PostOffice) -> str:
    """The path in the only mail that was sent."""
    send_due(mailing.services.settings, mailing.services.db, WRITERS)
    (mail,) = mails.mails
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"https://portal\.lh\.example\.cn(/password/new/\S+)", body.get_content())
    assert found is not None
    return found[1]


def test_it_works(app: Flask, mailing: Stock, mails: PostOffice) -> None:
    visitor = Visitor(app)
    assert visitor.get("/login").links("a")["忘记密码"] == "/password/forgotten"
    assert "几分钟内" in ask(visitor, "heping").text
    address = link(mailing, mails)
    assert mails.recipients == [MAIL]
    assert "何平" in visitor.get(address).text
    assert visitor.submit(address, new=NEW, again=NEW).location == "/login"
    assert "密码设置好了" in visitor.get("/login").text
    visitor.sign_in("heping", NEW)
    assert Visitor(app).submit("/login", login="heping", password=PASSWORD).status == 422
    assert Visitor(app).get(address).status == 404


def test_the_answer_does_not_tell_whether_there_is_such_an_account(app: Flask) -> None:
    answers = {ask(Visitor(app), who).text for who in ("heping", MAIL, "nobody", "zhoumin")}
    assert len(answers) == 1


def test_no_secret_stands_in_the_database(app: Flask, mailing: Stock, mails: PostOffice) -> None:
    ask(Visitor(app), MAIL.upper())
    token = link(mailing, mails).rsplit("/", 1)[-1]
    with mailing.services.db.read() as session:
        row = session.scalars(sa.select(AccountLink)).one()
        sent = session.scalars(sa.select(Delivery)).one()
    assert token not in f"{row.token_hash} {row.salt} {sent.data} {sent.key}"


def test_a_mail_is_not_sent_where_there_is_nobody_to_get_one(
    app: Flask, mailing: Stock, mails: PostOffice
) -> None:
    with mailing.services.db.write() as session:
        values = {"email": "zhou@lh.example.cn", "deactivated_at": sa.func.now()}
        session.execute(sa.update(User).where(User.login == "zhoumin").values(values))
    for who in ("nobody", "linruoxi", "zhoumin", "' OR 1=1 --"):
        ask(Visitor(app), who)
    send_due(mailing.services.settings, mailing.services.db, WRITERS)
    assert mails.mails == []


def test_asking_again_and_again_has_to_wait(app: Flask) -> None:
    visitor = Visitor(app)
    assert [ask(visitor, "nobody").status for _ in range(4)] == [200] * 4
    refused = ask(visitor, "nobody")
    assert refused.status == 429
    assert "5分钟后再试" in refused.texts("[role=alert]")[0]
    assert 0 < int(refused.headers["Retry-After"]) <= 300


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("太短", "太短", "至少需要 12"),
        (NEW, "别的", "不一样"),
        ("123456789012", "123456789012", "太容易"),
    ],
)
def test_a_refused_password_leaves_the_link_good(
    app: Flask, mailing: Stock, mails: PostOffice, new: str, again: str, words: str
) -> None:
    visitor = Visitor(app)
    ask(visitor, "heping")
    address = link(mailing, mails)
    refused = visitor.submit(address, new=new, again=again)
    assert refused.status == 422
    assert words in refused.texts("[role=alert]")[0]
    assert visitor.submit(address, new=NEW, again=NEW).status == 303


def test_a_made_up_link_says_what_to_do(app: Flask) -> None:
    page = Visitor(app).get("/password/new/not-a-link-that-was-ever-made")
    assert page.status == 404
    assert page.texts("h1") == ["链接已失效"]


def test_without_a_mail_server_the_page_says_so(office_visitor: Visitor) -> None:
    assert "忘记密码" not in office_visitor.get("/login").links("a")
    page = office_visitor.get("/password/forgotten")
    assert "没有配置邮件服务器" in page.text
    assert page.all("main form") == []


def test_many_wrong_passwords_have_to_wait_and_the_usual_desk_need_not(app: Flask) -> None:
    desk = Visitor(app).sign_in("heping")
    desk.submit("/logout")
    stranger = Visitor(app)
    wrong = [stranger.submit("/login", login="heping", password="猜") for _ in range(7)]
    assert [answer.status for answer in wrong] == [422] * 6 + [429]
    assert re.search(r"请\d+秒(钟)?后再试", wrong[-1].texts("[role=alert]")[0])
    assert 0 < int(wrong[-1].headers["Retry-After"]) <= 10
    assert stranger.submit("/login", login="heping", password=PASSWORD).status == 429
    assert desk.sign_in("heping")


def test_a_device_cookie_from_elsewhere_is_worth_nothing(app: Flask) -> None:
    stranger = Visitor(app)
    stranger.client.set_cookie("portal_device", "WyJhIixbIjEiXV0.made-up")
    for _ in range(6):
        stranger.submit("/login", login="heping", password="猜")
    assert stranger.submit("/login", login="heping", password=PASSWORD).status == 429


def told(mailing: Stock, mails: PostOffice) -> list[str]:
    """The subjects of what has been mailed by now."""
    send_due(mailing.services.settings, mailing.services.db, WRITERS)
    return [str(mail["subject"]) for mail in mails.mails]


def test_a_new_device_is_told_by_mail_and_the_first_and_the_usual_are_not(
    app: Flask, mailing: Stock, mails: PostOffice
) -> None:
    desk = Visitor(app).sign_in("heping")
    desk.submit("/logout")
    desk.sign_in("heping")
    assert told(mailing, mails) == []
    phone = Visitor(app)
    phone.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Safari/605"
    phone.sign_in("heping")
    assert told(mailing, mails) == ["知识门户：在新设备上登录"]
    body = mails.mails[0].get_body(("plain",))
    assert body is not None
    assert "Safari · iPhone" in body.get_content()
    assert "https://portal.lh.example.cn/settings/account" in body.get_content()


def test_a_changed_password_is_told_by_mail_in_the_persons_language(
    app: Flask, mailing: Stock, mails: PostOffice
) -> None:
    visitor = Visitor(app).sign_in("heping")
    visitor.submit("/language", language="zh-Hant")
    wrong = {"old": "不是这个密码", "new": NEW, "again": NEW}
    visitor.submit("/settings/account/password", **wrong)
    assert told(mailing, mails) == []
    visitor.submit("/settings/account/password", **wrong | {"old": PASSWORD})
    assert told(mailing, mails) == ["知識門戶：密碼已經修改"]


def test_a_password_that_was_reset_is_told_too(
    app: Flask, mailing: Stock, mails: PostOffice
) -> None:
    visitor = Visitor(app)
    ask(visitor, "heping")
    visitor.submit(link(mailing, mails), new=NEW, again=NEW)
    assert told(mailing, mails)[1:] == ["知识门户：密码已经修改"]


def test_nobody_is_written_to_without_a_mail_server(office: Stock) -> None:
    app = create_app(office.services.settings, office.services)
    for _ in range(2):
        Visitor(app).sign_in("heping")
    with office.services.db.read() as session:
        assert session.scalars(sa.select(Delivery)).all() == []
