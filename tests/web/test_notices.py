"""The bell and its page, over HTTP."""

import datetime as dt
from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.db import utcnow
from portal.models import Document, NoticeKind, User, Visibility
from portal.notices import post
from portal.notices.wording import KIND_NAMES, SENTENCES
from tests.web.stock import Stock
from tests.web.visitor import Visitor

TARIFF = "校园宽带资费表.xlsx"


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def he(app: Flask) -> Visitor:
    return Visitor(app).sign_in("heping")


def tell(
    office: Stock,
    kind: NoticeKind,
    name: str | None = TARIFF,
    at: dt.datetime | None = None,
    data: Mapping[str, object] | None = None,
) -> None:
    """Post a notice to 何平, of 周敏's doing."""
    with office.services.db.write() as session:
        people = {user.login: user.id for user in session.scalars(sa.select(User))}
        now = at or utcnow()
        post(
            session,
            kind,
            [people["heping"]],
            now,
            key=f"{kind}-{now.isoformat()}",
            document_id=office.ids[name] if name else None,
            actor_id=people["zhoumin"],
            data=data,
        )


def bell(visitor: Visitor) -> str:
    (found,) = visitor.get("/favourites").all(".bell")
    return found.attributes["aria-label"] or ""


def test_the_bell_counts_what_is_unread(he: Visitor, office: Stock) -> None:
    assert bell(he) == "通知，没有未读"
    for _each in range(2):
        tell(office, NoticeKind.COMMENT)
    assert bell(he) == "通知，2 条未读"
    assert he.get("/").texts(".bell-count") == ["2"]


def test_following_a_notice_reads_it_and_leads_to_what_it_is_about(
    he: Visitor, office: Stock
) -> None:
    tell(office, NoticeKind.MENTION, data={"comment_id": 7})
    (address,) = he.get("/notices").links(".told-words a").values()
    answer = he.get(address)
    assert answer.location == f"/documents/{office.ids[TARIFF]}#comment-7"
    assert bell(he) == "通知，没有未读"


def test_what_a_browser_fetches_ahead_stays_unread(he: Visitor, office: Stock) -> None:
    tell(office, NoticeKind.MENTION, data={"comment_id": 7})
    (address,) = he.get("/notices").links(".told-words a").values()
    he.get(address, headers={"Sec-Purpose": "prefetch"})
    assert bell(he) == "通知，1 条未读"


def test_every_kind_has_a_name_and_a_sentence(he: Visitor, office: Stock) -> None:
    assert set(KIND_NAMES) - {"digest"} == set(SENTENCES) == set(NoticeKind)
    data = {
        "job": "nightly",
        "industry": "education",
        "stage": "solution",
        "kind": "tariff",
        "text": "量子专线",
    }
    for kind in NoticeKind:
        tell(office, kind, data=data)
    shown = he.get("/notices").texts(".told-words a")
    assert len(shown) == len(NoticeKind)
    assert not [text for text in shown if "%(" in text or "None" in text]
    assert "未读 周敏评论了《校园宽带与学生套餐资费表》。" in shown
    assert "未读 知识地图“教育 · 方案整合 · 资费方案”的资料该更新了。" in shown


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        (NoticeKind.REVIEW_ASKED, {}, "/review/{document}"),
        (NoticeKind.PUBLISHED, {}, "/documents/{document}"),
        (
            NoticeKind.NEW_VERSION,
            {"from": 1, "to": 2},
            "/documents/{document}/versions/compare?from=1&to=2",
        ),
        (NoticeKind.NEW_VERSION, {"successor": 3}, "/documents/{document}"),
        (NoticeKind.PROBLEM_REPORTED, {"problem_id": 5}, "/documents/{document}#problem-5"),
        (NoticeKind.APPLIED, {"use_id": 5}, "/documents/{document}#use-5"),
        (NoticeKind.SLOT_DUE, {"slot_id": 5}, "/map/slots/5"),
        (NoticeKind.REQUEST_ASKED, {"request": 5, "text": "量子专线"}, "/requests/5"),
        (NoticeKind.JOB_FAILED, {"job": "digest"}, "/admin/jobs"),
        (NoticeKind.WEBHOOK_STOPPED, {"name": "客户系统", "webhook": 7}, "/admin/webhooks/7"),
    ],
)
def test_each_leads_to_what_it_is_about(
    he: Visitor, office: Stock, kind: NoticeKind, data: dict[str, object], path: str
) -> None:
    tell(office, kind, data=data)
    (address,) = he.get("/notices").links(".told-words a").values()
    assert he.get(address).location == path.format(document=office.ids[TARIFF])


