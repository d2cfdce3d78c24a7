"""Correcting a draft, accepting what is proposed, near duplicates, and handing it in."""

import io

import docx
import pytest
import sqlalchemy as sa

from portal.jobs import catch_up, uploads
from portal.models import (
    Document,
    SeparateDocument,
    Status,
)
from tests.web.stock import Stock
from tests.web.uploader import draft, send
from tests.web.visitor import Answer, Visitor

LETTER = (
    "# 云澜七中宽带升级建议书\n\n学校晚自习时段出口拥塞，建议新增一条千兆专线。\n\n"
    "## 资费\n\n专线月租五千二百元，三年合约期内免收安装费用。\n"
)
MANUAL = "".join(
    f"第{number}步，检查机房第{number}号机柜的电源指示灯，并把结果记在{number}号登记表里。\n"
    for number in range(1, 40)
)
FORM = {
    "title": "七中宽带升级建议书（定稿）",
    "summary": "给七中的千兆专线方案。",
    "keywords": "千兆专线，晚自习；出口拥塞",
    "industry": "education",
    "kind": "proposal",
    "visibility": "everyone",
}


@pytest.fixture
def visitor(office_visitor: Visitor) -> Visitor:
    return office_visitor.sign_in("zhoumin")


def edit(visitor: Visitor, number: int) -> Answer:
    return visitor.get(f"/documents/{number}/edit")


def save(visitor: Visitor, number: int, **form: str) -> Answer:
    return visitor.submit(f"/documents/{number}/edit", **(FORM | form))


def stored(office: Stock, number: int) -> Document:
    with office.services.db.read() as session:
        document = session.get_one(Document, number)
        assert document.terms is not None
        return document


def test_the_author_corrects_and_saves(office: Stock, visitor: Visitor) -> None:
    number = draft(visitor, LETTER, "七中.md")
    assert save(visitor, number).location == f"/documents/{number}/edit"
    document = stored(office, number)
    assert (document.title, document.status) == (FORM["title"], Status.DRAFT)
    assert document.keywords == ["千兆专线", "晚自习", "出口拥塞"]
    assert {term.code for term in document.terms} == {"education", "proposal"}
    page = edit(visitor, number)
    assert page.all("#summary")[0].text() == "给七中的千兆专线方案。"
    assert {node.attributes["value"] for node in page.all("input[checked]")} == {
        "education",
        "proposal",
        "everyone",
    }
    assert "草稿已保存。" in page.text


def test_nothing_proposed_is_applied_until_the_author_agrees(
    office: Stock, visitor: Visitor
) -> None:
    uploads.classifier(office.services)
    number = draft(visitor, "# 网点专线客户回访话术\n\n您好，回访网点专线使用情况如何。\n", "话.md")
    page = edit(visitor, number)
    proposed = {node.attributes["value"] for node in page.all("input[data-proposed]")}
    assert {"finance", "follow-up", "template"} <= proposed
    assert any(text.startswith("建议 9") for text in page.texts(".option.proposed .sure"))
    assert stored(office, number).terms == []
    answer = visitor.submit(
        f"/documents/{number}/edit", title="回访话术", visibility="unit", action="accept"
    )
    assert answer.status == 303
    document = stored(office, number)
    assert {term.code for term in document.terms} == proposed
    assert document.title == "回访话术"
    assert document.keywords != []


def test_accepting_all_keeps_what_the_author_chose(office: Stock, visitor: Visitor) -> None:
    uploads.classifier(office.services)
    number = draft(visitor, "# 网点专线客户回访话术\n\n您好，回访网点专线使用情况如何。\n", "话.md")
    save(visitor, number, kind="manual", action="accept")
    codes = {term.code for term in stored(office, number).terms}
    assert {"manual", "education", "finance"} <= codes
    assert "template" not in codes


def test_names_speak_where_there_is_nothing_to_learn_from(visitor: Visitor) -> None:
    number = draft(visitor, LETTER, "教育行业项目建议书.md")
    page = edit(visitor, number)
    assert page.texts(".option.proposed") == ["教育名称相符", "项目建议书名称相符"]


