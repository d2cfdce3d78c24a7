"""Deleting a draft that was a mistake."""

import pytest
import sqlalchemy as sa

from portal.jobs import catch_up
from portal.models import Application, AuditEntry, Comment, Document, Favourite, Version
from tests.web.stock import Stock
from tests.web.test_drafts import FORM, LETTER, MANUAL
from tests.web.uploader import draft
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(office_visitor: Visitor) -> Visitor:
    return office_visitor.sign_in("zhoumin")


def test_a_mistaken_draft_is_deleted_after_being_asked(visitor: Visitor, office: Stock) -> None:
    number = draft(visitor, MANUAL, "错传的.md")
    catch_up(office.services)
    question = "/search?q=机柜的电源指示灯"
    assert any("错传的" in title for title in visitor.get(question).texts(".hit h2"))
    asked = visitor.get(f"/documents/{number}/discard")
    assert "删除以后找不回来" in asked.text
    answer = visitor.submit(f"/documents/{number}/discard")
    assert answer.location == "/upload"
    assert "已删除草稿《错传的》。" in visitor.get("/upload").text
    assert visitor.get(f"/documents/{number}").status == 404
    catch_up(office.services)
    assert not any("错传的" in title for title in visitor.get(question).texts(".hit h2"))
    with office.services.db.read() as session:
        act = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "document.discard")
        ).one()
        assert act.subject_id == str(number)
        assert "错传的" in act.details


def test_the_number_of_a_deleted_draft_is_never_given_out_again(visitor: Visitor) -> None:
    first = draft(visitor, MANUAL, "错传的.md")
    visitor.submit(f"/documents/{first}/discard")
    assert draft(visitor, MANUAL, "又传的.md") > first


def test_what_colleagues_were_shown_is_not_deleted(visitor: Visitor, office: Stock) -> None:
    number = draft(visitor, LETTER, "七中.md")
    visitor.submit(f"/documents/{number}/edit", action="submit", **FORM)
    visitor.submit(f"/documents/{number}/withdraw")
    assert visitor.submit(f"/documents/{number}/discard").status == 303
    with office.services.db.read() as session:
        assert session.get(Document, number) is not None


def test_somebody_elses_draft_is_not_deleted(
    visitor: Visitor, office: Stock, office_visitor: Visitor
) -> None:
    number = draft(visitor, LETTER, "七中.md")
    office_visitor.submit("/logout")
    other = office_visitor.sign_in("heping")
    assert other.submit(f"/documents/{number}/discard").status == 404
    with office.services.db.read() as session:
        assert session.get(Document, number) is not None


def test_what_was_noted_about_a_deleted_draft_goes_with_it(visitor: Visitor, office: Stock) -> None:
    number = draft(visitor, MANUAL, "错传的.md")
    visitor.submit(f"/documents/{number}/favourite", wanted="yes")
    visitor.submit(f"/documents/{number}/comments", comment="先放着。")
    visitor.submit(f"/documents/{number}/uses", customer="云澜七中", outcome="open")
    visitor.get(f"/documents/{number}")
    assert visitor.submit(f"/documents/{number}/discard").status == 303
    with office.services.db.read() as session:
        for table in (Version, Favourite, Comment, Application):
            rows = sa.select(sa.func.count()).where(table.document_id == number)
            assert session.scalar(rows) == 0, table
