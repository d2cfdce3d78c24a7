"""Putting files in: by form or in chunks, again after the line broke, and what is refused."""

import datetime as dt
import hashlib
import shutil

import pytest
import sqlalchemy as sa

from portal.db import utcnow
from portal.ingest.partial import CHUNK, KEPT, MOST_FILES, SPARE
from portal.jobs import uploads
from portal.models import Document, PartialUpload, Status
from tests.web.stock import FILES, Stock
from tests.web.uploader import Script, draft, send
from tests.web.visitor import Visitor

LETTER = "# 云澜七中宽带升级建议书\n\n学校晚自习时段出口拥塞，建议新增一条千兆专线。\n"
LONG = ("本次巡检覆盖云澜老城区的十二个机房，未见异常。\n" * 60_000).encode()


@pytest.fixture
def visitor(office_visitor: Visitor) -> Visitor:
    return office_visitor.sign_in("zhoumin")


def documents(office: Stock) -> int:
    with office.services.db.read() as session:
        return session.scalar(sa.select(sa.func.count(Document.id))) or 0


def test_a_plain_form_leads_to_a_draft_that_only_its_author_sees(
    office: Stock, visitor: Visitor
) -> None:
    number = draft(visitor, LETTER, "七中建议书.md")
    page = visitor.get(f"/documents/{number}/edit")
    assert page.status == 200
    assert page.all("#title")[0].attributes["value"] == "云澜七中宽带升级建议书"
    with office.services.db.read() as session:
        assert session.get_one(Document, number).status == Status.DRAFT
    visitor.submit("/logout")
    visitor.sign_in("heping")
    assert visitor.get(f"/documents/{number}").status == 404
    assert visitor.get(f"/documents/{number}/edit").status == 404


def test_the_page_lists_what_is_not_published_yet(visitor: Visitor) -> None:
    number = draft(visitor, LETTER, "七中建议书.md")
    page = visitor.get("/upload")
    assert page.links(".mine a")["云澜七中宽带升级建议书"] == f"/documents/{number}/edit"


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "空.docx", "这个文件是空的"),
        (b"PK\x03\x04 not a zip", "坏.docx", "文件已损坏"),
        (b"\x00\x01\x02" * 50, "程序.exe", ""),
    ],
)
def test_what_cannot_be_taken_in_is_said_in_a_sentence(
    office: Stock, visitor: Visitor, data: bytes, name: str, sentence: str
) -> None:
    before = documents(office)
    page = send(visitor, data, name)
    assert page.status == 422
    assert sentence in page.texts("[role=alert]")[0]
    assert documents(office) == before


def test_no_file_is_asked_for_again(visitor: Visitor) -> None:
    assert "请先选择一个文件。" in send(visitor, b"", "").texts("[role=alert]")[0]


def test_the_same_bytes_are_refused_with_a_link(office: Stock, visitor: Visitor) -> None:
    page = send(visitor, FILES[0].data, "改了名字.xlsx")
    assert page.status == 422
    assert "《校园宽带与学生套餐资费表》完全相同" in page.texts("[role=alert]")[0]
    link = page.links("[role=alert] a")["打开这份资料"]
    assert link == f"/documents/{office.ids['校园宽带资费表.xlsx']}"


def test_a_twin_that_may_not_be_read_is_named_to_nobody(
    office: Stock, office_visitor: Visitor
) -> None:
    office_visitor.sign_in("heping")
    hidden = next(file for file in FILES if file.name == "面谈记录.md")
    page = send(office_visitor, hidden.data, "碰巧一样.md")
    assert page.status == 422
    sentence = page.texts("[role=alert]")[0]
    assert "没有阅读权限" in sentence
    assert "面谈" not in sentence
    assert page.all("[role=alert] a") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\秘密\\..\\方案.md", "方案.md"),
        ("坏\u202ecod.md", "坏cod.md"),
        ('"><script>x</script>.md', "script>.md"),
        ("长" * 400 + ".md", "长" * 289 + ".md"),
    ],
)
def test_a_hostile_name_stays_a_name(
    office: Stock, visitor: Visitor, name: str, shown: str
) -> None:
    script = Script(visitor)
    data = LETTER.encode()
    _, begun = script.begin(name, len(data))
    script.append(begun["id"], 0, data)
    _, answer = script.finish(begun["id"])
    page = visitor.get(answer["url"])
    assert page.status == 200
    assert page.texts("main .lead")[0].startswith(shown)
    assert [path.name for path in office.services.settings.partial_dir.iterdir()] == []


def test_a_file_arrives_in_chunks_and_goes_on_where_the_line_broke(
    office: Stock, visitor: Visitor
) -> None:
    script = Script(visitor)
    _, begun = script.begin("巡检汇总.txt", len(LONG))
    assert script.append(begun["id"], 0, LONG[:CHUNK]) == (200, {"received": CHUNK})
    # The answer got lost: the browser sends the same chunk again, and is told where to go on.
    status, answer = script.append(begun["id"], 0, LONG[:CHUNK])
    assert (status, answer["reason"], answer["received"]) == (409, "offset", CHUNK)
    # The page was closed; the same file chosen again goes on.
    page = visitor.get("/upload")
    assert "巡检汇总.txt 已传 1 MB" in page.texts(".unfinished li")[0]
    assert script.begin("巡检汇总.txt", len(LONG))[1] == {
        "id": begun["id"],
        "received": CHUNK,
        "chunk": CHUNK,
    }
    status, answer = script.finish(begun["id"])
    assert (status, answer["reason"]) == (409, "incomplete")
    for start in range(CHUNK, len(LONG), CHUNK):
        assert script.append(begun["id"], start, LONG[start : start + CHUNK])[0] == 200
    status, answer = script.finish(begun["id"], hashlib.sha256(LONG).hexdigest())
    assert (status, answer["status"]) == (200, "added")
    assert visitor.get("/upload").all(".unfinished") == []
    number = int(answer["url"].split("/")[2])
    with office.services.db.read() as session:
        kept = session.get_one(Document, number).current
    assert office.services.blobs.path(kept.sha256).read_bytes() == LONG