@pytest.mark.parametrize("action", ["accept-summary", "accept-keywords"])
def test_summary_and_keywords_are_accepted_one_by_one(
    office: Stock, visitor: Visitor, action: str
) -> None:
    number = draft(visitor, LETTER, "七中.md")
    proposed = edit(visitor, number).texts(f"[data-for={action.removeprefix('accept-')}]")[0]
    save(visitor, number, summary="", keywords="", action=action)
    document = stored(office, number)
    assert (document.summary, "、".join(document.keywords)) == (
        (proposed, "") if action == "accept-summary" else ("", proposed)
    )


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"title": "  "}, "请给资料起一个标题"),
        ({"title": "长" * 201}, "标题太长了"),
        ({"summary": "长" * 401}, "摘要太长了"),
        ({"keywords": "长" * 21}, "太长了，每个最多 20 个字"),
        ({"keywords": "、".join(f"词{n}" for n in range(11))}, "关键词太多了"),
    ],
)
def test_what_cannot_stand_is_said_and_nothing_typed_is_lost(
    visitor: Visitor, form: dict[str, str], sentence: str
) -> None:
    number = draft(visitor, LETTER, "七中.md")
    page = save(visitor, number, **form)
    assert page.status == 422
    assert sentence in page.texts("[role=alert]")[0]
    assert page.all("#title")[0].attributes["value"] == " ".join(
        form.get("title", FORM["title"]).split()
    )
    assert 'value="education" checked' in page.html


def test_handing_in_needs_industry_and_kind(office: Stock, visitor: Visitor) -> None:
    number = draft(visitor, LETTER, "七中.md")
    page = save(visitor, number, industry="", action="submit")
    assert page.status == 422
    assert "请先选好行业" in page.texts("[role=alert]")[0]
    assert stored(office, number).title == FORM["title"]
    assert save(visitor, number, action="submit").location == f"/documents/{number}"
    assert stored(office, number).status == Status.IN_REVIEW
    assert "已提交审核" in visitor.get(f"/documents/{number}").text


def test_what_is_handed_in_is_no_draft_any_more(office: Stock, visitor: Visitor) -> None:
    number = draft(visitor, LETTER, "七中.md")
    save(visitor, number, action="submit")
    assert edit(visitor, number).location == f"/documents/{number}"
    assert save(visitor, number, title="改掉").location == f"/documents/{number}"
    assert stored(office, number).title == FORM["title"]


def test_only_the_author_edits_a_draft(
    office: Stock, visitor: Visitor, office_visitor: Visitor
) -> None:
    number = draft(visitor, LETTER, "七中.md")
    visitor.submit("/logout")
    office_visitor.sign_in("linruoxi")
    assert edit(office_visitor, number).status == 404
    assert save(office_visitor, number).status == 404
    published = office.ids["平安校园建议书.docx"]
    assert edit(office_visitor, published).status in (303, 403)
    assert stored(office, published).title == "区县教育局平安校园建议书"


def test_summary_and_keywords_stand_on_the_page_and_are_searched(
    office: Stock, visitor: Visitor
) -> None:
    number = draft(visitor, LETTER, "七中.md")
    save(visitor, number, keywords="凤尾蕨计划")
    page = visitor.get(f"/documents/{number}")
    assert page.texts(".leaflet-summary") == ["给七中的千兆专线方案。"]
    assert page.links(".leaflet .tap")["凤尾蕨计划"].startswith("/search?q=")
    catch_up(office.services)
    assert FORM["title"] in visitor.get("/search?q=凤尾蕨计划").texts(".hit h2")


def test_a_near_duplicate_is_shown_beside_with_what_differs(
    office: Stock, visitor: Visitor
) -> None:
    first = draft(visitor, MANUAL, "机柜检查手册.txt")
    second = draft(visitor, MANUAL.replace("第7号机柜", "第9号机柜"), "机柜检查手册.txt")
    page = edit(visitor, second)
    assert page.links(".twin h3 a").popitem()[1] == f"/documents/{first}"
    assert page.texts(".beside del") == ["7"]
    assert page.texts(".beside ins") == ["9"]
    assert save(visitor, second, action="submit").status == 422
    answer = visitor.submit(
        f"/documents/{second}/separate", other=str(first), reason="另一个机房的手册"
    )
    assert answer.status == 303
    assert "您已说明是独立的资料：另一个机房的手册" in edit(visitor, second).text
    assert save(visitor, second, action="submit").status == 303
    with office.services.db.read() as session:
        said = session.get_one(SeparateDocument, (second, first))
        assert said.reason == "另一个机房的手册"


