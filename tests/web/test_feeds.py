"""Feeds over HTTP: what stands in them, for whom, and when nothing changed."""

import datetime as dt
import email.utils
import hashlib

import pytest
import sqlalchemy as sa
from lxml import etree

from portal.app import create_app
from portal.db import utcnow
from portal.jobs import catch_up
from portal.models import Document, FeedAddress, OutboxEntry, Status, User, Visibility
from portal.services import build_services
from tests.web.feed_rules import ATOM, assert_valid, parsed
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

INDUSTRIES = (
    "government",
    "public-safety",
    "education",
    "healthcare",
    "finance",
    "transport",
    "agriculture",
    "manufacturing",
    "commerce",
)
FORMS = ("rss", "atom")


def titles(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [entry.title for entry in parsed(answer.data).entries]


def change(office: Stock, name: str, **values: object) -> None:
    """Change a document as the portal does: the row and its outbox entry, then the index."""
    with office.services.db.write() as session:
        chosen = sa.update(Document).where(Document.id == office.ids[name])
        session.execute(chosen.values(**values))
        session.add(OutboxEntry(document_id=office.ids[name], created_at=utcnow()))
    catch_up(office.services)


def personal_token(visitor: Visitor) -> str:
    visitor.submit("/feeds/address")
    for field in visitor.get("/feeds").all("input.address"):
        address = field.attributes["value"] or ""
        if "/feeds/p/" in address:
            return address.partition("/feeds/p/")[2].partition("/")[0]
    raise AssertionError("no personal address is shown")


@pytest.mark.parametrize("form", FORMS)
def test_the_feeds_of_all_industries_are_valid(guest: Visitor, form: str) -> None:
    for code in INDUSTRIES:
        answer = guest.get(f"/feeds/industry/{code}.{form}")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(f"application/{form}+xml")
        assert_valid(answer.data)


@pytest.mark.parametrize("form", FORMS)
def test_an_industry_shows_what_everyone_may_read_newest_first(guest: Visitor, form: str) -> None:
    assert titles(guest.get(f"/feeds/industry/education.{form}")) == [
        "区县教育局平安校园建议书",
        "智慧校园整体方案",
        "校园宽带与学生套餐资费表",
    ]
    assert titles(guest.get(f"/feeds/industry/government.{form}")) == []


def test_a_feed_is_narrowed_by_stage_and_kind(guest: Visitor) -> None:
    address = "/feeds/industry/education.atom?stage=solution&kind=template"
    assert titles(guest.get(address)) == ["智慧校园整体方案"]
    assert guest.get("/feeds/industry/education.atom?stage=nowhere").status == 400
    assert guest.get("/feeds/industry/nowhere.atom").status == 404
    assert guest.get("/feeds/industry/education.pdf").status == 404


def test_dates_are_the_documents_own(guest: Visitor) -> None:
    for form in FORMS:
        entry = parsed(guest.get(f"/feeds/industry/education.{form}").data).entries[-1]
        assert entry.published_parsed[:5] == (2026, 9, 2, 1, 30)


def test_one_name_in_every_feed_and_after_a_restart(office: Stock) -> None:
    def names(services: object) -> set[str]:
        app = create_app(office.services.settings, services)  # type: ignore[arg-type]
        visitor = Visitor(app).sign_in("linruoxi")
        found = [visitor.get(f"/feeds/industry/education.{form}") for form in FORMS]
        found.append(visitor.get("/feeds/industry/education.rss?kind=template"))
        return {
            entry.id
            for answer in found
            for entry in parsed(answer.data).entries
            if entry.title == "智慧校园整体方案"
        }

    again = build_services(office.services.settings)
    first = names(office.services)
    assert len(first) == 1
    assert names(again) == first
    again.db.dispose()


def test_the_same_bytes_from_two_processes(office: Stock) -> None:
    answers = []
    for services in (office.services, build_services(office.services.settings)):
        visitor = Visitor(create_app(office.services.settings, services)).sign_in("linruoxi")
        answers.append(visitor.get("/feeds/industry/education.atom"))
        services.db.dispose()
    assert answers[0].data == answers[1].data
    for name in ("ETag", "Last-Modified"):
        assert answers[0].headers[name] == answers[1].headers[name]


def test_nothing_changed_is_told_by_either_validator(guest: Visitor) -> None:
    for form in FORMS:
        address = f"/feeds/industry/education.{form}"
        answer = guest.get(address)
        etag, modified = answer.headers["ETag"], answer.headers["Last-Modified"]
        assert etag == f'"{hashlib.sha256(answer.data).hexdigest()}"'
        assert answer.headers["Cache-Control"] == "private, no-cache"
        for headers in (
            {"If-None-Match": etag},
            {"If-Modified-Since": modified},
            {"If-None-Match": etag, "If-Modified-Since": modified},
        ):
            again = guest.get(address, headers)
            assert (again.status, again.data) == (304, b"")
            assert again.headers["ETag"] == etag
        earlier = email.utils.parsedate_to_datetime(modified) - dt.timedelta(seconds=1)
        other = {"If-Modified-Since": email.utils.format_datetime(earlier, usegmt=True)}
        assert guest.get(address, other).status == 200
        # The stronger validator decides where the two disagree.
        assert guest.get(address, {"If-None-Match": '"x"', "If-Modified-Since": modified}).status
        assert guest.get(address, {"If-None-Match": '"x"'}).status == 200


def test_a_withdrawn_document_leaves_and_both_validators_change(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("linruoxi")
    address = "/feeds/industry/education.atom"
    before = office_visitor.get(address)
    change(office, "平安校园建议书.docx", status=Status.ARCHIVED)
    after = later(office_visitor, address, before)
    assert "区县教育局平安校园建议书" not in titles(after)
    assert_valid(after.data)
    was = email.utils.parsedate_to_datetime(before.headers["Last-Modified"])
    assert email.utils.parsedate_to_datetime(after.headers["Last-Modified"]) > was


def test_an_update_changes_the_entry_and_makes_no_second_one(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("linruoxi")
    address = "/feeds/industry/education.atom"
    before = office_visitor.get(address)
    change(office, "平安校园建议书.docx", title="区县教育局平安校园建议书（第二版）")
    after = later(office_visitor, address, before)
    old, new = parsed(before.data).entries, parsed(after.data).entries
    assert [entry.id for entry in old] == [entry.id for entry in new]
    assert new[0].title == "区县教育局平安校园建议书（第二版）"


def later(visitor: Visitor, address: str, before: Answer) -> Answer:
    """The feed once it has changed; what documents do is seen within a second."""
    for _ in range(3000):
        answer = visitor.get(address, {"If-None-Match": before.headers["ETag"]})
        if answer.status == 200:
            return answer
    raise AssertionError("the feed did not change")


def test_hostile_titles_are_harmless_text(office: Stock, office_visitor: Visitor) -> None:
    title = '<script>alert(1)</script>资费\x01\x0b"&<b>粗</b>" 👩‍🏫 \u202egnp.exe\u200f عربي\ufffe'
    change(office, "智慧校园整体方案.pptx", title=title)
    office_visitor.sign_in("linruoxi")
    for form in FORMS:
        body = office_visitor.get(f"/feeds/industry/education.{form}").data
        found = assert_valid(body)
        shown = found.entries[1].title
        assert shown == '资费 "&粗" 👩‍🏫 gnp.exe\u200f عربي'
        assert b"alert(" not in body


def test_a_summary_is_harmless_in_rss(guest: Visitor, stock: Stock) -> None:
    with stock.services.db.read() as session:
        term = session.scalar(sa.text("select count(*) from document_terms"))
    assert term
    body = guest.get("/feeds/industry/healthcare.rss").data
    for item in etree.fromstring(body).iter("item"):
        assert item.findtext("description", "").startswith("<p>")


def test_public_originals_are_enclosed_where_everyone_may_fetch_them(
    guest: Visitor, manager: Visitor
) -> None:
    entry = parsed(guest.get("/feeds/industry/education.rss").data).entries[0]
    file = entry.enclosures[0]
    fetched = guest.get(file.href.removeprefix("http://localhost"))
    assert fetched.status == 200
    assert len(fetched.data) == int(file.length)
    atom = etree.fromstring(guest.get("/feeds/industry/education.atom").data)
    links = [link.get("rel") for link in atom.iter(f"{ATOM}link")]
    assert links.count("enclosure") == 3
    # Where one must sign in, a feed reader could not fetch the file.
    assert not parsed(manager.get("/feeds/industry/education.rss").data).entries[0].enclosures


def test_a_closed_portal_tells_a_program_to_sign_in(stranger: Visitor, manager: Visitor) -> None:
    assert stranger.get("/feeds/industry/education.rss").status == 401
    assert stranger.get("/feeds").status == 303
    assert manager.get("/feeds/industry/education.rss").status == 200


def test_a_personal_address_gives_what_its_owner_may_read(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("zhoumin")
    token = personal_token(office_visitor)
    program = Visitor(create_app(office.services.settings, office.services))
    own = program.get(f"/feeds/p/{token}/industry/government.atom")
    assert titles(own) == ["云澜专线底价授权"]
    assert titles(office_visitor.get("/feeds/industry/government.atom")) == []
    assert_valid(own.data)
    with office.services.db.read() as session:
        stored = session.scalars(sa.select(FeedAddress.token_hash)).all()
    assert stored == [hashlib.sha256(token.encode()).hexdigest()]


def test_a_draft_of_ones_own_is_no_news(office: Stock, office_visitor: Visitor) -> None:
    token = personal_token(office_visitor.sign_in("linruoxi"))
    answer = office_visitor.get(f"/feeds/p/{token}/industry/finance.atom")
    assert "网点组网建议书草稿" not in titles(answer)


def test_a_guessed_or_revoked_address_does_not_exist(
    office: Stock, office_visitor: Visitor
) -> None:
    token = personal_token(office_visitor.sign_in("zhoumin"))
    renewed = personal_token(office_visitor)
    assert renewed != token
    program = Visitor(create_app(office.services.settings, office.services))
    for wrong in (token, "A" * 22, "x", "%00", "令牌", renewed[:-1] + "_"):
        for path in (f"p/{wrong}/industry/education.rss", f"p/{wrong}/mine.opml"):
            assert program.get(f"/feeds/{path}").status == 404
        assert program.get(f"/feeds/search/{wrong}").status == 404
        assert program.get(f"/feeds/search/{wrong}.rss").status == 404
    (button,) = office_visitor.get("/feeds").all("form[action$=revoke]")
    assert office_visitor.submit(button.attributes["action"] or "").status == 303
    assert program.get(f"/feeds/p/{renewed}/industry/education.rss").status == 404


def test_nobody_ends_another_persons_address(office: Stock, office_visitor: Visitor) -> None:
    token = personal_token(office_visitor.sign_in("zhoumin"))
    other = Visitor(create_app(office.services.settings, office.services)).sign_in("heping")
    assert other.submit("/feeds/address/1/revoke").status == 404
    assert other.get(f"/feeds/p/{token}/industry/education.rss").status == 200
    stranger = Visitor(create_app(office.services.settings, office.services))
    assert stranger.submit("/feeds/address").status == 303  # to sign in
    assert other.post("/feeds/address").status == 400  # without the form's token


def test_permission_taken_away_shows_in_the_personal_feed(
    office: Stock, office_visitor: Visitor
) -> None:
    token = personal_token(office_visitor.sign_in("zhoumin"))
    address = f"/feeds/p/{token}/industry/education.atom"
    before = office_visitor.get(address)
    assert len(titles(before)) == 3
    author = "校园宽带资费表.xlsx"
    change(office, author, visibility=Visibility.AUTHOR)
    assert len(titles(later(office_visitor, address, before))) == 2
    with office.services.db.write() as session:
        hq = session.scalar(sa.select(User.unit_id).where(User.login == "linruoxi"))
        session.execute(sa.update(User).where(User.login == "zhoumin").values(unit_id=hq))
    government = office_visitor.get(f"/feeds/p/{token}/industry/government.atom")
    # Still the author's own: the unit has changed, the author has not.
    assert titles(government) == ["云澜专线底价授权"]


def test_all_of_ones_feeds_come_as_opml(office_visitor: Visitor) -> None:
    office_visitor.sign_in("zhoumin")
    plain = etree.fromstring(office_visitor.get("/feeds/mine.opml").data)
    assert plain.get("version") == "2.0"
    assert len(plain.findall("body/outline")) == len(INDUSTRIES)
    token = personal_token(office_visitor)
    root = etree.fromstring(office_visitor.get(f"/feeds/p/{token}/mine.opml").data)
    for outline in root.iter("outline"):
        assert outline.get("type") == "rss"
        path = outline.get("xmlUrl", "").removeprefix("http://localhost")
        assert path.startswith(f"/feeds/p/{token}/")
        assert_valid(office_visitor.get(path).data)


def test_pages_of_an_industry_name_its_feeds(guest: Visitor) -> None:
    page = guest.get("/search?industry=education&stage=solution")
    feeds = {
        link.attributes["type"]: link.attributes["href"] or ""
        for link in page.all("head link[rel=alternate]")
    }
    assert set(feeds) == {"application/atom+xml", "application/rss+xml"}
    for address in feeds.values():
        assert titles(guest.get(address)) == ["智慧校园整体方案", "校园宽带与学生套餐资费表"]
    assert guest.get("/search?q=校园").all("head link[rel=alternate]") == []


def test_the_page_of_feeds_says_what_to_do(guest: Visitor, manager: Visitor) -> None:
    assert "各行业" in guest.get("/feeds").texts("h2")
    assert "我的专属地址" in manager.get("/feeds").texts("h2")


def test_before_the_first_indexing_a_feed_asks_to_come_back(empty: Visitor) -> None:
    answer = empty.get("/feeds/industry/education.atom")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
