"""Bringing documents in by program: upload, fill in, hand in, new version; and events."""

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.models import Application, Document, EventKind, Favourite, ReaderEvent, Status
from tests.web.programs import Program, new_token, problem, said
from tests.web.stock import FILES, Stock

CASE = """# 云澜二中智慧校园案例

云澜二中的校园宽带升级到 300M，视频监控接入教育局平台，家长通过短信收到通知。
学校侧用出口专线，双路由，月租 5200 元。
""".encode()


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def program(office: Stock, app: Flask) -> Program:
    """A program of 周敏 of the Yunlan branch."""
    return Program(app, new_token(office.services, "zhoumin"))


def test_a_file_goes_from_upload_to_review(program: Program, office: Stock) -> None:
    answer = program.send("/documents", CASE, "云澜二中案例.md", kind="case")
    made = said(answer, 201)
    number = made["document"]["document"]
    assert answer.headers["Location"] == f"/api/v1/documents/{number}"
    assert made["document"]["status"] == "draft"
    assert made["document"]["kind"] == ["case"]
    assert set(made["proposals"]) >= {"industry", "kind", "summary", "keywords", "alike"}

    stated = problem(program.call("POST", f"/documents/{number}/submit"), 422, "invalid")
    assert stated["missing"] == ["industry"]
    change = {"industry": ["education"], "summary": "二中的案例。", "keywords": ["智慧校园"]}
    changed = said(program.call("PATCH", f"/documents/{number}", change))
    assert changed["industry"] == ["education"]
    assert changed["kind"] == ["case"]
    sent = said(program.call("POST", f"/documents/{number}/submit", {"comment": "请看看"}))
    assert sent["status"] == "in-review"
    with office.services.db.read() as session:
        document = session.get_one(Document, number)
        assert (document.status, document.author.login) == (Status.IN_REVIEW, "zhoumin")
    again = program.call("POST", f"/documents/{number}/submit")
    problem(again, 409, "conflict")


def test_the_same_bytes_lead_to_the_document_that_has_them(program: Program, office: Stock) -> None:
    known = next(file for file in FILES if file.name == "校园宽带资费表.xlsx")
    stated = problem(program.send("/documents", known.data, "再传一次.xlsx"), 409, "duplicate")
    assert stated["document"] == office.ids[known.name]
    assert stated["url"] == f"/documents/{office.ids[known.name]}"
    hidden = next(file for file in FILES if file.name == "组网草稿.md")
    stated = problem(program.send("/documents", hidden.data, "猜一猜.md"), 409, "duplicate")
    assert (stated["document"], stated["url"]) == (None, "")
    assert "组网" not in stated["detail"]


def test_a_document_much_like_another_is_settled_first(program: Program, office: Stock) -> None:
    number = said(
        program.send("/documents", CASE, "案例.md", kind="case", industry="education"), 201
    )["document"]["document"]
    twin = CASE.replace(b"5200", b"5300")
    copied = said(
        program.send("/documents", twin, "案例二.md", kind="case", industry="education"), 201
    )
    assert [each["document"] for each in copied["proposals"]["alike"]] == [number]
    address = f"/documents/{copied['document']['document']}/submit"
    stated = problem(program.call("POST", address), 409, "conflict")
    assert [each["document"] for each in stated["alike"]] == [number]
    settled = {"separate": [{"document": number, "reason": "另一所学校，月租不同。"}]}
    assert said(program.call("POST", address, settled))["status"] == "in-review"


@pytest.mark.parametrize(
    ("data", "name", "fields", "status", "kind", "field"),
    [
        (b"", "空.txt", {}, 422, "invalid", "file"),
        (b"MZ\x90\x00" + bytes(200), "程序.exe", {}, 422, "unreadable-file", "file"),
        (CASE, "案例.md", {"industry": "mars"}, 422, "invalid", "industry"),
        (CASE, "案例.md", {"visibility": "world"}, 422, "invalid", "visibility"),
        (CASE, "案例.md", {"title": "长" * 201}, 422, "invalid", "title"),
        (CASE, "案例.md", {"titel": "案例"}, 422, "invalid", "titel"),
    ],
)
def test_what_cannot_be_taken_in_is_named(
    program: Program,
    data: bytes,
    name: str,
    fields: dict[str, str],
    status: int,
    kind: str,
    field: str,
) -> None:
    assert problem(program.send("/documents", data, name, **fields), status, kind)["field"] == field


