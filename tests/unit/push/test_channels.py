"""Mail as it travels, and addresses of chat robots."""

import dataclasses
import datetime as dt
import email
import email.policy
from pathlib import Path

import pytest

from config import Settings, SettingsError
from portal.push.channels import Mail, compose, mail_configured, robot_address
from portal.push.errors import Refused

SETTINGS = Settings(
    data_dir=Path("/nowhere"),
    base_url="https://portal.lingnan.example",
    smtp_host="127.0.0.1",
    smtp_from="portal@lingnan.example",
)
MAIL = Mail(
    to="linwei@lingnan.example",
    subject="11 月 22 日简报：3 份值得一看的资料",
    text="林薇，您好：教育行业有三份新资料。\n",
    html="<p>林薇，您好：教育行业有三份新资料。</p>",
    message_id="abc@portal.lingnan.example",
    date=dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC),
    unsubscribe_url="https://portal.lingnan.example/unsubscribe/x",
)


def test_a_mail_has_both_parts_and_the_headers_that_mail_programs_look_for() -> None:
    raw = compose(SETTINGS, MAIL).as_bytes()
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["Subject"] == MAIL.subject
    assert read["From"] == "知识门户 <portal@lingnan.example>"
    assert read["Message-ID"] == "<abc@portal.lingnan.example>"
    assert read["Date"].datetime == MAIL.date
    assert read["List-Unsubscribe"] == "<https://portal.lingnan.example/unsubscribe/x>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    kinds = [part.get_content_type() for part in read.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in read.iter_parts())
    assert (plain.strip(), html.strip()) == (MAIL.text.strip(), MAIL.html)
    assert all(len(line) < 998 and max(line, default=0) < 128 for line in raw.splitlines())


def test_the_same_mail_is_the_same_mail_at_every_attempt() -> None:
    first, second = (compose(SETTINGS, MAIL) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


@pytest.mark.parametrize(
    "address",
    ["", "林薇", "a@b\r\nBcc: c@d", "two@x.cn, three@x.cn", "林薇@例子.cn", "@x", "a b@c.cn"],
)
def test_a_bad_address_is_refused_for_good(address: str) -> None:
    with pytest.raises(Refused) as refused:
        compose(SETTINGS, dataclasses.replace(MAIL, to=address))
    assert refused.value.permanent


def test_a_title_cannot_add_a_header() -> None:
    mail = dataclasses.replace(MAIL, subject="简报\r\nBcc: everyone@lingnan.example")
    read = email.message_from_bytes(compose(SETTINGS, mail).as_bytes(), policy=email.policy.default)
    assert read["Bcc"] is None
    assert read["Subject"] == "简报 Bcc: everyone@lingnan.example"


@pytest.mark.parametrize(
    ("shown", "used"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a-91f6", "wecombot://693a-91f6"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "dingtalk://abc123"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/ab-12", "feishu://ab-12"),
        ("https://hooks.example.cn/x?y=1", "jsons://hooks.example.cn/x?y=1"),
        ("wecombot://693a-91f6", "wecombot://693a-91f6"),
    ],
)
def test_robots_are_called_by_the_address_that_people_know(shown: str, used: str) -> None:
    assert robot_address(shown) == used


@pytest.mark.parametrize(
    "address", ["", "机器人", "file:///etc/passwd", "mailto:a@b.cn", "https://"]
)
def test_what_is_no_robot_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        robot_address(address)


def test_without_a_server_there_is_no_mail() -> None:
    assert mail_configured(SETTINGS)
    assert not mail_configured(dataclasses.replace(SETTINGS, smtp_host=""))
    assert not mail_configured(dataclasses.replace(SETTINGS, smtp_from=""))


def test_the_portals_address_is_checked_when_it_starts() -> None:
    read = Settings.from_env({"PORTAL_BASE_URL": "https://portal.example.cn/"})
    assert read.public_url == "https://portal.example.cn"
    for wrong in ("portal.example.cn", "ftp://x", "https://", "https://x/?q"):
        with pytest.raises(SettingsError):
            Settings.from_env({"PORTAL_BASE_URL": wrong})
