"""Webhooks: which systems are told what, and the ledger of what was told."""

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import TaxonomyError
from portal.db import utcnow
from portal.keys import secret_key
from portal.models import DeliveryState, WebhookEvent
from portal.notices.webhook import AddressRefused
from portal.push import webhooks
from portal.push.webhooks import Subscription, WebhookError
from portal.web.context import services
from portal.web.messages import LazyText, gettext, lazy_gettext

WEBHOOK = "/<int(max=2147483647):webhook_id>"
DONE = "done"
EVENT_NAMES: Mapping[str, LazyText] = {
    WebhookEvent.PUBLISHED: lazy_gettext("发布"),
    WebhookEvent.UPDATED: lazy_gettext("有了新版本"),
    WebhookEvent.SUPERSEDED: lazy_gettext("被取代"),
    WebhookEvent.ARCHIVED: lazy_gettext("下架"),
    webhooks.TEST: lazy_gettext("测试"),
}
STATE_NAMES: Mapping[str, LazyText] = {
    DeliveryState.WAITING: lazy_gettext("等待发送"),
    DeliveryState.SENDING: lazy_gettext("正在发送"),
    DeliveryState.SENT: lazy_gettext("已送达"),
    DeliveryState.FAILED: lazy_gettext("没有送达"),
    DeliveryState.WITHDRAWN: lazy_gettext("不再发送"),
}
STOPPED: Mapping[str, LazyText] = {
    "hand": lazy_gettext("已停用"),
    "failures": lazy_gettext("一直收不下，已停用"),
    "gone": lazy_gettext("对方要求不再发送，已停用"),
}
SENTENCES: Mapping[str, LazyText] = {
    "name": lazy_gettext("请起一个名字，最多 60 个字。"),
    "events": lazy_gettext("请至少选一件要通知的事。"),
    "address": lazy_gettext("地址太长了，最多 500 个字符。"),
    "form": lazy_gettext("这不像一个完整的网址，没有保存。"),
    "scheme": lazy_gettext("只能用 https 开头的地址，没有保存。"),
    "unknown": lazy_gettext("找不到这个地址的服务器，没有保存。请检查有没有打错。"),
    "private": lazy_gettext("这个地址在公司内网里，门户不能往那里发，没有保存。"),
}

blueprint = Blueprint("admin_webhooks", __name__, url_prefix="/admin/webhooks")


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        WEBHOOK_EVENTS=EVENT_NAMES, WEBHOOK_STATES=STATE_NAMES, WEBHOOK_STOPPED=STOPPED
    )


@blueprint.get("")
def show() -> str:
    """All webhooks, and the form that adds one."""
    return _page(Subscription("", "", (WebhookEvent.PUBLISHED, WebhookEvent.SUPERSEDED)))


@blueprint.post("/add")
def add() -> str | tuple[str, int]:
    """Add a webhook; this answer is the only one that holds its secret."""
    wanted = _filled()
    settings = services().settings
    try:
        with services().db.write() as session:
            webhook_id, secret = webhooks.add_webhook(
                session,
                secret_key(settings),
                wanted,
                services().taxonomy(),
                utcnow(),
                allow_private=settings.private_webhooks,
            )
    except (WebhookError, AddressRefused) as error:
        return _page(wanted, str(SENTENCES[error.reason])), 422
    except TaxonomyError:
        abort(400)
    return _one(webhook_id, secret)


@blueprint.get(WEBHOOK)
def one(webhook_id: int) -> str:
    """One webhook with its ledger."""
    return _one(webhook_id)


@blueprint.post(f"{WEBHOOK}/renew")
def renew(webhook_id: int) -> str:
    """Give it a new secret, shown this once."""
    try:
        with services().db.write() as session:
            secret = webhooks.renew_secret(
                session, secret_key(services().settings), webhook_id, utcnow()
            )
    except LookupError:
        abort(404)
    return _one(webhook_id, secret)


@blueprint.post(f"{WEBHOOK}/stop")
def stop(webhook_id: int) -> Response:
    """Send nothing more."""
    return _do(
        webhook_id,
        lambda session: webhooks.stop_webhook(session, webhook_id, utcnow()),
        gettext("已停用。还没发出的留着，重新启用后接着发。"),
    )


@blueprint.post(f"{WEBHOOK}/start")
def start(webhook_id: int) -> Response:
    """Go on."""
    return _do(
        webhook_id,
        lambda session: webhooks.start_webhook(session, webhook_id, utcnow()),
        gettext("已重新启用，没发出的马上接着发。"),
    )


@blueprint.post(f"{WEBHOOK}/test")
def test(webhook_id: int) -> Response:
    """Send a message that says nothing."""
    return _do(
        webhook_id,
        lambda session: webhooks.ask_for_test(session, webhook_id, utcnow()),
        gettext("测试消息十几秒内发出，结果看下面的记录。"),
    )


@blueprint.post(f"{WEBHOOK}/deliveries/<int(max=2147483647):delivery_id>/again")
def again(webhook_id: int, delivery_id: int) -> Response:
    """Send a message of the ledger once more."""
    return _do(
        webhook_id,
        lambda session: webhooks.send_again(session, webhook_id, delivery_id, utcnow()),
        gettext("十几秒内重新发送，编号不变。"),
    )


@blueprint.post(f"{WEBHOOK}/remove")
def remove(webhook_id: int) -> Response:
    """Forget a webhook and its ledger."""
    try:
        with services().db.write() as session:
            webhooks.remove_webhook(session, webhook_id)
    except LookupError:
        abort(404)
    flash(gettext("Webhook 已删除。"), DONE)
    return redirect(url_for("admin_webhooks.show"), 303)


def _do(webhook_id: int, act: Callable[[Session], None], told: str) -> Response:
    try:
        with services().db.write() as session:
            act(session)
    except LookupError:
        abort(404)
    flash(told, DONE)
    return redirect(url_for("admin_webhooks.one", webhook_id=webhook_id), 303)


def _page(filled: Subscription, problem: str = "") -> str:
    with services().db.read() as session:
        found = webhooks.webhooks(session)
    return render_template(
        "admin/webhooks.html",
        webhooks=found,
        filled=filled,
        problem=problem,
        events=tuple(WebhookEvent),
        taxonomy=services().taxonomy(),
    )


def _one(webhook_id: int, secret: str = "") -> str:
    with services().db.read() as session:
        found = next((each for each in webhooks.webhooks(session) if each.id == webhook_id), None)
        ledger = webhooks.ledger(session, webhook_id)
    if found is None:
        abort(404)
    return render_template(
        "admin/webhook.html",
        webhook=found,
        ledger=ledger,
        secret=secret,
        taxonomy=services().taxonomy(),
    )


def _filled() -> Subscription:
    codes = services().taxonomy().codes("industry")
    form = request.form
    return Subscription(
        name=" ".join(form.get("name", "")[:500].split()),
        address=form.get("target", "")[:2000].strip(),
        events=tuple(each for each in WebhookEvent if each in form.getlist("event")),
        industries=tuple(each for each in codes if each in form.getlist("industry")),
        with_restricted="restricted" in form,
    )
