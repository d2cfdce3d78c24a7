"""A portal in which every page has something to show, made through its own forms."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.catalogue import Viewer
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.ingest import Filing, Limits, ingest
from portal.keys import secret_key
from portal.models import Notice, Slot, TaxonomyTerm, User
from portal.push.digest import make_digests
from portal.push.webhooks import Subscription, add_webhook
from portal.recommend import refresh_hottest, refresh_newest, refresh_recommended
from portal.services import Services
from portal.statistics import refresh_statistics
from tests.web.stock import Stock
from tests.web.visitor import Visitor

DIGEST_DAY = dt.date(2026, 9, 5)
DIGEST_NIGHT = dt.datetime(2026, 9, 4, 18, tzinfo=dt.UTC)
PROPOSAL = "平安校园建议书.docx"
DECK = "智慧校园整体方案.pptx"
DRAFT = "组网草稿.md"
WAITING = "南屿一中专线建议书.md"
WAITING_TEXT = "# 南屿一中双路由专线建议书\n\n## 组网\n\n主备两条专线，月租合计 9800 元。\n"

INDUSTRIES = {"linruoxi": ("education", "healthcare"), "zhoumin": ("education",)}
SUBMITTED = {
    "action": "submit",
    "title": "南屿一中双路由专线建议书",
    "industry": "education",
    "stage": "solution",
    "kind": "proposal",
    "visibility": "everyone",
}


@dataclass(frozen=True, slots=True)
class Furnished:
    """The portal, and what its addresses may name."""

    app: Flask
    services: Services
    ids: dict[str, int]
    samples: dict[str, object]


def furnish(library: Stock) -> Furnished:
    """Let two colleagues work for a day in a library of the test's own, and make the lists."""
    settings = dataclasses.replace(library.services.settings, anonymous_reading=True)
    services = dataclasses.replace(library.services, settings=settings)
    _give_industries(services)
    app = create_app(settings, services)
    ids = dict(library.ids) | {WAITING: _bring(services)}
    _work(app, ids)
    _subscribe(services)
    make_lists(services)
    return Furnished(app, services, ids, _samples(services, ids))


def _give_industries(services: Services) -> None:
    with services.db.write() as session:
        for login, codes in INDUSTRIES.items():
            person = session.scalars(sa.select(User).where(User.login == login)).one()
            terms = sa.select(TaxonomyTerm).where(TaxonomyTerm.code.in_(codes))
            person.industries = list(session.scalars(terms))
    keep_slots(services.db, services.taxonomy(), utcnow())
    make_digests(services, DIGEST_DAY, now=DIGEST_NIGHT)


def _bring(services: Services) -> int:
    with services.db.read() as session:
        author = session.scalars(sa.select(User.id).where(User.login == "zhoumin")).one()
    filing = Filing(author_id=author, publish=False)
    brought = ingest(
        services.db,
        services.blobs,
        services.taxonomy(),
        WAITING_TEXT.encode(),
        WAITING,
        filing,
        Limits(),
    )
    assert brought.document_id is not None
    return brought.document_id


def _work(app: Flask, ids: dict[str, int]) -> None:
    manager = Visitor(app).sign_in("linruoxi")
    colleague = Visitor(app).sign_in("zhoumin")
    proposal = f"/documents/{ids[PROPOSAL]}"
    for visitor, address, form in (
        (manager, f"/documents/{ids[DECK]}/template", {"wanted": "yes"}),
        (manager, "/feeds/address", {}),
        (manager, "/saved", {"q": "校园", "name": "校园的新资料", "ways": "at-once"}),
        (manager, f"{proposal}/favourite", {"wanted": "yes"}),
        (colleague, f"{proposal}/uses", {"customer": "云澜市第一中学", "outcome": "won"}),
        (colleague, f"{proposal}/comments", {"comment": "@林若溪 附录二的测算可以直接用。"}),
        (colleague, f"{proposal}/problems", {"problem": "第 3 页的价格已经调整。"}),
        (colleague, f"/documents/{ids[WAITING]}/edit", SUBMITTED),
        (colleague, "/requests", {"q": "量子恐龙", "industry": "education"}),
    ):
        answer = visitor.submit(address, **form)
        assert answer.status == 303, (address, answer.status, answer.text)
    for question in ("校园 宽带", "量子加密专线"):
        assert manager.get(f"/search?q={question}").status == 200


def _subscribe(services: Services) -> None:
    # Past the form, which looks its address up in the network.
    wanted = Subscription("客户系统", "http://127.0.0.1:9/hook", ("document.published",))
    with services.db.write() as session:
        add_webhook(
            session,
            secret_key(services.settings),
            wanted,
            services.taxonomy(),
            utcnow(),
            allow_private=True,
        )


def make_lists(services: Services) -> None:
    """Make the lists and figures that jobs make."""

    def similar(number: int) -> list[int]:
        return [each.id for each in services.search.similar(number, Viewer.operator())]

    refresh_newest(services.db)
    refresh_hottest(services.db, utcnow())
    refresh_recommended(services.db, similar, utcnow())
    refresh_statistics(services.db, services.settings.timezone, utcnow())


def _samples(services: Services, ids: dict[str, int]) -> dict[str, object]:
    with services.db.read() as session:
        slot = session.scalars(sa.select(Slot.id).order_by(Slot.id)).first()
        notice = session.scalars(sa.select(Notice.id).order_by(Notice.id)).first()
        person = session.scalars(sa.select(User.id).where(User.login == "zhoumin")).first()
    return {
        "document_id": ids[PROPOSAL],
        "slot_id": slot,
        "number": notice,
        "user_id": person,
        "webhook_id": 1,
        "request_id": 1,
        "industry": "education",
        "name": "recommended",
        "day": DIGEST_DAY.isoformat(),
    }
