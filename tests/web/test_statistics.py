"""The figures for business managers, over HTTP: who sees them, what they show, what leaves."""

import csv
import io

import openpyxl
import pytest

from portal.accounts import add_user
from portal.app import create_app
from portal.db import utcnow
from portal.models import Role
from portal.statistics import refresh_statistics
from tests.web.stock import PASSWORD, Stock
from tests.web.visitor import Answer, Visitor

PAGE = "/statistics"


class Desk:
    """A business manager, after colleagues have read and searched."""

    def __init__(self, office: Stock) -> None:
        self.services = office.services
        self.app = create_app(office.services.settings, office.services)
        with self.services.db.write() as session:
            for login, role in (
                ("fangrui", Role.BUSINESS_MANAGER),
                ("tangli", Role.PRODUCT_MANAGER),
            ):
                add_user(
                    session,
                    login=login,
                    name="=方蕊" if login == "fangrui" else "唐莉",
                    role=role,
                    unit="hq",
                    password=PASSWORD,
                )
        self.manager = self.sign_in("fangrui")
        self.ids = office.ids

    def sign_in(self, login: str) -> Visitor:
        return Visitor(self.app).sign_in(login)

    def use(self) -> None:
        reader = self.sign_in("heping")
        for name in ("校园宽带资费表.xlsx", "平安校园建议书.docx"):
            reader.get(f"/documents/{self.ids[name]}")
        reader.get(f"/documents/{self.ids['校园宽带资费表.xlsx']}/original")
        for login in ("heping", "zhoumin"):
            self.sign_in(login).get("/search?q=量子恐龙")
        self.sign_in("linruoxi").get("/search?q=私人问题")
        self.refresh()

    def refresh(self) -> None:
        refresh_statistics(self.services.db, self.services.settings.timezone, utcnow())

    def page(self, tail: str = "") -> Answer:
        page = self.manager.get(PAGE + tail)
        assert page.status == 200, page.text
        return page


@pytest.fixture
def desk(office: Stock) -> Desk:
    return Desk(office)


def test_only_business_managers_and_administrators_see_figures(desk: Desk) -> None:
    addresses = (PAGE, f"{PAGE}/export.xlsx", f"{PAGE}/industry.csv")
    for login, status in (
        ("fangrui", 200),
        ("guanliyuan", 200),
        ("linruoxi", 403),
        ("tangli", 403),
    ):
        visitor = desk.sign_in(login)
        assert {visitor.get(address).status for address in addresses} == {status}, login
        assert ("统计" in visitor.get("/favourites").links(".places a")) == (status == 200)
    assert {Visitor(desk.app).get(address).status for address in addresses} == {303}


def test_the_page_shows_use_by_industry_stage_unit_and_author(desk: Desk) -> None:
    desk.use()
    page = desk.page()
    assert [text.split()[0] for text in page.texts(".figures dd")] == ["2", "1", "0", "1"]
    cards = {card.split(" ")[0]: card for card in page.texts(".figure-grid .figure-card")}
    assert "教育 3 次 · 1 人" in cards["哪些行业的资料用得多"]
    assert "方案呈现 1 次 · 1 人" in cards["用在哪些阶段"]
    assert "南屿分公司 3 次 · 1 人" in cards["哪些单位在用"]
    assert "林若溪 2 次 · 1 人" in cards["谁写的资料用得多"]


def test_every_chart_has_words_and_its_table(desk: Desk) -> None:
    desk.use()
    page = desk.page()
    chart = page.all("svg.chart[role=img]")[0]
    labels = (chart.attributes["aria-labelledby"] or "").split()
    assert all(page.all(f"#{label}") for label in labels)
    assert len(page.all(".table-fold table")) >= 6
    assert "<style" not in page.html
    assert ' style="' not in page.html
    today = utcnow().astimezone(desk.services.settings.timezone).date().isoformat()
    assert f"{today}2101" in page.texts(".table-fold tr")


def test_no_reader_is_named(desk: Desk) -> None:
    desk.use()
    main = " ".join(desk.page().texts("main"))
    assert "何平" not in main
    assert "heping" not in main


def test_questions_in_vain_of_several_people_are_listed_with_their_fate(desk: Desk) -> None:
    desk.use()
    page = desk.page()
    assert page.texts(".wide-card .listing tbody tr") == ["量子恐龙 2 2 还没有着落"]
    assert "私人问题" not in page.text
    assert "这段时间有 2 个问题没有结果" in page.text


def test_the_map_is_covered_industry_by_industry(desk: Desk) -> None:
    rows = desk.page().texts(".stacks li")
    assert len(rows) == 9
    assert all("有效 0 /" in row for row in rows)


def test_before_the_first_count_the_page_says_so(desk: Desk) -> None:
    page = desk.page()
    assert "还没有汇总" in page.text
    assert "还没有从搜索里打开资料的记录" in page.text


@pytest.mark.parametrize("period", ["week", "month", "quarter"])
def test_spans_can_be_chosen_and_leafed_through(desk: Desk, period: str) -> None:
    page = desk.page(f"?period={period}")
    assert page.all(".tabs [aria-current]")
    earlier = page.links(".steps a")["← 上一期"]
    assert f"period={period}" in earlier or period == "month"
    before = desk.manager.get(earlier)
    assert before.status == 200
    assert "下一期 →" in before.links(".steps a")
    assert "下一期 →" not in page.links(".steps a")


@pytest.mark.parametrize(
    "tail",
    ["?period=year", "?start=2026-11-02", "?start=x", "?start=1999-01-01", "?start=2999-01-01"],
)
def test_a_span_that_is_none_is_not_found(desk: Desk, tail: str) -> None:
    assert desk.manager.get(PAGE + tail).status == 404
    assert desk.manager.get(f"{PAGE}/export.xlsx{tail}").status == 404


def test_each_table_leaves_as_csv(desk: Desk) -> None:
    desk.use()
    page = desk.page()
    addresses = {url for text, url in _links(page) if text == "下载 CSV"}
    assert len(addresses) == 7  # without find times: nobody opened a result
    for address in addresses:
        answer = desk.manager.get(address)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert len(list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))) >= 1
    industries = desk.manager.get(f"{PAGE}/industry.csv").data.decode("utf-8-sig")
    assert "教育,2,1,0,1" in industries
    assert desk.manager.get(f"{PAGE}/nonsense.csv").status == 404


def test_everything_leaves_as_one_workbook_without_formulas(desk: Desk) -> None:
    desk.use()
    data = desk.manager.get(f"{PAGE}/export.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == [
        "每天",
        "按行业",
        "按阶段",
        "按读者单位",
        "按作者",
        "找到用时",
        "没有结果的搜索",
        "知识地图",
    ]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}


def test_the_page_is_in_english_too(desk: Desk) -> None:
    desk.use()
    desk.manager.submit("/language", language="en", next=PAGE)
    assert "Education" in desk.page().text


def _links(page: Answer) -> list[tuple[str, str]]:
    return [
        (" ".join(node.text().split()), node.attributes["href"] or "")
        for node in page.all(".figure-card a")
    ]
