"""A document's page and its original."""

import re
from urllib.parse import quote

import pytest

from tests.web.stock import FILES, Stock
from tests.web.visitor import Answer, Visitor


def read(visitor: Visitor, stock: Stock, name: str, tail: str = "") -> Answer:
    return visitor.get(f"/documents/{stock.ids[name]}{tail}")


def test_it_shows_title_keys_and_the_text_by_section(guest: Visitor, stock: Stock) -> None:
    page = read(guest, stock, "平安校园建议书.docx")
    assert page.status == 200
    assert page.texts("h1") == ["区县教育局平安校园建议书"]
    assert page.links(".keys a") == {
        "方案呈现": "/search?stage=presentation",
        "项目建议书": "/search?kind=proposal",
        "教育": "/search?industry=education",
    }
    assert "每校一条 100M 宽带接入，汇聚到教育局机房。" in page.texts(".section p")


def test_the_outline_leads_to_every_section(guest: Visitor, stock: Stock) -> None:
    page = read(guest, stock, "平安校园建议书.docx")
    outline = page.links("nav.outline a")
    anchors = [f"#{node.attributes['id']}" for node in page.all(".section")]
    assert list(outline.values()) == anchors
    assert "三、资费测算" in outline


def test_slides_are_named_by_number(guest: Visitor, stock: Stock) -> None:
    page = read(guest, stock, "智慧校园整体方案.pptx")
    assert page.texts(".section-head .pill") == ["幻灯片 1", "幻灯片 2", "幻灯片 3"]
    assert page.texts("#s2 h2") == ["网络层设计"]


def test_sheets_are_tables_with_headers(guest: Visitor, stock: Stock) -> None:
    page = read(guest, stock, "校园宽带资费表.xlsx")
    assert page.texts("#s1 .section-head") == ["工作表“宿舍宽带”"]
    assert page.texts("#s1 th") == ["产品", "下行速率", "学年价", "备注"]
    assert page.texts("#s1 tbody tr:first-child td")[2] == "360 元"


def test_the_text_of_a_document_is_never_markup(guest: Visitor, stock: Stock) -> None:
    page = read(guest, stock, FILES[7].name)
    assert page.texts("h1") == ['<script>alert("标题")</script>安全样例']
    assert "正文里有 <img src=x onerror=alert(1)> 和 & 字样。" in page.text
    assert page.all("main img") == []
    scripts = [node.attributes["src"] or "" for node in page.all("script")]
    assert [script.partition("?")[0] for script in scripts] == [
        "/static/portal.js",
        "/static/suggest.js",
        "/static/offline.js",
    ]


def test_the_original_downloads_unchanged_under_its_chinese_name(
    guest: Visitor, stock: Stock
) -> None:
    answer = read(guest, stock, "校园宽带资费表.xlsx", "/original")
    assert answer.status == 200
    assert answer.data == FILES[0].data
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert f"filename*=UTF-8''{quote('校园宽带资费表.xlsx')}" in disposition
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_hostile_file_name_stays_a_name(guest: Visitor, stock: Stock) -> None:
    answer = read(guest, stock, FILES[7].name, "/original")
    assert answer.status == 200
    assert "X-Evil" not in answer.headers
    assert quote('"') not in answer.headers["Content-Disposition"].partition("UTF-8''")[2]


@pytest.mark.parametrize("tail", ["", "/original"])
@pytest.mark.parametrize(
    ("name", "who_may"),
    [
        ("校园宽带资费表.xlsx", {"manager", "colleague", "administrator"}),
        ("专线底价授权.md", {"colleague", "administrator"}),
        ("组网草稿.md", {"manager", "administrator"}),
        ("面谈记录.md", {"colleague", "administrator"}),
    ],
)
@pytest.mark.parametrize("who", ["manager", "colleague", "administrator"])
def test_only_its_audience_reads_a_document(
    request: pytest.FixtureRequest,
    stock: Stock,
    name: str,
    who_may: set[str],
    who: str,
    tail: str,
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    assert read(visitor, stock, name, tail).status == (200 if who in who_may else 404)


def test_a_document_that_may_not_be_read_looks_like_none(guest: Visitor, stock: Stock) -> None:
    hidden = read(guest, stock, "面谈记录.md")
    absent = guest.get("/documents/2147483647")
    assert hidden.status == absent.status == 404
    assert hidden.texts("main") == absent.texts("main")
    assert "面谈" not in hidden.html


@pytest.mark.parametrize("number", ["0", "-1", "abc", "2147483648", "9" * 400, "1.5"])
def test_a_number_that_is_no_document_is_not_found(guest: Visitor, number: str) -> None:
    assert guest.get(f"/documents/{number}").status == 404


def test_labels_say_who_may_read(colleague: Visitor, stock: Stock) -> None:
    tags = ".document-head .tag"
    assert read(colleague, stock, "专线底价授权.md").texts(tags) == ["仅本单位可见"]
    assert read(colleague, stock, "面谈记录.md").texts(tags) == ["仅作者可见"]


def test_a_very_long_document_comes_in_parts(guest: Visitor, stock: Stock) -> None:
    first = read(guest, stock, "巡检记录.md")
    assert len(first.all(".section")) == len(first.all("nav.outline a")) == 200
    second = guest.get(first.links(".pager a")["下一页"])
    assert second.all(".section")[0].attributes["id"] == "s201"
    assert len(read(guest, stock, "巡检记录.md", "?part=3").all(".section")) == 50


def test_a_hit_leads_to_the_part_that_holds_its_place(guest: Visitor, stock: Stock) -> None:
    address = guest.get('/search?q="第 444 次巡检"').links(".hit-foot a")["第 444 次巡检"]
    path, _, mark = address.partition("&from=")
    assert path == f"/documents/{stock.ids['巡检记录.md']}?part=3"
    assert re.fullmatch(r"[\w-]+\.1\.444#s444", mark)
    assert "第 444 次巡检未见异常。" in guest.get(address).texts("#s444 p")


@pytest.mark.parametrize("part", ["0", "4", "-1", "x", "9" * 4000, ""])
def test_a_part_that_is_not_there_is_not_found(guest: Visitor, stock: Stock, part: str) -> None:
    assert read(guest, stock, "巡检记录.md", f"?part={part}").status == 404


def test_a_visitor_reads_the_history_but_changes_nothing(guest: Visitor, stock: Stock) -> None:
    number = stock.ids["平安校园建议书.docx"]
    assert guest.get(f"/documents/{number}/versions").status == 200
    assert guest.submit(f"/documents/{number}/versions").location.startswith("/login")
    assert guest.submit(f"/documents/{number}/versions/1/restore").location.startswith("/login")
    assert guest.submit(f"/documents/{number}/archive").location.startswith("/login")
