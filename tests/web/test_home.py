"""The home page of each role."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.models import (
    Document,
    Notice,
    NoticeKind,
    Role,
    ScheduledJob,
    Slot,
    Status,
    TaxonomyTerm,
    User,
)
from tests.web.stock import Stock
from tests.web.visitor import Visitor

PEOPLE = {
    "linruoxi": (Role.INDUSTRY_MANAGER, ("education", "healthcare")),
    "zhoumin": (Role.ACCOUNT_MANAGER, ("education",)),
    "heping": (Role.PRODUCT_MANAGER, ()),
}


class Homes:
    """A private copy of the library, whose people work in industries."""

    def __init__(self, office: Stock) -> None:
        self.stock, self.services = office, office.services
        for login, (role, industries) in PEOPLE.items():
            self.become(login, role, *industries)
        keep_slots(self.services.db, self.services.taxonomy(), utcnow())
        self.app = create_app(self.services.settings, self.services)

    def become(self, login: str, role: Role, *industries: str) -> int:
        """Give a person a role and industries; return the person's number."""
        with self.services.db.write() as session:
            person = session.scalars(sa.select(User).where(User.login == login)).one()
            person.role = role
            person.industries = list(
                session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.code.in_(industries)))
            )
            return person.id

    def visitor(self, login: str) -> Visitor:
        return Visitor(self.app).sign_in(login)

    def put(self, file: str, stage: str, kind: str, checked: dt.datetime) -> None:
        """Let a document stand in a slot of education since a day."""
        with self.services.db.write() as session:
            terms = {
                (row.facet, row.code): row.id for row in session.scalars(sa.select(TaxonomyTerm))
            }
            session.execute(
                sa.update(Slot)
                .where(
                    Slot.industry_id == terms["industry", "education"],
                    Slot.stage_id == terms["stage", stage],
                    Slot.kind_id == terms["kind", kind],
                )
                .values(document_id=self.stock.ids[file], checked_at=checked, refresh_days=30)
            )
            session.execute(
                sa.update(Document)
                .where(Document.id == self.stock.ids[file])
                .values(published_at=checked)
            )


@pytest.fixture
def homes(office: Stock) -> Homes:
    return Homes(office)


def test_an_industry_manager_first_reads_what_waits(homes: Homes) -> None:
    now = utcnow()
    homes.put("校园宽带资费表.xlsx", "negotiation", "tariff", now - dt.timedelta(days=40))
    homes.put("智慧校园整体方案.pptx", "solution", "template", now - dt.timedelta(days=20))
    manager = homes.become("linruoxi", Role.INDUSTRY_MANAGER, "education")
    with homes.services.db.write() as session:
        session.add(
            Notice(
                user_id=manager,
                kind=NoticeKind.SLOT_DUE,
                key="a",
                document_id=None,
                actor_id=None,
                data={},
                at=now,
                read_at=None,
            )
        )
    page = homes.visitor("linruoxi").get("/")
    assert page.texts(".task") == ["1 个模板位已过期", "1 个模板位将到期", "1 条未读通知"]
    button = page.links(".today .button")["去处理"]
    assert button.startswith("/?industry=education&stage=negotiation#slot-")
    assert page.texts(".stage.chosen .stage-name") == ["商务谈判"]
    assert "已过期 10 天" in page.texts(".slot-card .state")


def test_a_manager_switches_between_industries(homes: Homes) -> None:
    visitor = homes.visitor("linruoxi")
    page = visitor.get("/")
    assert "教育行业 · 知识地图" in page.text
    other = page.links(".switch a")["医疗卫生"]
    assert "医疗卫生行业 · 知识地图" in visitor.get(other).text
    # Nobody's home shows the map of an industry that is not theirs.
    assert "教育行业 · 知识地图" in visitor.get("/?industry=finance&stage=nowhere").text


def test_adopting_on_the_home_page_comes_back_to_it(homes: Homes) -> None:
    visitor = homes.visitor("linruoxi")
    page = visitor.get("/?industry=education&stage=negotiation")
    form = page.all(".slot-card form[action$='/fill']")[0]
    fields = {
        each.attributes["name"] or "": each.attributes["value"] or "" for each in form.css("input")
    }
    answer = visitor.post(form.attributes["action"] or "", **fields)
    assert answer.location == "/?industry=education&stage=negotiation#stage"