def test_a_reason_is_needed_to_keep_a_twin(visitor: Visitor) -> None:
    first = draft(visitor, MANUAL, "一.txt")
    second = draft(visitor, MANUAL + "完。", "二.txt")
    page = visitor.submit(f"/documents/{second}/separate", other=str(first), reason="  ")
    assert page.status == 422
    assert "请写一句为什么" in page.texts("[role=alert]")[0]


def test_a_draft_becomes_the_next_version_of_its_twin(office: Stock, visitor: Visitor) -> None:
    first = draft(visitor, MANUAL, "机柜检查手册.txt")
    second = draft(visitor, MANUAL + "检查完毕后请锁好机房的门。\n", "机柜检查手册二.txt")
    answer = visitor.submit(f"/documents/{second}/adopt", other=str(first))
    assert answer.location == f"/documents/{first}"
    page = visitor.get(f"/documents/{first}")
    assert "检查完毕后请锁好机房的门。" in page.text
    assert visitor.get(f"/documents/{second}").status == 404
    with office.services.db.read() as session:
        assert session.scalar(sa.select(Document.id).where(Document.id == second)) is None


def test_a_twin_that_the_author_may_not_read_is_not_there(
    visitor: Visitor, office_visitor: Visitor
) -> None:
    draft(visitor, MANUAL, "私人手册.txt")
    visitor.submit("/logout")
    office_visitor.sign_in("heping")
    own = draft(office_visitor, MANUAL + "完。", "手册.txt")
    page = edit(office_visitor, own)
    assert page.all(".twin") == []
    assert "私人手册" not in page.html
    assert save(office_visitor, own, action="submit").status == 303


def test_a_twin_of_somebody_else_cannot_be_adopted(office: Stock, office_visitor: Visitor) -> None:
    office_visitor.sign_in("heping")
    copied = io.BytesIO()
    proposal = docx.Document()
    for line in ("一、建设背景", "全县 12 所学校的监控录像保存时间不足三十天。", "二、组网方案",
                 "每校一条 100M 宽带接入，汇聚到教育局机房。", "三、资费测算",
                 "按三年合约期折算，单校月均费用 286 元。"):  # fmt: skip
        proposal.add_paragraph(line)
    proposal.save(copied)
    number = draft(office_visitor, copied.getvalue(), "我的平安校园.docx")
    other = office.ids["平安校园建议书.docx"]
    page = edit(office_visitor, number)
    assert page.links(".twin h3 a").popitem()[1] == f"/documents/{other}"
    assert page.all(".twin form[action$=adopt]") == []
    assert "由 周敏 维护" in page.text
    office_visitor.submit(f"/documents/{number}/adopt", other=str(other))
    assert stored(office, number).status == Status.DRAFT
    assert len(stored_versions(office, other)) == 1


def stored_versions(office: Stock, number: int) -> list[int]:
    with office.services.db.read() as session:
        return [version.number for version in session.get_one(Document, number).versions]


def test_a_manager_publishes_their_own_draft_at_once(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("guanliyuan")
    number = int(send(office_visitor, LETTER, "七中.md").location.split("/")[2])
    assert save(office_visitor, number, action="publish").status == 303
    assert stored(office, number).status == Status.PUBLISHED


def test_of_a_long_twin_the_beginning_of_the_changes_is_compared(visitor: Visitor) -> None:
    rows = "".join(f"第{n}档套餐每月{n}元，另送{n}条短信。\n" for n in range(400))
    draft(visitor, rows, "价目.txt")
    second = draft(visitor, rows.replace("短信", "彩信"), "价目.txt")
    page = edit(visitor, second)
    assert 0 < len(page.all(".beside ins")) <= 200
    assert "其余的不同没有列出" in page.text
