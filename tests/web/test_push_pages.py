"""The pages of digests, saved searches and requests."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.db import utcnow
from portal.models import (
    DigestIssue,
    Document,
    Notice,
    NoticeKind,
    SavedSearch,
    Status,
    TaxonomyTerm,
    User,
    UserIndustry,
)
from portal.push.alerts import run_alerts
from portal.push.digest import make_digests
from tests.web.feed_rules import assert_valid
from tests.web.stock import Stock
from tests.web.visitor import Visitor


def another(office: Stock, login: str = "") -> Visitor:
    visitor = Visitor(create_app(office.services.settings, office.services))
    return visitor.sign_in(login) if login else visitor


def join(office: Stock, login: str, *industries: str) -> None:
    with office.services.db.write() as session:
        user = session.scalars(sa.select(User.id).where(User.login == login)).one()
        terms = session.scalars(
            sa.select(TaxonomyTerm.id).where(
                TaxonomyTerm.facet == "industry", TaxonomyTerm.code.in_(industries)
            )
        )
        session.add_all(UserIndustry(user_id=user, term_id=each) for each in terms)


@pytest.fixture
def served(office: Stock, office_visitor: Visitor) -> Visitor:
    """林若溪, who keeps education, with the digest of 5 September 2026."""
    join(office, "linruoxi", "education")
    day = dt.date(2026, 9, 5)
    night = dt.datetime(2026, 9, 4, 18, tzinfo=dt.UTC)
    assert make_digests(office.services, day, now=night).made == 1
    return office_visitor.sign_in("linruoxi")


def test_the_archive_leads_to_the_page_and_the_page_is_then_read(served: Visitor) -> None:
    archive = served.get("/digest/")
    assert archive.texts("main h2") == ["2026 年 9 月"]
    (link,) = archive.all(".days a")
    assert "未读" in link.text()
    page = served.get(link.attributes["href"] or "")
    assert page.status == 200
    assert page.texts("h1") == ["2026年9月5日简报"]
    assert page.texts(".sheet-items h3") == ["区县教育局平安校园建议书"]
    assert served.get(page.all(".sheet-items a")[0].attributes["href"] or "").status == 200
    assert "未读" not in served.get("/digest/").text


def test_the_page_runs_no_script_and_has_no_style_of_its_own(served: Visitor) -> None:
    page = served.get("/digest/2026-09-05")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.all("script, style, [style], [onclick]") == []
    for sheet in page.all("link[rel=stylesheet]"):
        assert served.get(sheet.attributes["href"] or "").status == 200


def test_nobody_reads_another_persons_digest(served: Visitor, office: Stock) -> None:
    assert another(office, "zhoumin").get("/digest/2026-09-05").status == 404
    assert another(office).get("/digest/2026-09-05").status == 303
    assert "还没有简报" in another(office, "zhoumin").get("/digest/").text
    for wrong in ("2026-09-06", "2026-13-40", "x", "..%2f..%2fetc"):
        assert served.get(f"/digest/{wrong}").status == 404


def test_a_withdrawn_document_leaves_the_page(served: Visitor, office: Stock) -> None:
    with office.services.db.write() as session:
        gone = session.get_one(Document, office.ids["平安校园建议书.docx"])
        gone.status = Status.ARCHIVED
    page = served.get("/digest/2026-09-05")
    assert "平安校园" not in page.text
    assert "后来撤下" in page.text


def test_a_search_is_saved_from_its_results(office: Stock, office_visitor: Visitor) -> None:
    visitor = office_visitor.sign_in("zhoumin")
    results = visitor.get("/search?q=校园&industry=education")
    form = visitor.get(results.links(".found-acts a")["保存这个搜索"])
    values = {
        field.attributes["name"] or "": field.attributes["value"] or ""
        for field in form.all("form.form input[type=hidden]")
        if field.attributes["name"] != "csrf_token"
    }
    assert values == {"q": "校园", "industry": "education"}
    assert visitor.submit("/saved", **values, name="校园 · 教育", ways="at-once").status == 303
    page = visitor.get("/saved")
    assert page.texts("main h2") == ["校园 · 教育"]
    assert "马上通知我" in page.text
    assert visitor.get(page.links("h2 a")["校园 · 教育"]).texts("#count")[0].startswith("3 份文档")


def test_one_click_stops_a_saved_search(office: Stock, office_visitor: Visitor) -> None:
    visitor = office_visitor.sign_in("zhoumin")
    visitor.submit("/saved", q="校园", name="校园资料", ways="mail")
    (form,) = visitor.get("/saved").all("form[action^='/saved/']")
    address = form.attributes["action"] or ""
    assert visitor.submit(f"{address}/stop", name="校园资料").status == 303
    with office.services.db.read() as session:
        (row,) = session.scalars(sa.select(SavedSearch))
    assert (row.by_mail, row.at_once, row.in_feed, row.in_digest) == (False,) * 4
    assert "不提醒" in visitor.get("/saved").text
    assert visitor.submit(f"{address}/remove").status == 303
    assert "还没有保存的搜索" in visitor.get("/saved").text


def test_a_saved_search_has_a_feed_that_ends_when_it_is_stopped(
    office: Stock, office_visitor: Visitor
) -> None:
    visitor = office_visitor.sign_in("zhoumin")
    visitor.submit("/saved", q="底价", name="底价", ways="feed")
    (field,) = visitor.get("/saved").all("input.address")
    path = (field.attributes["value"] or "").removeprefix("http://localhost")
    program = another(office)
    for address in (path, path.removesuffix(".atom"), path.replace(".atom", ".rss")):
        found = assert_valid(program.get(address).data)
        assert [entry.title for entry in found.entries] == ["云澜专线底价授权"]
    assert "底价" in visitor.get("/feeds").text
    (form,) = visitor.get("/saved").all("form[action^='/saved/']")
    visitor.submit(f"{form.attributes['action']}/stop", name="底价")
    assert program.get(path).status == 404


def test_nobody_touches_another_persons_saved_search(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("zhoumin").submit("/saved", q="校园", name="校园", ways="mail")
    other = another(office, "heping")
    for act in ("", "/stop", "/remove"):
        assert other.submit(f"/saved/1{act}", name="x").status == 404
    assert office_visitor.get("/saved").texts("main h2") == ["校园"]
    assert other.post("/saved/1/remove").status == 400  # no token
    assert another(office).get("/saved").status == 303


def test_a_hostile_name_is_text(office_visitor: Visitor) -> None:
    visitor = office_visitor.sign_in("zhoumin")
    visitor.submit("/saved", q="校园", name="<script>alert(1)</script>\u202e校园", ways="at-once")
    page = visitor.get("/saved")
    assert page.texts("main h2") == ["校园"]
    assert "alert(1)" not in page.html


def test_a_search_in_vain_becomes_a_request_and_is_answered(
    office: Stock, office_visitor: Visitor
) -> None:
    join(office, "linruoxi", "education")
    asker = office_visitor.sign_in("zhoumin")
    nothing = asker.get("/search?q=量子恐龙&industry=education")
    (form,) = nothing.all(".empty form[action='/requests']")
    values = {
        field.attributes["name"] or "": field.attributes["value"] or ""
        for field in form.css("input")
        if field.attributes["name"] != "csrf_token"
    }
    assert values == {"q": "量子恐龙", "industry": "education"}
    asked = asker.submit("/requests", **values)
    assert asked.status == 303
    assert "等待答复" in asker.get(asked.location).text
    manager = another(office, "linruoxi")
    assert "量子恐龙" in manager.get("/requests").texts("h2")
    page = manager.get(f"{asked.location}?q=校园宽带")
    document = str(office.ids["校园宽带资费表.xlsx"])
    assert document in [
        field.attributes["value"] for field in page.all(".picks input[name=document]")
    ]
    assert another(office, "heping").get(asked.location).status == 404
    done = manager.submit(f"{asked.location}/answer", document=document)
    assert done.status == 303
    answered = asker.get(asked.location)
    assert "校园宽带与学生套餐资费表" in answered.text
    with office.services.db.read() as session:
        kinds = session.scalars(sa.select(Notice.kind).order_by(Notice.id)).all()
    assert kinds == [NoticeKind.REQUEST_ASKED, NoticeKind.REQUEST_ANSWERED]


def test_an_answer_needs_words_or_a_document(office: Stock, office_visitor: Visitor) -> None:
    join(office, "linruoxi", "education")
    asker = office_visitor.sign_in("zhoumin")
    asked = asker.submit("/requests", q="量子恐龙", industry="education")
    manager = another(office, "linruoxi")
    refused = manager.submit(f"{asked.location}/answer", text="  ")
    assert refused.status == 422
    assert "什么都没有提交" in refused.text
    assert manager.submit(f"{asked.location}/answer", document="999999999999").status == 404
    assert asker.submit(f"{asked.location}/answer", text="我自己来").status == 404
    secret = str(office.ids["面谈记录.md"])
    assert manager.submit(f"{asked.location}/answer", document=secret).status == 404


def test_a_visitor_is_offered_neither_saving_nor_asking(guest: Visitor) -> None:
    assert guest.get("/search?q=校园").all(".found-acts .quiet-link") == []
    assert guest.get("/search?q=量子恐龙").all("form[action='/requests']") == []
    assert guest.get("/saved").location.startswith("/login")
    assert guest.get("/requests").location.startswith("/login")
    assert guest.submit("/requests", q="量子").status == 303


def test_an_alert_reaches_the_page_of_notices(office: Stock, office_visitor: Visitor) -> None:
    visitor = office_visitor.sign_in("zhoumin")
    visitor.submit("/saved", q="网点组网", name="组网", ways="at-once")
    run_alerts(office.services, utcnow() - dt.timedelta(days=2))
    with office.services.db.write() as session:
        draft = session.get_one(Document, office.ids["组网草稿.md"])
        draft.status, draft.published_at = Status.PUBLISHED, utcnow()
    with office.services.search.store.writing():
        office.services.indexer().rebuild()
    office.services.search.expire()
    run_alerts(office.services, utcnow())
    assert "网点组网建议书草稿" in visitor.get("/notices").text


def test_days_are_kept_by_person(served: Visitor, office: Stock) -> None:
    with office.services.db.read() as session:
        (issue,) = session.scalars(sa.select(DigestIssue))
    assert issue.content["items"][0].keys() == {"document", "why", "data"}
