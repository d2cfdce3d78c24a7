"""Reading by programs: the library page by page, one document, its text, versions and files."""

import hashlib
from itertools import islice

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.catalogue import Viewer, load_taxonomy
from portal.catalogue.documents import readable
from portal.catalogue.listing import Wanted, list_documents
from portal.models import Document, ReaderEvent, Status, User
from tests.web.programs import Program, new_token, problem, said
from tests.web.stock import FILES, Stock

DATA = {file.name: file.data for file in FILES}


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def program(office: Stock, app: Flask) -> Program:
    """A program of 周敏 of the Yunlan branch."""
    return Program(app, new_token(office.services, "zhoumin", "documents:read", "taxonomy:read"))


def test_it_works(program: Program, office: Stock) -> None:
    found = said(program.call("GET", "/documents?industry=education&limit=2"))
    assert [each["title"] for each in found["items"]] == [
        "区县教育局平安校园建议书",
        "智慧校园整体方案",
    ]
    document = said(program.call("GET", f"/documents/{office.ids['校园宽带资费表.xlsx']}"))
    assert document["title"] == "校园宽带与学生套餐资费表"
    assert document["stage"] == ["solution", "negotiation"]
    assert document["file"]["sha256"] == hashlib.sha256(DATA["校园宽带资费表.xlsx"]).hexdigest()
    assert document["sections"] == 2


def test_pages_hold_every_document_once_whatever_comes_in_meanwhile(
    program: Program, office: Stock
) -> None:
    first = program.call("GET", "/documents?limit=10")
    seen, address = said(first)["items"], said(first)["next"]
    assert first.headers["Link"] == f'<{address}>; rel="next"'
    writer = Program(program.client.application, new_token(office.services, "linruoxi"))
    assert (
        writer.send("/documents", "新来的方案，排在最前面。".encode(), "新方案.txt").status == 201
    )
    while address:
        page = said(program.call("GET", address.partition("/api/v1")[2]))
        seen, address = [*seen, *page["items"]], page["next"]
    numbers = [each["document"] for each in seen]
    assert numbers == sorted(set(numbers), reverse=True)
    assert set(numbers) == set(office.ids.values()) - {office.ids["组网草稿.md"]}


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("kind=tariff&industry=government", ["云澜专线底价授权"]),
        ("format=pptx", ["智慧校园整体方案"]),
        ("author=zhoumin&kind=proposal", ["区县教育局平安校园建议书"]),
        ("author=heping&published_after=2099-01-01T00:00:00Z", []),
        ("published_after=2026-09-01T00:00:00%2B08:00&format=xlsx", ["校园宽带与学生套餐资费表"]),
        ("status=draft", []),
    ],
)
def test_filters_narrow(program: Program, query: str, titles: list[str]) -> None:
    found = said(program.call("GET", f"/documents?{query}"))
    assert [each["title"] for each in found["items"]] == titles
    assert found["next"] is None


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ("industry=火星", "industry", "education"),
        ("format=exe", "format", "docx"),
        ("status=gone", "status", "published"),
        ("published_after=昨天", "published_after", "2026-01-31"),
        ("published_after=2026-01-31T08:00:00", "published_after", "时区"),
        ("cursor=abc", "cursor", "从 1 开始"),
        ("limit=0", "limit", "1 到 100"),
        ("q=校园", "q", "industry"),
    ],
)
def test_what_is_wrong_is_named(program: Program, query: str, field: str, says: str) -> None:
    stated = problem(program.call("GET", f"/documents?{query}"), 400, "bad-request")
    assert stated["field"] == field
    assert says in stated["detail"]


def test_a_list_has_what_its_reader_may_read_and_nothing_else(office: Stock) -> None:
    everything = Wanted(statuses=tuple(Status))
    with office.services.db.write() as session:
        for number, status in enumerate(Status):
            document = session.get_one(Document, office.ids[f"回访话术{number + 1:02}.txt"])
            document.status, document.visibility = status, "unit"
    with office.services.db.read() as session:
        taxonomy = load_taxonomy(session)
        documents = session.scalars(sa.select(Document)).all()
        viewers = [Viewer.of(user) for user in session.scalars(sa.select(User))]
        for viewer in (*viewers, Viewer.anonymous(), Viewer.operator()):
            found = list_documents(session, viewer, taxonomy, everything, 1000).documents
            assert {each.id for each in found} == {
                each.id for each in documents if readable(each, viewer)
            }


def test_the_text_comes_section_by_section(program: Program, office: Stock) -> None:
    address = f"/documents/{office.ids['巡检记录.md']}/sections?limit=100"
    texts = []
    while address:
        page = said(program.call("GET", address))
        texts += [each["section"] for each in page["items"]]
        address = (page["next"] or "").partition("/api/v1")[2]
    assert texts == list(range(1, 451))
    first = said(program.call("GET", f"/documents/{office.ids['校园宽带资费表.xlsx']}/sections"))
    assert first["items"][0]["label"] == "宿舍宽带"
    assert "360 元" in first["items"][0]["text"]


def test_files_come_as_they_went_in(program: Program, office: Stock) -> None:
    number, data = office.ids["校园宽带资费表.xlsx"], DATA["校园宽带资费表.xlsx"]
    versions = said(program.call("GET", f"/documents/{number}/versions"))["items"]
    assert [each["version"] for each in versions] == [1]
    for address in (f"/documents/{number}/original", f"/documents/{number}/versions/1/original"):
        answer = program.call("GET", address)
        assert answer.data == data
        assert answer.headers["Content-Disposition"].startswith("attachment")
        part = program.call("GET", address, headers={"Range": "bytes=0-3"})
        assert (part.status, part.data) == (206, data[:4])
    problem(program.call("GET", f"/documents/{number}/versions/9/original"), 404, "not-found")


@pytest.mark.parametrize("rest", ["", "/sections", "/versions", "/original"])
def test_what_has_not_changed_is_not_sent_again(program: Program, office: Stock, rest: str) -> None:
    address = f"/documents/{office.ids['智慧校园整体方案.pptx']}{rest}"
    stamp = program.call("GET", address).headers["ETag"]
    again = program.call("GET", address, headers={"If-None-Match": stamp})
    assert (again.status, again.data) == (304, b"")


def test_the_taxonomy_has_all_codes_with_names(program: Program) -> None:
    facets = said(program.call("GET", "/taxonomy"))["facets"]
    assert {"industry", "work_type", "stage", "library", "kind", "product"} <= set(facets)
    education = next(each for each in facets["industry"] if each["code"] == "education")
    assert (education["zh"], education["phase"]) == ("教育", None)
    assert next(each for each in facets["stage"] if each["code"] == "visit")["phase"] == "pre-sale"


def test_reading_by_a_program_is_nobodys_reading(program: Program, office: Stock) -> None:
    for rest in ("", "/sections", "/original"):
        program.call("GET", f"/documents/{office.ids['智慧校园整体方案.pptx']}{rest}")
    with office.services.db.read() as session:
        assert list(islice(session.scalars(sa.select(ReaderEvent.id)), 1)) == []


def test_a_document_that_may_not_be_read_is_not_there(program: Program, office: Stock) -> None:
    number = office.ids["组网草稿.md"]
    for rest in ("", "/sections", "/versions", "/original", "/versions/1/original"):
        problem(program.call("GET", f"/documents/{number}{rest}"), 404, "not-found")