def test_a_body_of_another_kind_is_refused(program: Program) -> None:
    problem(program.call("POST", "/documents", {"file": "x"}), 415, "unsupported-media-type")
    sent = program.send("/documents/1/submit", CASE, "案例.md")
    problem(sent, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"keywords": ["词"] * 3 + [str(each) for each in range(10)]}, "keywords"),
        ({"keywords": "智慧校园"}, "keywords"),
        ({"visibility": "world"}, "visibility"),
        ({"industry": ["mars"]}, "industry"),
        ({"author": "linruoxi"}, "author"),
    ],
)
def test_what_cannot_be_filled_in_is_named(
    office: Stock, app: Flask, change: dict[str, object], field: str
) -> None:
    program = Program(app, new_token(office.services, "linruoxi"))
    address = f"/documents/{office.ids['组网草稿.md']}"
    assert problem(program.call("PATCH", address, change), 422, "invalid")["field"] == field
    assert said(program.call("GET", address))["title"] == "网点组网建议书草稿"


@pytest.mark.parametrize("text", ['{"title": "\\ud800"}', '{"title": "\\u0000"}', "[1]", "{", "1"])
def test_a_body_that_is_no_text_is_refused(program: Program, text: str) -> None:
    with program.client.post(
        "/api/v1/events",
        data=text,
        headers={**program.bearer, "Content-Type": "application/json"},
    ) as response:
        assert response.status_code == 400


def test_somebody_elses_draft_cannot_be_changed(program: Program, office: Stock) -> None:
    hidden = f"/documents/{office.ids['组网草稿.md']}"
    problem(program.call("PATCH", hidden, {"title": "我的"}), 404, "not-found")
    published = f"/documents/{office.ids['智慧校园整体方案.pptx']}"
    problem(program.call("PATCH", published, {"title": "我的"}), 403, "forbidden")
    problem(program.call("GET", f"{published}/proposals"), 403, "forbidden")


def test_a_new_version_waits_for_who_may_publish(office: Stock, app: Flask) -> None:
    number = office.ids["平安校园建议书.docx"]
    author = Program(app, new_token(office.services, "zhoumin"))
    address = f"/documents/{number}/versions"
    answer = said(author.send(address, CASE, "第二版.md", comment="补充二中"), 201)
    assert answer["version"] == 1
    versions = said(author.call("GET", address))["items"]
    assert [(each["version"], each["is_proposed"]) for each in versions] == [(2, True), (1, False)]
    stranger = Program(app, new_token(office.services, "heping"))
    other = CASE.replace(b"300M", b"500M")
    problem(stranger.send(address, other, "第三版.md"), 403, "forbidden")


def test_what_a_person_did_counts_by_the_rules_of_the_pages(
    program: Program, office: Stock
) -> None:
    number = office.ids["智慧校园整体方案.pptx"]
    for kind in ("view", "download"):
        event = {"document": number, "kind": kind}
        assert said(program.call("POST", "/events", event), 201) == {"counted": True}
        assert said(program.call("POST", "/events", event), 201) == {"counted": False}
    own = {"document": office.ids["平安校园建议书.docx"], "kind": "view"}
    assert said(program.call("POST", "/events", own), 201) == {"counted": False}
    kept = {"document": number, "kind": "favourite"}
    assert said(program.call("POST", "/events", kept), 201) == {"counted": True}
    used = {"document": number, "kind": "apply", "customer": "云澜一中", "outcome": "won"}
    assert said(program.call("POST", "/events", used), 201) == {"counted": True}
    with office.services.db.read() as session:
        kinds = set(session.scalars(sa.select(ReaderEvent.kind)))
        assert kinds == set(EventKind) - {EventKind.SEARCH_OPEN}
        assert session.scalars(sa.select(Favourite.document_id)).all() == [number]
        assert session.scalars(sa.select(Application.customer)).all() == ["云澜一中"]
    said(program.call("POST", "/events", {**kept, "keep": False}), 201)
    with office.services.db.read() as session:
        assert session.scalars(sa.select(Favourite.document_id)).all() == []


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"kind": "view"}, "document"),
        ({"document": "1", "kind": "view"}, "document"),
        ({"document": True, "kind": "view"}, "document"),
        ({"document": 1, "kind": "search-open"}, "kind"),
        ({"document": 1, "kind": "view", "who": "heping"}, "who"),
        ({"document": 2, "kind": "apply", "customer": "云澜一中"}, "outcome"),
        ({"document": 2, "kind": "apply", "customer": " ", "outcome": "won"}, "customer"),
        ({"document": 2, "kind": "favourite", "keep": "no"}, "keep"),
    ],
)
def test_an_event_that_cannot_stand_is_named(
    program: Program, event: dict[str, object], field: str
) -> None:
    assert problem(program.call("POST", "/events", event), 422, "invalid")["field"] == field


def test_what_may_not_be_read_cannot_be_used(program: Program, office: Stock) -> None:
    event = {"document": office.ids["组网草稿.md"], "kind": "favourite"}
    problem(program.call("POST", "/events", event), 404, "not-found")
