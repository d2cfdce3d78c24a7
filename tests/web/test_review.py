"""Handing in, deciding and keeping documents in order, over HTTP."""

import datetime as dt
import io

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.catalogue import Viewer, publish
from portal.catalogue.lifecycle import submit
from portal.db import utcnow
from portal.ingest import Filing, Limits, ingest
from portal.models import Document, TaxonomyTerm, User, UserIndustry
from tests.web.stock import Stock
from tests.web.uploader import draft
from tests.web.visitor import Answer, Visitor

LETTER = "# 云澜七中宽带升级建议书\n\n## 资费\n\n专线月租五千二百元，三年合约。\n"
CHEAPER = LETTER.replace("五千二百元", "四千八百元")
KEYS = {
    "title": "云澜七中宽带升级建议书",
    "industry": "education",
    "kind": "proposal",
    "visibility": "everyone",
}


@pytest.fixture
def app(office: Stock) -> Flask:
    """The office's portal, in which 林若溪 answers for education."""
    with office.services.db.write() as session:
        manager = sa.select(User.id).where(User.login == "linruoxi")
        industry = sa.select(TaxonomyTerm.id).where(TaxonomyTerm.code == "education")
        session.add(UserIndustry(user_id=session.scalar(manager), term_id=session.scalar(industry)))
    return create_app(office.services.settings, office.services)


@pytest.fixture
def author(app: Flask) -> Visitor:
    return Visitor(app).sign_in("zhoumin")


@pytest.fixture
def reviewer(app: Flask) -> Visitor:
    return Visitor(app).sign_in("linruoxi")


@pytest.fixture
def reader(app: Flask) -> Visitor:
    return Visitor(app).sign_in("heping")


@pytest.fixture
def waiting(office: Stock, app: Flask) -> int:
    """周敏's letter, which waits for 林若溪."""
    services = office.services
    with services.db.read() as session:
        author = session.scalars(sa.select(User).where(User.login == "zhoumin")).one()
        viewer = Viewer.of(author)
    filing = Filing(author.id, {"industry": ("education",), "kind": ("proposal",)})
    taxonomy, data = services.taxonomy(), LETTER.encode()
    outcome = ingest(services.db, services.blobs, taxonomy, data, "七中.md", filing, Limits())
    assert outcome.document_id is not None
    with services.db.write() as session:
        submit(session, viewer, outcome.document_id, utcnow())
    return outcome.document_id


@pytest.fixture
def published(office: Stock, waiting: int) -> int:
    """The letter, published."""
    with office.services.db.write() as session:
        publish(session, waiting)
    return waiting


def decide(reviewer: Visitor, number: int, decision: str, comment: str = "", at: int = 1) -> Answer:
    form = {"decision": decision, "comment": comment, "version": str(at)}
    return reviewer.submit(f"/review/{number}", **form)


def bring(visitor: Visitor, number: int, text: str, comment: str = "") -> str:
    """Upload a version; return what is said then."""
    form = {
        "csrf_token": visitor.token(),
        "comment": comment,
        "file": (io.BytesIO(text.encode()), "七中新版.md"),
    }
    address = f"/documents/{number}/versions"
    with visitor.client.post(address, data=form, content_type="multipart/form-data") as reply:
        assert reply.status_code == 303, reply.get_data(as_text=True)
    return said(visitor, number)


def said(visitor: Visitor, number: int) -> str:
    page = visitor.get(f"/documents/{number}")
    return " ".join(page.texts(".done") + page.texts(".notice.problem"))


def test_from_draft_to_readers(author: Visitor, reviewer: Visitor, reader: Visitor) -> None:
    waiting = draft(author, LETTER, "七中.md")
    answer = author.submit(f"/documents/{waiting}/edit", **KEYS, action="submit")
    assert answer.location == f"/documents/{waiting}", answer.text
    assert reader.get(f"/documents/{waiting}").status == 404
    assert "等林若溪审核" in author.get(f"/documents/{waiting}").text
    queue = reviewer.get("/review")
    assert queue.texts("ol .queue-item h3") == ["云澜七中宽带升级建议书"]
    assert queue.texts(".nav-count") == ["1"]
    page = reviewer.get(f"/review/{waiting}")
    assert "专线月租五千二百元，三年合约。" in page.texts(".section p")
    assert decide(reviewer, waiting, "publish", "可以").location == "/review"
    assert reviewer.get("/review").texts(".done") == ["已发布，作者会收到通知。"]
    assert reader.get(f"/documents/{waiting}").status == 200
    assert "已通过审核" in author.get("/notices").text


