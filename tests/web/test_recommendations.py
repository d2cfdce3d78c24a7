"""The lists that find people, over HTTP."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.catalogue import Viewer
from portal.models import Dismissal, Document, EventKind, ReaderEvent, TaxonomyTerm, User
from portal.recommend import (
    record_event,
    refresh_hottest,
    refresh_newest,
    refresh_recommended,
)
from tests.web.stock import Stock
from tests.web.visitor import Visitor

NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
MANAGER, COLLEAGUE = "linruoxi", "zhoumin"


def refresh(office: Stock) -> None:
    refresh_newest(office.services.db)
    refresh_hottest(office.services.db, NOW)

    def similar(number: int) -> list[int]:
        found = office.services.search.similar(number, Viewer.operator())
        return [document.id for document in found]

    refresh_recommended(office.services.db, similar, NOW)


def use(office: Stock, login: str, name: str, kind: EventKind = EventKind.VIEW) -> bool:
    with office.services.db.write() as session:
        reader = session.scalars(sa.select(User.id).where(User.login == login)).one()
        return record_event(session, reader, office.ids[name], kind, NOW)


def works_in(office: Stock, login: str, industry: str) -> None:
    with office.services.db.write() as session:
        person = session.scalars(sa.select(User).where(User.login == login)).one()
        term = session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.code == industry)).one()
        person.industries.append(term)


@pytest.fixture
def reader(office: Stock, office_visitor: Visitor) -> Visitor:
    """周敏, who works in education and has read nothing yet."""
    works_in(office, COLLEAGUE, "education")
    refresh(office)
    return office_visitor.sign_in(COLLEAGUE)


def test_a_new_colleague_gets_a_list_from_role_and_industry_alone(reader: Visitor) -> None:
    page = reader.get("/lists/recommended")
    assert page.status == 200
    assert "校园宽带与学生套餐资费表" in page.links(".ranked .item-title")
    assert all(page.texts(".why"))
    assert any("您的岗位常用" in sentence for sentence in page.texts(".why"))


def test_ones_own_documents_are_never_recommended(reader: Visitor) -> None:
    assert "平安校园建议书" not in reader.get("/lists/recommended").text


def test_what_somebody_else_may_not_read_is_not_recommended(office: Stock, reader: Visitor) -> None:
    hidden = "云澜专线底价授权"
    titles = Visitor(create_app(office.services.settings, office.services))
    assert hidden not in titles.sign_in("heping").get("/lists/recommended").text


def test_a_dismissed_document_is_gone_at_once_and_stays_gone(
    office: Stock, reader: Visitor
) -> None:
    number = office.ids["校园宽带资费表.xlsx"]
    answer = reader.submit(f"/recommendations/{number}/dismiss", next="/lists/recommended")
    assert answer.status == 303
    assert answer.location.endswith("/lists/recommended")
    page = reader.get("/lists/recommended")
    assert "记下了，不会再推荐这份资料" in page.text
    assert "校园宽带与学生套餐资费表" not in page.links(".ranked .item-title")
    refresh(office)
    assert "校园宽带与学生套餐资费表" not in reader.get("/lists/recommended").links(
        ".ranked .item-title"
    )


def test_a_dismissal_can_be_taken_back(office: Stock, reader: Visitor) -> None:
    number = office.ids["校园宽带资费表.xlsx"]
    reader.submit(f"/recommendations/{number}/dismiss")
    page = reader.get("/lists/recommended")
    assert page.texts(".dismissed summary") == ["您说过不要的 1 份"]
    reader.submit(f"/recommendations/{number}/restore")
    refresh(office)
    assert "校园宽带与学生套餐资费表" in reader.get("/lists/recommended").links(
        ".ranked .item-title"
    )


def test_dismissing_twice_changes_nothing(office: Stock, reader: Visitor) -> None:
    number = office.ids["校园宽带资费表.xlsx"]
    answers = [reader.submit(f"/recommendations/{number}/dismiss").status for _ in range(2)]
    assert answers == [303, 303]
    with office.services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Dismissal)) == 1


@pytest.mark.parametrize("action", ["dismiss", "restore"])
def test_nobody_learns_of_a_hidden_document_by_dismissing_it(
    office: Stock, office_visitor: Visitor, action: str
) -> None:
    visitor = office_visitor.sign_in("heping")
    hidden = office.ids["面谈记录.md"]
    assert visitor.submit(f"/recommendations/{hidden}/{action}").status == 404
    assert visitor.submit(f"/recommendations/999999/{action}").status == 404


def test_a_dismissal_needs_the_form_token_and_a_person(
    office: Stock, reader: Visitor, office_visitor: Visitor
) -> None:
    address = f"/recommendations/{office.ids['校园宽带资费表.xlsx']}/dismiss"
    assert reader.post(address).status == 400
    stranger = Visitor(create_app(office.services.settings, office.services))
    assert stranger.submit(address).location.startswith("/login")


def test_the_way_back_stays_on_this_site(office: Stock, reader: Visitor) -> None:
    number = office.ids["校园宽带资费表.xlsx"]
    answer = reader.submit(f"/recommendations/{number}/dismiss", next="//evil.example/")
    assert "evil" not in answer.location


def test_the_hottest_list_says_how_many_colleagues_used_a_document(
    office: Stock, office_visitor: Visitor
) -> None:
    for login in (COLLEAGUE, "heping"):
        works_in(office, login, "education")
        use(office, login, "智慧校园整体方案.pptx")
    refresh(office)
    page = office_visitor.sign_in(MANAGER).get("/lists/hot?industry=education")
    assert next(iter(page.links(".ranked .item-title"))) == "智慧校园整体方案"
    assert page.texts(".why")[0] == "本行业 2 位同事本周用过"
    overall = office_visitor.get("/lists/hot")
    assert overall.texts(".why")[0] == "2 位同事本周用过"


def test_the_newest_list_has_the_latest_publication_first(office: Stock, reader: Visitor) -> None:
    page = reader.get("/lists/newest?industry=education")
    assert list(page.links(".ranked .item-title")) == [
        "区县教育局平安校园建议书",
        "智慧校园整体方案",
        "校园宽带与学生套餐资费表",
    ]
    assert set(page.texts(".why")) == {"新发布"}


def test_a_withdrawn_document_leaves_the_lists_before_the_next_refresh(
    office: Stock, reader: Visitor
) -> None:
    with office.services.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == office.ids["校园宽带资费表.xlsx"])
            .values(status="archived")
        )
    for name in ("recommended", "newest"):
        assert "校园宽带与学生套餐资费表" not in reader.get(f"/lists/{name}").text


@pytest.mark.parametrize(
    "address", ["/lists/oldest", "/lists/hot?industry=space", "/lists/newest?industry=%EF%BF%BD"]
)
def test_an_unknown_list_or_industry_is_not_found(reader: Visitor, address: str) -> None:
    assert reader.get(address).status == 404


def test_an_industry_without_documents_says_so(reader: Visitor) -> None:
    assert "这里还没有资料" in reader.get("/lists/hot?industry=agriculture").text


def test_a_visitor_may_see_what_is_hot_but_gets_nothing_recommended(office: Stock) -> None:
    refresh(office)
    settings = dataclasses.replace(office.services.settings, anonymous_reading=True)
    services = dataclasses.replace(office.services, settings=settings)
    guest = Visitor(create_app(settings, services))
    assert guest.get("/lists/newest").status == 200
    assert guest.get("/lists/recommended").location.startswith("/login")


def test_opening_from_a_search_leaves_that_event_too(
    office: Stock, office_visitor: Visitor
) -> None:
    visitor = office_visitor.sign_in("heping")
    found = visitor.get("/search?q=校园宽带资费")
    link = next(href for href in found.links(".hit h2 a").values())
    visitor.get(link.partition("#")[0])
    with office.services.db.read() as session:
        kinds = set(session.scalars(sa.select(ReaderEvent.kind)))
    assert kinds == {EventKind.VIEW, EventKind.SEARCH_OPEN}
