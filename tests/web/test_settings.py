"""The settings page, links that stop messages, and the reading history, over HTTP."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.catalogue.activity import hotness
from portal.db import utcnow
from portal.models import Channel, EventKind, NoticeKind, ReaderEvent, User
from portal.notices import DIGEST
from portal.notices import settings as reach
from portal.notices.settings import ReachSettings, wants
from portal.notices.unsubscribe import Stop, make_token
from portal.recommend import record_event
from tests.web.stock import SECRET, Stock
from tests.web.visitor import Visitor

TARIFF, FLOOR = "校园宽带资费表.xlsx", "专线底价授权.md"


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def he(app: Flask) -> Visitor:
    return Visitor(app).sign_in("heping")


def person(office: Stock, login: str = "heping") -> int:
    with office.services.db.read() as session:
        return session.scalars(sa.select(User.id).where(User.login == login)).one()


def settings(office: Stock) -> ReachSettings:
    with office.services.db.read() as session:
        return reach.settings_for(session, person(office))


def link(office: Stock, kind: str = NoticeKind.MENTION, key: str = SECRET) -> str:
    return f"/unsubscribe/{make_token(key, Stop(person(office), kind, Channel.MAIL))}"


def test_every_way_to_be_reached_is_in_one_table(he: Visitor) -> None:
    page = he.get("/settings")
    assert page.texts(".reach thead th") == ["什么事", "页面", "邮件", "群机器人"]
    kinds = page.texts(".reach tbody th")
    assert kinds[0] == "每日简报"
    assert "有人叫我" in kinds
    assert "后台任务失败" not in kinds
    assert "后台任务失败" not in page.text
    assert {"我的收藏", "我的阅读记录"} <= set(page.links(".more a"))


def test_each_is_stopped_and_taken_up_with_one_click(he: Visitor, office: Stock) -> None:
    for state, wanted in (("off", False), ("on", True)):
        page = he.get("/settings")
        (button,) = page.all(f".switch[value='mention.mail.{state}']")
        assert button.attributes["aria-checked"] == str(not wanted).lower()
        answer = he.submit("/settings/notices", switch=button.attributes["value"] or "")
        assert answer.location == "/settings#kind-mention"
        assert wants(settings(office), NoticeKind.MENTION, Channel.MAIL) == wanted


def test_a_whole_channel_is_stopped_at_once(he: Visitor, office: Stock) -> None:
    he.submit("/settings/notices", switch="digest.mail.on")
    he.submit("/settings/channel", channel="mail.off")
    assert not any(wants(settings(office), kind, Channel.MAIL) for kind in reach.kinds())
    assert he.get("/settings").texts(".done") == ["“邮件”全部停了。"]


@pytest.mark.parametrize(
    "value", ["", "mention", "lottery.mail.off", "mention.fax.off", "mention.mail.x"]
)
def test_a_switch_that_does_not_exist_is_refused(he: Visitor, value: str) -> None:
    assert he.submit("/settings/notices", switch=value).status == 400


def test_quiet_hours_are_kept_and_given_up(he: Visitor, office: Stock) -> None:
    he.submit("/settings/quiet", **{"from": "22:30", "until": "07:00"})
    assert settings(office).quiet_from == dt.time(22, 30)
    he.submit("/settings/quiet", **{"from": "25:99", "until": "07:00"})
    assert "设置没有改动" in he.get("/settings").texts(".problem")[0]
    assert settings(office).quiet_until == dt.time(7, 0)
    he.submit("/settings/quiet", stop="yes")
    assert settings(office).quiet_from is None


def test_a_robots_address_is_kept_but_not_shown_again(he: Visitor, office: Stock) -> None:
    address = "wecombot://693a91f6-7aaa-4bc4-97a0-0ec2sifa5aaa"
    he.submit("/settings/chat", robot=address)
    assert settings(office).chat_address == address
    page = he.get("/settings")
    assert "693a91f6" not in page.html
    assert "5aaa" in page.texts("#chat")[0]
    he.submit("/settings/chat", stop="yes")
    assert settings(office).chat_address == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://hooks.example.cn/x", "https"),
        ("https://127.0.0.1/x", "内网"),
        ("https://[::1]:8443/x", "内网"),
        ("https://169.254.169.254/latest/meta-data", "内网"),
        ("jsons://10.0.0.1/x", "https"),
        ("机器人", "不像"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused(
    he: Visitor, office: Stock, address: str, words: str
) -> None:
    he.submit("/settings/chat", robot=address)
    assert words in he.get("/settings").texts(".problem")[0]
    assert settings(office).chat_address == ""


def test_without_an_address_there_is_nothing_to_try(he: Visitor) -> None:
    he.submit("/settings/chat/test")
    assert "不像" in he.get("/settings").texts(".problem")[0]


def test_nothing_is_changed_without_the_forms_token(he: Visitor, office: Stock) -> None:
    for part in ("notices", "channel", "quiet", "chat", "chat/test"):
        assert he.post(f"/settings/{part}", switch="mention.mail.off").status == 400
    assert settings(office) == ReachSettings()


def test_a_link_in_a_mail_stops_that_kind_without_signing_in(
    office_visitor: Visitor, office: Stock
) -> None:
    address = link(office)
    asked = office_visitor.get(address)
    assert asked.status == 200
    assert asked.texts("h1") == ["不想再收到吗？"]
    # Mail scanners open links: opening one changes nothing.
    assert wants(settings(office), NoticeKind.MENTION, Channel.MAIL)
    # What a mail program sends (RFC 8058): no session, no form token.
    done = office_visitor.post(address, **{"List-Unsubscribe": "One-Click"})
    assert (done.status, done.texts("h1")) == (200, ["已经停了"])
    assert not wants(settings(office), NoticeKind.MENTION, Channel.MAIL)
    assert wants(settings(office), NoticeKind.RETURNED, Channel.MAIL)
    assert wants(settings(office), NoticeKind.MENTION, Channel.PAGE)


def test_the_digest_is_stopped_in_the_same_way(office_visitor: Visitor, office: Stock) -> None:
    with office.services.db.write() as session:
        reach.choose(session, person(office), DIGEST, Channel.MAIL, True)
    assert office_visitor.post(link(office, DIGEST)).status == 200
    assert not wants(settings(office), DIGEST, Channel.MAIL)


@pytest.mark.parametrize("tail", ["x", "WzEsIm1lbnRpb24iLCJtYWlsIl0.aaaaaa.bbbb", "a" * 400])
def test_a_made_up_link_is_not_found(office_visitor: Visitor, tail: str) -> None:
    assert office_visitor.get(f"/unsubscribe/{tail}").status == 404
    assert office_visitor.post(f"/unsubscribe/{tail}").status == 404


def test_a_link_signed_with_another_key_is_not_found(
    office_visitor: Visitor, office: Stock
) -> None:
    forged = link(office, key="somebody else's key, 32 characters")
    assert office_visitor.post(forged).status == 404
    assert wants(settings(office), NoticeKind.MENTION, Channel.MAIL)


def use(office: Stock, name: str, kind: EventKind) -> None:
    now = utcnow().astimezone(office.services.settings.timezone)
    with office.services.db.write() as session:
        record_event(session, person(office), office.ids[name], kind, now)


def events(office: Stock) -> int:
    with office.services.db.read() as session:
        mine = ReaderEvent.user_id == person(office)
        return session.scalar(sa.select(sa.func.count(ReaderEvent.id)).where(mine)) or 0


def test_one_sees_and_erases_what_one_has_read(he: Visitor, office: Stock) -> None:
    use(office, TARIFF, EventKind.DOWNLOAD)
    use(office, "智慧校园整体方案.pptx", EventKind.VIEW)
    page = he.get("/history")
    assert page.texts(".told-words > p:first-child") == [
        "看过 智慧校园整体方案",
        "下载过 校园宽带与学生套餐资费表",
    ]
    action = page.all(".told-item form")[0].attributes["action"] or ""
    he.submit(action, page="1")
    assert he.get("/history").texts(".told-words > p:first-child") == [
        "下载过 校园宽带与学生套餐资费表"
    ]
    he.submit("/history/erase")
    assert events(office) == 0
    assert he.get("/history").texts(".empty h2") == ["没有阅读记录"]


def test_erasing_keeps_the_heat_and_gives_no_second_go(he: Visitor, office: Stock) -> None:
    use(office, TARIFF, EventKind.DOWNLOAD)
    with office.services.db.read() as session:
        before = hotness(session)
    he.submit("/history/erase")
    use(office, TARIFF, EventKind.DOWNLOAD)
    with office.services.db.read() as session:
        assert hotness(session) == before
    assert events(office) == 0


def test_nobody_erases_anothers_history(app: Flask, he: Visitor, office: Stock) -> None:
    use(office, TARIFF, EventKind.DOWNLOAD)
    action = he.get("/history").all(".told-item form")[0].attributes["action"] or ""
    zhou = Visitor(app).sign_in("zhoumin")
    zhou.submit(action)
    zhou.submit("/history/erase")
    assert events(office) == 1
    assert he.post("/history/erase").status == 400
    assert events(office) == 1
