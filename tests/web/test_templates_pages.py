"""Marking a template, and filling in a copy of it."""

import io

import docx
import pytest
import sqlalchemy as sa

from portal.models import Document, EventKind, ReaderEvent, Status
from tests.web.stock import Stock
from tests.web.uploader import draft
from tests.web.visitor import Visitor

TITLE = "云影像服务合同模板"


def contract() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph("甲方：{{客户名称}}，乙方：岭海通信。")
    document.add_paragraph("甲方租用乙方云影像专线，月租{{月租}}元，合同期三年。")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture
def template(office: Stock, office_visitor: Visitor) -> int:
    """A published document that the administrator has made a template."""
    office_visitor.sign_in("guanliyuan")
    number = draft(office_visitor, contract(), "合同模板.docx")
    office_visitor.submit(
        f"/documents/{number}/edit",
        title=TITLE,
        industry="healthcare",
        kind="contract",
        visibility="everyone",
        action="publish",
    )
    answer = office_visitor.submit(f"/documents/{number}/template", wanted="yes")
    assert answer.location == f"/documents/{number}"
    office_visitor.submit("/logout")
    return number


def test_a_colleague_fills_a_copy_in(office: Stock, office_visitor: Visitor, template: int) -> None:
    office_visitor.sign_in("heping")
    page = office_visitor.get(f"/documents/{template}")
    assert page.links(".leaflet a")["用模板新建"] == f"/documents/{template}/copy"
    form = office_visitor.get(f"/documents/{template}/copy")
    assert form.texts("label")[-3:] == ["新文件的名字", "客户名称", "月租"]
    answer = office_visitor.submit(
        f"/documents/{template}/copy",
        title="恒泽医院云影像合同",
        **{"blank-0": "恒泽医院 <集团>", "blank-1": "5200"},
    )
    number = int(answer.location.split("/")[2])
    with office.services.db.read() as session:
        copy = session.get_one(Document, number)
        assert (copy.status, copy.template_id, copy.title) == (
            Status.DRAFT,
            template,
            "恒泽医院云影像合同",
        )
        assert {term.code for term in copy.terms} == {"healthcare", "contract"}
        assert copy.current.file_name == "恒泽医院云影像合同.docx"
        events = session.scalars(
            sa.select(ReaderEvent.kind).where(ReaderEvent.user_id.is_not(None))
        )
        assert EventKind.APPLY in set(events)
    assert "甲方：恒泽医院 <集团>，乙方：岭海通信。" in office_visitor.get(
        f"/documents/{number}"
    ).texts(".section p")
    edit = office_visitor.get(answer.location)
    assert edit.links("main .lead a")[TITLE] == f"/documents/{template}"
    # It is like its template by intention, which is no near duplicate.
    assert edit.all(".twin") == []
    assert "已用它生成 1 份" in office_visitor.get(f"/documents/{template}").text


def test_two_colleagues_with_the_same_words_have_two_drafts(
    office_visitor: Visitor, template: int
) -> None:
    numbers = []
    for login in ("heping", "zhoumin"):
        office_visitor.sign_in(login)
        answer = office_visitor.submit(
            f"/documents/{template}/copy", title="合同", **{"blank-0": "甲"}
        )
        assert answer.status == 303
        numbers.append(answer.location)
        office_visitor.submit("/logout")
    assert len(set(numbers)) == 2


def test_a_copy_needs_a_name_and_keeps_what_was_typed(
    office_visitor: Visitor, template: int
) -> None:
    office_visitor.sign_in("heping")
    page = office_visitor.submit(
        f"/documents/{template}/copy", title=" ", **{"blank-0": "恒泽医院"}
    )
    assert page.status == 422
    assert page.texts("[role=alert]") == ["请先给新文件起个名字。"]
    assert page.all("#blank-0")[0].attributes["value"] == "恒泽医院"


def test_what_is_no_template_cannot_be_copied(office: Stock, office_visitor: Visitor) -> None:
    office_visitor.sign_in("heping")
    number = office.ids["平安校园建议书.docx"]
    assert office_visitor.get(f"/documents/{number}/copy").status == 404
    assert office_visitor.submit(f"/documents/{number}/copy", title="甲").status == 404


def test_only_managers_of_its_industry_mark_a_template(
    office: Stock, office_visitor: Visitor
) -> None:
    number = office.ids["平安校园建议书.docx"]
    office_visitor.sign_in("zhoumin")  # its author, but no manager
    assert "设为模板" not in office_visitor.get(f"/documents/{number}").text
    assert office_visitor.submit(f"/documents/{number}/template", wanted="yes").status == 403
    with office.services.db.read() as session:
        assert not session.get_one(Document, number).is_template


def test_a_workbook_is_never_a_template(office: Stock, office_visitor: Visitor) -> None:
    office_visitor.sign_in("guanliyuan")
    number = office.ids["校园宽带资费表.xlsx"]
    assert "设为模板" not in office_visitor.get(f"/documents/{number}").text
    assert office_visitor.submit(f"/documents/{number}/template", wanted="yes").status == 403


def test_a_template_can_be_an_ordinary_document_again(
    office_visitor: Visitor, template: int
) -> None:
    office_visitor.sign_in("guanliyuan")
    office_visitor.submit(f"/documents/{template}/template", wanted="no")
    assert office_visitor.get(f"/documents/{template}/copy").status == 404
    assert "用模板新建" not in office_visitor.get(f"/documents/{template}").text
