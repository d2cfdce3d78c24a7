"""The settings page: every way the portal reaches a person, each stopped with one click."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from portal.models import Channel
from portal.notices import ReachSettings, wants
from portal.notices import settings as reach
from portal.notices.webhook import AddressRefused, check_address
from portal.push.channels import ChatMessage, mail_configured, send_chat
from portal.push.errors import PushError
from portal.web.context import services
from portal.web.messages import LazyText, gettext, lazy_gettext
from portal.web.notice_wording import KINDS, page_url
from portal.web.pager import Link
from portal.web.viewer import current_person, current_user_id

DONE, PROBLEM = "settings", "settings-problem"
SHOWN_TAIL = 4
CHANNEL_NAMES: Mapping[Channel, LazyText] = {
    Channel.PAGE: lazy_gettext("页面"),
    Channel.MAIL: lazy_gettext("邮件"),
    Channel.CHAT: lazy_gettext("群机器人"),
}
ADDRESS_PROBLEMS: Mapping[str, LazyText] = {
    "form": lazy_gettext("这不像一个机器人地址，没有保存。请从群机器人的设置里完整复制过来。"),
    "scheme": lazy_gettext("只能用 https 开头的地址，没有保存。"),
    "unknown": lazy_gettext("找不到这个地址的服务器，没有保存。请检查有没有打错。"),
    "private": lazy_gettext("这个地址在公司内网里，门户不能往那里发，没有保存。"),
}

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether a kind reaches the person by a channel; ``value`` is what switching it sends."""

    channel: Channel
    is_on: bool
    is_open: bool
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """A kind of notice and its switches."""

    kind: str
    switches: tuple[Switch, ...]


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(CHANNEL_NAMES=CHANNEL_NAMES)


@blueprint.get("")
def show() -> str:
    """All settings on one page."""
    person = current_person()
    with services().db.read() as session:
        settings = reach.settings_for(session, current_user_id())
        mail_address = reach.mail_address_of(session, current_user_id())
    is_open = {
        Channel.PAGE: True,
        Channel.MAIL: bool(mail_address) and mail_configured(services().settings),
        Channel.CHAT: bool(settings.chat_address),
    }
    kinds = reach.kinds_for(person.role if person else "")
    return render_template(
        "settings/page.html",
        settings=settings,
        lines=[_line(kind, settings, is_open) for kind in KINDS if kind in kinds],
        is_open=is_open,
        mail_address=mail_address,
        mail_configured=mail_configured(services().settings),
        chat_shown=_shown(settings.chat_address),
        zone=services().settings.timezone.key,
        links=_links(),
        digest_url=page_url("digest.index"),
    )


@blueprint.post("/notices")
def switch() -> Response:
    """Switch one kind over one channel on or off."""
    kind, _, rest = request.form.get("switch", "").partition(".")
    channel, _, state = rest.partition(".")
    if kind not in reach.kinds() or channel not in set(Channel) or state not in ("on", "off"):
        abort(400)
    with services().db.write() as session:
        reach.choose(session, current_user_id(), kind, Channel(channel), state == "on")
    return _back(f"kind-{kind}")


@blueprint.post("/channel")
def stop_channel() -> Response:
    """Stop everything over one channel, or take everything up again."""
    channel, _, state = request.form.get("channel", "").partition(".")
    if channel not in set(Channel) or state not in ("on", "off"):
        abort(400)
    with services().db.write() as session:
        reach.choose_all(session, current_user_id(), Channel(channel), state == "on")
    name = CHANNEL_NAMES[Channel(channel)]
    flash(
        gettext("“%(name)s”全部打开了。", name=name)
        if state == "on"
        else gettext("“%(name)s”全部停了。", name=name),
        DONE,
    )
    return _back("channels")


@blueprint.post("/quiet")
def quiet() -> Response:
    """Keep quiet hours, or none."""
    wanted = "stop" not in request.form
    start, end = (_time(request.form.get(name, "")) for name in ("from", "until"))
    if wanted and (start is None or end is None or start == end):
        flash(gettext("请填写两个不同的时间，例如 22:00 到 08:00。设置没有改动。"), PROBLEM)
        return _back("quiet")
    with services().db.write() as session:
        reach.set_quiet_hours(
            session, current_user_id(), start if wanted else None, end if wanted else None
        )
    flash(gettext("已保存。") if wanted else gettext("不再设安静时段。"), DONE)
    return _back("quiet")


@blueprint.post("/chat")
def chat() -> Response:
    """Keep a chat robot's address, or forget it."""
    address = "" if "stop" in request.form else request.form.get("robot", "").strip()
    if address:
        try:
            address = _checked(address)
        except AddressRefused as refused:
            flash(str(ADDRESS_PROBLEMS[refused.reason]), PROBLEM)
            return _back("chat")
    with services().db.write() as session:
        reach.set_chat_address(session, current_user_id(), address)
    flash(
        gettext("机器人地址已保存，可以发一条试试。")
        if address
        else gettext("机器人地址已删除，不会再往群里发。"),
        DONE,
    )
    return _back("chat")


@blueprint.post("/chat/test")
def test_chat() -> Response:
    """Send one message to the chat robot and say whether it was taken."""
    with services().db.read() as session:
        settings = reach.settings_for(session, current_user_id())
    message = ChatMessage(
        gettext("知识门户：测试消息"), gettext("能看到这条消息，说明机器人地址是对的。")
    )
    try:
        send_chat(services().settings, _checked(settings.chat_address), message)
    except AddressRefused as refused:
        flash(str(ADDRESS_PROBLEMS[refused.reason]), PROBLEM)
    except PushError:
        flash(gettext("机器人没有收下消息。请检查地址是否完整、机器人是否还在群里。"), PROBLEM)
    else:
        flash(gettext("发出去了，请到群里看看。"), DONE)
    return _back("chat")


def _links() -> list[Link]:
    """Pages on which a person settles or sees more; those that this portal has."""
    pages = {
        "social.favourites": gettext("我的收藏"),
        "history.show": gettext("我的阅读记录"),
        "social.problem_list": gettext("问题报告"),
        "saved_searches.show": gettext("保存的搜索"),
        "feeds.show": gettext("订阅源"),
        "digest.index": gettext("每日简报"),
        "tokens.show": gettext("接口令牌"),
    }
    return [Link(name, url) for endpoint, name in pages.items() if (url := page_url(endpoint))]


def _checked(address: str) -> str:
    return check_address(address, allow_private=services().settings.private_webhooks)


def _line(kind: str, settings: ReachSettings, is_open: Mapping[Channel, bool]) -> Line:
    switches = []
    for channel in CHANNEL_NAMES:
        is_on = wants(settings, kind, channel)
        # The digest is a page whoever wants it; what goes out is what can be stopped.
        if kind == reach.DIGEST and channel == Channel.PAGE:
            continue
        value = f"{kind}.{channel.value}.{'off' if is_on else 'on'}"
        switches.append(Switch(channel, is_on, is_open[channel], value))
    return Line(kind, tuple(switches))


def _shown(address: str) -> str:
    """Enough of an address to know it again; the rest is as good as a password."""
    if not address:
        return ""
    parts = urlsplit(address)
    host = parts.hostname if parts.scheme == "https" else ""
    return f"{parts.scheme}://{host or ''}…{address[-SHOWN_TAIL:]}"


def _time(text: str) -> dt.time | None:
    try:
        return dt.time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def _back(anchor: str) -> Response:
    return redirect(url_for("settings.show", _anchor=anchor), 303)