def test_a_return_carries_its_words_to_the_author(
    author: Visitor, reviewer: Visitor, waiting: int
) -> None:
    assert decide(reviewer, waiting, "return").location == f"/review/{waiting}"
    assert "请写一两句退回的原因" in reviewer.get(f"/review/{waiting}").text
    decide(reviewer, waiting, "return", "请补上<b>安装费</b>")
    page = author.get(f"/documents/{waiting}")
    assert page.texts(".life-banner .life-comment") == ["请补上<b>安装费</b>"]
    assert page.texts(".life-state strong") == ["已退回"]
    assert reviewer.get(f"/documents/{waiting}").status == 404


def test_only_whom_it_waits_for_decides(
    author: Visitor, reviewer: Visitor, reader: Visitor, app: Flask, waiting: int
) -> None:
    assert reader.get(f"/review/{waiting}").status == 404
    assert decide(reader, waiting, "publish").status == 404
    assert author.get(f"/review/{waiting}").location == f"/documents/{waiting}"
    decide(author, waiting, "publish")
    assert reader.get(f"/documents/{waiting}").status == 404
    administrator = Visitor(app).sign_in("guanliyuan")
    assert "等林若溪审核" in administrator.get("/review").text
    assert decide(administrator, waiting, "publish").location == "/review"


def test_a_decision_that_is_none_is_refused(reviewer: Visitor, waiting: int) -> None:
    for decision, version in (("burn", "1"), ("publish", "x"), ("", "")):
        form = {"decision": decision, "version": version}
        assert reviewer.submit(f"/review/{waiting}", **form).status == 400
    assert reviewer.get(f"/review/{waiting}").status == 200


def test_every_step_needs_the_forms_token(author: Visitor, published: int) -> None:
    for step in ("archive", "confirm", "steward", "supersede", "versions", "versions/1/restore"):
        assert author.post(f"/documents/{published}/{step}").status == 400
    assert author.post(f"/review/{published}", decision="publish", version="1").status == 400