def test_they_are_grouped_by_day_newest_first(he: Visitor, office: Stock) -> None:
    now = utcnow()
    tell(office, NoticeKind.COMMENT, at=now - dt.timedelta(days=1))
    tell(office, NoticeKind.PUBLISHED, at=now)
    shown = he.get("/notices")
    assert shown.texts(".day h2") == ["今天", "昨天"]
    assert "已通过审核" in shown.texts(".told-words a")[0]


def test_they_can_be_narrowed_by_kind_and_to_unread(he: Visitor, office: Stock) -> None:
    tell(office, NoticeKind.COMMENT)
    tell(office, NoticeKind.PUBLISHED)
    shown = he.get("/notices")
    assert list(shown.links(".kinds a")) == ["各类", "审核通过", "新评论"]
    comments = he.get(shown.links(".kinds a")["新评论"])
    assert len(comments.texts(".told-item")) == 1
    he.submit("/notices/read", newest="99", kind="comment")
    assert bell(he) == "通知，1 条未读"
    unread = he.get("/notices?list=unread")
    assert ["已通过审核" in text for text in unread.texts(".told-words a")] == [True]
    assert he.get("/notices?list=unread&kind=comment").texts(".empty h2") == ["都看过了"]


def test_one_is_marked_read_in_place(he: Visitor, office: Stock) -> None:
    tell(office, NoticeKind.COMMENT)
    action = he.get("/notices").all(".told-item form")[0].attributes["action"] or ""
    assert he.submit(action, kind="comment", unread="yes").location == (
        "/notices?kind=comment&list=unread"
    )
    assert bell(he) == "通知，没有未读"


def test_after_access_is_withdrawn_nothing_of_the_document_is_told(
    app: Flask, he: Visitor, office: Stock
) -> None:
    zhou = Visitor(app).sign_in("zhoumin")
    zhou.submit(f"/documents/{office.ids[TARIFF]}/comments", comment="@何平 底价是八折")
    assert "底价是八折" in he.get("/notices").text
    with office.services.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == office.ids[TARIFF])
            .values(visibility=Visibility.AUTHOR)
        )
    shown = he.get("/notices")
    assert shown.texts(".told-words a") == ["未读 这条通知说到的资料，您现在看不到了。"]
    assert not [word for word in ("周敏", "资费表", "底价") if word in shown.texts(".day")[0]]
    assert he.get(next(iter(shown.links(".told-words a").values()))).location == "/notices"


def test_nobody_reaches_anothers_notices(app: Flask, he: Visitor, office: Stock) -> None:
    tell(office, NoticeKind.COMMENT)
    (address,) = he.get("/notices").links(".told-words a").values()
    zhou = Visitor(app).sign_in("zhoumin")
    assert zhou.get(address).status == 404
    zhou.submit(f"{address}/read")
    zhou.submit("/notices/read", newest="99")
    assert bell(he) == "通知，1 条未读"


def test_nothing_is_marked_without_the_forms_token(he: Visitor, office: Stock) -> None:
    tell(office, NoticeKind.COMMENT)
    assert he.post("/notices/read", newest="99").status == 400
    assert bell(he) == "通知，1 条未读"


def test_many_notices_come_in_pages(he: Visitor, office: Stock) -> None:
    now = utcnow()
    for number in range(45):
        tell(office, NoticeKind.COMMENT, at=now - dt.timedelta(minutes=number))
    first = he.get("/notices")
    assert len(first.texts(".told-item")) == 40
    assert len(he.get(first.links(".pager a")["下一页"]).texts(".told-item")) == 5


@pytest.mark.parametrize("tail", ["?kind=lottery", "?page=0", "?page=9", "?page=x", "/2147483647"])
def test_an_address_that_means_nothing_is_not_found(he: Visitor, tail: str) -> None:
    assert he.get(f"/notices{tail}").status == 404
