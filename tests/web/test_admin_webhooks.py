"""The administrators' page of webhooks."""

import dataclasses

import pytest
from flask import Flask

from portal import audit
from portal.app import create_app
from tests.web.stock import Stock
from tests.web.visitor import Visitor, within

HOOK = "https://127.0.0.1/hook"


@pytest.fixture
def app(office: Stock) -> Flask:
    settings = dataclasses.replace(office.services.settings, private_webhooks=True)
    return create_app(settings, dataclasses.replace(office.services, settings=settings))


@pytest.fixture
def keeper(app: Flask) -> Visitor:
    return Visitor(app).sign_in("guanliyuan")


def test_a_webhook_is_added_tried_stopped_and_removed(keeper: Visitor, office: Stock) -> None:
    form = {"name": "客户系统", "target": HOOK, "event": "document.published"}
    made = keeper.submit("/admin/webhooks/add", **form, industry="education")
    secret = within(made.all(".made")[0], "input").attributes["value"] or ""
    assert secret.startswith("whsec_")
    page = keeper.get("/admin/webhooks/1")
    assert secret not in page.html
    assert "教育" in page.text
    renewed = keeper.submit("/admin/webhooks/1/renew")
    assert within(renewed.all(".made")[0], "input").attributes["value"] != secret

    for step, words in (("test", "测试消息"), ("stop", "已停用"), ("start", "重新启用")):
        assert keeper.submit(f"/admin/webhooks/1/{step}").status == 303
        assert words in keeper.get("/admin/webhooks/1").text
    assert "等待发送" in keeper.get("/admin/webhooks/1").text
    assert keeper.submit("/admin/webhooks/1/remove").status == 303
    assert keeper.get("/admin/webhooks/1").status == 404
    with office.services.db.read() as session:
        found, _ = audit.find(session, audit.AuditFilter(), 0, 20)
    acts = [entry.action for entry in found if entry.action.startswith("webhook")]
    assert (acts[0], acts[-1]) == (audit.Act.WEBHOOK_REMOVED, audit.Act.WEBHOOK_ADDED)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"name": "", "target": HOOK, "event": "document.published"}, "名字"),
        ({"name": "客户系统", "target": HOOK}, "至少选一件"),
        ({"name": "客户系统", "target": "客户系统", "event": "document.archived"}, "网址"),
        ({"name": "客户系统", "target": "ftp://a.cn", "event": "document.archived"}, "https"),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_filled_in(
    keeper: Visitor, form: dict[str, str], says: str
) -> None:
    page = keeper.submit("/admin/webhooks/add", **form)
    assert page.status == 422
    assert says in page.texts("[role=alert]")[0]
    assert within(page.all("form.form")[0], "#address").attributes["value"] == form["target"]


def test_the_private_network_is_not_called_unless_allowed(office: Stock) -> None:
    app = create_app(office.services.settings, office.services)
    keeper = Visitor(app).sign_in("guanliyuan")
    form = {"name": "客户系统", "target": HOOK, "event": "document.published"}
    page = keeper.submit("/admin/webhooks/add", **form)
    assert page.status == 422
    assert "内网" in page.text