def test_a_manager_without_an_industry_learns_what_to_do(homes: Homes) -> None:
    homes.become("linruoxi", Role.INDUSTRY_MANAGER)
    page = homes.visitor("linruoxi").get("/")
    assert page.status == 200
    assert "还没有给您分配行业" in page.text
    assert page.links(".empty a")["看全部行业的地图"] == "/map"


def test_an_account_manager_sees_the_map_and_own_drafts_but_changes_nothing(homes: Homes) -> None:
    author = homes.become("zhoumin", Role.ACCOUNT_MANAGER, "education")
    with homes.services.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == homes.stock.ids["组网草稿.md"])
            .values(author_id=author)
        )
    page = homes.visitor("zhoumin").get("/")
    assert "教育行业 · 知识地图" in page.text
    assert page.texts("#drafts a") == ["网点组网建议书草稿"]
    assert page.all(".slot-card form") == []
    assert page.texts(".today .task") == ["今天没有等您处理的事。"]


def test_a_product_manager_sees_what_to_check_and_what_is_missing(homes: Homes) -> None:
    late, steward = utcnow() - dt.timedelta(days=3), homes.become("heping", Role.PRODUCT_MANAGER)
    with homes.services.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == homes.stock.ids["校园宽带资费表.xlsx"])
            .values(steward_id=steward, review_due_at=late)
        )
    page = homes.visitor("heping").get("/")
    assert page.texts(".task")[0] == "1 份资料该核对了"
    assert page.texts(".kept a")[0] == "校园宽带与学生套餐资费表"
    assert "该核对了" in page.texts(".kept-due")[0]
    assert len(page.all(".gap-group")) == 9
    assert "方案整合 · 资费方案（空缺）" in page.texts(".gap-tag")


def test_a_business_manager_sees_figures_and_coverage(homes: Homes) -> None:
    homes.become("heping", Role.BUSINESS_MANAGER)
    page = homes.visitor("heping").get("/")
    assert page.texts(".figures dt") == [
        "近 7 天搜索",
        "搜索人数",
        "没有结果",
        "找到用时（中位数）",
    ]
    assert len(page.all(".coverage tbody tr")) == 9
    assert page.all("#attention") == []


def test_an_administrator_sees_what_is_wrong(homes: Homes) -> None:
    with homes.services.db.write() as session:
        session.add(
            ScheduledJob(
                name="digest",
                title="为每位行业经理整理当天的简报。",
                every_seconds=None,
                daily_at="02:00",
                known_at=utcnow(),
                next_at=None,
                paused_at=None,
                paused_by=None,
                asked_at=None,
                asked_by=None,
                succeeded_at=None,
                failures=2,
                failing_since=utcnow(),
            )
        )
        document = session.get_one(Document, homes.stock.ids["组网草稿.md"])
        document.status, document.submitted_at = Status.IN_REVIEW, utcnow()
    page = homes.visitor("guanliyuan").get("/")
    assert page.texts(".task")[:2] == ["1 个任务出错", "1 份上传待您审核"]
    assert "连续失败 2 次" in page.texts("#attention li")[0]


def test_everyone_but_a_visitor_has_the_five_places_at_the_thumb(
    homes: Homes, guest: Visitor
) -> None:
    for login in PEOPLE:
        visitor = homes.visitor(login)
        home = visitor.get("/")
        places = home.links(".tabbar a")
        assert list(places) == ["首页", "地图", "搜索", "上传"]
        assert home.texts(".tabbar button") == ["我的"]
        assert {visitor.get(address).status for address in places.values()} == {200}
    assert guest.get("/").all(".tabbar") == []
    assert guest.get("/").all(".hero")


def test_no_home_shows_what_its_reader_may_not_read(homes: Homes) -> None:
    for role in (Role.INDUSTRY_MANAGER, Role.PRODUCT_MANAGER, Role.BUSINESS_MANAGER):
        homes.become("linruoxi", role, "government", "education")
        page = homes.visitor("linruoxi").get("/?industry=government")
        assert page.status == 200
        assert "云澜专线底价授权" not in page.text
        assert "客户面谈个人记录" not in page.text