def test_bytes_that_changed_on_the_way_are_not_taken_in(office: Stock, visitor: Visitor) -> None:
    before = documents(office)
    script = Script(visitor)
    data = LETTER.encode()
    _, begun = script.begin("七中.md", len(data))
    script.append(begun["id"], 0, data[::-1])
    status, answer = script.finish(begun["id"], hashlib.sha256(data).hexdigest())
    assert (status, answer["reason"]) == (422, "damaged")
    assert documents(office) == before
    assert script.begin("七中.md", len(data))[1]["received"] == 0


def test_a_file_of_the_same_name_but_another_time_is_another_file(visitor: Visitor) -> None:
    script = Script(visitor)
    first = script.begin("方案.docx", 10, modified=1)[1]["id"]
    assert script.begin("方案.docx", 10, modified=2)[1]["id"] != first


def test_nobody_touches_another_ones_unfinished_file(
    office: Stock, visitor: Visitor, office_visitor: Visitor
) -> None:
    begun = Script(visitor).begin("七中.md", 5)[1]["id"]
    visitor.submit("/logout")
    office_visitor.sign_in("heping")
    other = Script(office_visitor)
    assert other.append(begun, 0, b"abcde")[1]["reason"] == "gone"
    assert other.finish(begun)[1]["reason"] == "gone"
    office_visitor.submit(f"/upload/parts/{begun}/discard")
    assert "七中" not in office_visitor.get("/upload").text
    with office.services.db.read() as session:
        assert session.get(PartialUpload, begun) is not None
    assert (office.services.settings.partial_dir / begun).exists()


def test_chunks_keep_to_the_size_that_was_announced(visitor: Visitor) -> None:
    script = Script(visitor)
    begun = script.begin("七中.md", 5)[1]["id"]
    assert script.append(begun, 0, b"abcdef")[1]["reason"] == "too-large"
    with visitor.client.post(
        f"/upload/parts/{begun}?offset=0",
        data=b"x" * (CHUNK + 1),
        headers=script.headers,
        content_type="application/octet-stream",
    ) as reply:
        assert reply.status_code == 413


def test_each_refusal_has_its_sentence(office: Stock, visitor: Visitor) -> None:
    script = Script(visitor)
    largest = office.services.settings.max_upload_bytes
    status, answer = script.begin("大.pdf", largest + 1)
    assert status == 422
    assert answer["message"].startswith("这个文件超过了 200 MB 的上限")
    assert script.begin("空.pdf", 0)[1]["reason"] == "empty"
    for number in range(4):
        assert script.begin(f"{number}.pdf", largest)[0] == 200
    assert script.begin("再来.pdf", 1)[1]["reason"] == "too-much"
    for number in range(4):
        begun = script.begin(f"{number}.pdf", largest)[1]["id"]
        visitor.submit(f"/upload/parts/{begun}/discard")
    for number in range(MOST_FILES):
        assert script.begin(f"{number}.pdf", 1)[0] == 200
    assert script.begin("又一个.pdf", 1)[1]["reason"] == "too-many"


@pytest.mark.parametrize("size", ["-1", "abc", "9" * 30, "", "１２"])
def test_a_size_that_is_none_is_a_bad_request(visitor: Visitor, size: str) -> None:
    form = {"name": "七中.md", "size": size, "modified": "1"}
    headers = {"X-CSRFToken": visitor.token()}
    with visitor.client.post("/upload/parts", data=form, headers=headers) as reply:
        assert reply.status_code == 400


def test_giving_up_takes_the_bytes_away(office: Stock, visitor: Visitor) -> None:
    begun = Script(visitor).begin("七中.md", 5)[1]["id"]
    answer = visitor.submit(f"/upload/parts/{begun}/discard")
    assert answer.location == "/upload"
    assert "已放弃没传完的文件" in visitor.get("/upload").text
    assert list(office.services.settings.partial_dir.iterdir()) == []


def test_a_day_later_unfinished_files_are_cleared_away(office: Stock, visitor: Visitor) -> None:
    script = Script(visitor)
    old, new = script.begin("旧.md", 5)[1]["id"], script.begin("新.md", 5)[1]["id"]
    with office.services.db.write() as session:
        session.get_one(PartialUpload, old).touched_at = utcnow() - KEPT - dt.timedelta(minutes=1)
    uploads.unfinished(office.services)
    with office.services.db.read() as session:
        assert list(session.scalars(sa.select(PartialUpload.id))) == [new]
    assert [path.name for path in office.services.settings.partial_dir.iterdir()] == [new]


def test_a_form_without_its_token_sends_nothing(office: Stock, visitor: Visitor) -> None:
    before = documents(office)
    with visitor.client.post("/upload", data={"x": "1"}) as reply:
        assert reply.status_code == 400
    assert documents(office) == before


def test_a_full_disk_is_said_before_anything_is_sent(
    office: Stock, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(office.services.settings.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=SPARE))
    status, answer = Script(visitor).begin("七中.md", 5)
    assert (status, answer["reason"]) == (422, "no-room")
    assert answer["message"].startswith("服务器的磁盘空间不足")
    assert "磁盘空间不足" in send(visitor, LETTER, "七中.md").texts("[role=alert]")[0]