def test_a_reader_sees_no_buttons_and_has_none(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    assert reader.get(f"/documents/{published}").all("#life") == []
    answer = reader.submit(f"/documents/{published}/archive")
    assert answer.location == f"/documents/{published}"
    assert "什么都没有改动" in said(reader, published)
    assert reader.get(f"/documents/{published}/supersede").status == 404


def test_the_author_archives_and_restores(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    author.submit(f"/documents/{published}/archive")
    assert "已归档" in said(author, published)
    assert reader.get(f"/documents/{published}").status == 404
    author.submit(f"/documents/{published}/restore")
    assert reader.get(f"/documents/{published}").status == 200
    # A manager no longer sees what is archived, and is led on.
    assert reviewer.submit(f"/documents/{published}/archive").location == "/review"


def test_an_overdue_document_says_so_until_it_is_confirmed(
    office: Stock, author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    with office.services.db.write() as session:
        session.get_one(Document, published).review_due_at = utcnow() - dt.timedelta(days=1)
    page = reader.get(f"/documents/{published}")
    assert "可能过期" in page.texts(".document-head .tag")
    assert "请先向维护人周敏确认" in page.text
    author.submit(f"/documents/{published}/confirm")
    assert "谢谢确认" in said(author, published)
    assert "可能过期" not in reader.get(f"/documents/{published}").text


def test_another_colleague_takes_over(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    author.submit(f"/documents/{published}/steward", login="heping")
    assert "维护人：何平" in reader.get(f"/documents/{published}").texts(".life-state")[0]
    author.submit(f"/documents/{published}/steward", login="nobody")
    assert "没有找到" in said(author, published)


def test_readers_of_the_superseded_are_led_on(
    office: Stock, author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    assert reader.get(f"/documents/{published}/original").status == 200
    other = office.ids["平安校园建议书.docx"]
    choices = author.get(f"/documents/{published}/supersede?q=平安校园建议书")
    values = [node.attributes["value"] for node in choices.all("input[name=successor]")]
    assert str(other) in values
    author.submit(f"/documents/{published}/supersede", successor=str(other))
    page = reader.get(f"/documents/{published}")
    assert page.links(".life-banner a") == {"《区县教育局平安校园建议书》": f"/documents/{other}"}
    assert "已被另一份资料取代" in reader.get("/notices").text
    assert "它取代了" in reader.get(f"/documents/{other}").text


def test_a_successor_is_not_named_to_whom_it_is_hidden(
    office: Stock, author: Visitor, reader: Visitor, published: int
) -> None:
    assert reader.get(f"/documents/{published}/original").status == 200
    hidden = str(office.ids["专线底价授权.md"])
    assert author.submit(f"/documents/{published}/supersede", successor=hidden).status == 303
    page = reader.get(f"/documents/{published}")
    assert page.texts(".life-banner") != []
    for answer in (page, reader.get("/notices"), reader.get(f"/api/v1/documents/{published}")):
        assert "底价" not in answer.html
        assert f"/documents/{hidden}" not in answer.html


def test_no_successor_is_no_change(author: Visitor, published: int) -> None:
    for successor in ("", "abc", "999999", "99999999999999999999"):
        author.submit(f"/documents/{published}/supersede", successor=successor)
        assert "取代它的应是另一份" in said(author, published)


def test_administrators_set_the_periods(app: Flask) -> None:
    administrator = Visitor(app).sign_in("guanliyuan")
    page = administrator.get("/admin/review-periods")
    days = {
        node.attributes["name"] or "": node.attributes["value"] or ""
        for node in page.all(".period input")
    }
    assert days["days-tariff"] == "30"
    assert (
        administrator.submit("/admin/review-periods", **days | {"days-tariff": "7"}).status == 303
    )
    again = administrator.get("/admin/review-periods").all("#days-tariff")
    assert again[0].attributes["value"] == "7"
    refused = administrator.submit("/admin/review-periods", **days | {"days-tariff": "0"})
    assert refused.status == 422
    assert "天数应是 1 到 3650" in refused.text


def test_a_new_version_waits_and_shows_what_is_new(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    reader.get(f"/documents/{published}/original")
    assert "新版本已提交审核" in bring(author, published, CHEAPER, "降价")
    assert "五千二百元" in reader.get(f"/documents/{published}").text
    page = reviewer.get(f"/review/{published}")
    assert (page.texts("del"), page.texts("ins")) == (["五千二百元"], ["四千八百元"])
    assert decide(reviewer, published, "publish", at=2).location == "/review"
    assert "四千八百元" in reader.get(f"/documents/{published}").text
    notice = [
        link for text, link in reader.get("/notices").links("main a").items() if "新版本" in text
    ]
    assert notice
    difference = reader.get(f"/documents/{published}/versions/compare?from=1&to=2")
    assert (difference.texts(".diff del"), difference.texts(".diff ins")) == (
        ["五千二百元"],
        ["四千八百元"],
    )


def test_versions_can_be_compared_taken_and_restored(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    assert "新版本已经生效" in bring(reviewer, published, CHEAPER)
    history = reader.get(f"/documents/{published}/versions")
    assert [text.split()[1] for text in history.texts(".version strong")] == ["2", "1"]
    old = reader.get(f"/documents/{published}/versions/1/original")
    assert old.data.decode() == LETTER
    assert old.headers["Content-Disposition"].startswith("attachment")
    author.submit(f"/documents/{published}/versions/1/restore")
    assert "已恢复为第 1 版" in said(author, published)
    assert "五千二百元" in reader.get(f"/documents/{published}").text
    steps = author.get(f"/documents/{published}/versions").texts(".changes strong")
    assert steps == ["恢复旧版本", "上传新版本", "发布", "提交审核"]
    assert reader.get(f"/documents/{published}/versions").all(".changes") == []


def test_a_version_that_waits_is_hidden_from_readers(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    bring(author, published, CHEAPER)
    for tail in ("/2/original", "/compare?from=1&to=2", "/compare?to=x", "/3/original"):
        assert reader.get(f"/documents/{published}/versions{tail}").status == 404
    assert len(reader.get(f"/documents/{published}/versions").all(".version")) == 1
    assert author.get(f"/documents/{published}/versions/2/original").data.decode() == CHEAPER


def test_what_goes_wrong_with_a_new_version_is_said(
    author: Visitor, reviewer: Visitor, reader: Visitor, published: int
) -> None:
    assert "完全相同" in bring(author, published, LETTER)
    assert "文件是空的" in bring(author, published, "")
    assert "什么都没有改动" in bring(reader, published, CHEAPER)
    hidden = draft(reader, CHEAPER, "何平的草稿.md")
    assert hidden
    told = bring(author, published, CHEAPER)
    assert "已经收录过了" in told
    assert "七中" not in told
