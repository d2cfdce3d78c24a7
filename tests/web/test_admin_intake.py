"""The page on which administrators see what comes in by itself, and try again what failed."""

import dataclasses
from pathlib import Path

import pytest

from portal.app import create_app
from portal.ingest import Filing, Limits
from portal.ingest.failures import Arrival, Intake, take_in
from portal.models import IntakeSource
from tests.web.stock import Stock
from tests.web.visitor import Visitor

INTAKE = "/admin/intake"


@pytest.fixture
def keeper(office_visitor: Visitor) -> Visitor:
    """An administrator of a portal that this test alone changes."""
    return office_visitor.sign_in("guanliyuan")


def fail(office: Stock, name: str, data: bytes, *, slow: bool = False) -> None:
    services = office.services
    limits = Limits(max_seconds=0.0) if slow else Limits()
    intake = Intake(services.db, services.blobs, services.taxonomy(), limits)
    arrival = Arrival(IntakeSource.WATCH, name, f"投递/{name}", name, Filing(1))
    assert take_in(intake, arrival, data).status == "failed"


def test_an_empty_list_says_so_and_shows_the_ways_in(keeper: Visitor) -> None:
    page = keeper.get(INTAKE)
    assert page.status == 200
    assert page.texts(".empty h2") == ["没有收录失败的文件"]
    assert "PORTAL_WATCH_DIR" in page.text
    assert "LibreOffice" in page.text
    settled = keeper.get(f"{INTAKE}?list=settled")
    assert settled.texts(".empty h2") == ["还没有处理过的文件"]


def test_a_failure_says_what_happened_and_is_tried_again(keeper: Visitor, office: Stock) -> None:
    fail(office, "回访<b>.txt", "网点回访记录\n\n专线使用正常，客户满意。".encode(), slow=True)
    page = keeper.get(INTAKE)
    assert page.texts(".failures h3") == ["回访<b>.txt"]
    assert "用时过长" in page.texts(".failure p")[0]
    assert "监控文件夹 · 投递/回访<b>.txt" in page.texts(".failure p")[1]
    assert page.texts(".tabs a")[0] == "没有收录 1"
    form = page.all(".failure-acts form")[0].attributes["action"] or ""
    assert keeper.submit(form).status == 303
    done = keeper.get(INTAKE)
    assert done.texts(".done") == ["已收录《网点回访记录》。"]
    assert done.texts(".empty h2") == ["没有收录失败的文件"]
    settled = keeper.get(f"{INTAKE}?list=settled")
    address = settled.all(".failure-end a")[0].attributes["href"] or ""
    assert keeper.get(address).status == 200


def test_all_are_tried_again_at_once(keeper: Visitor, office: Stock) -> None:
    for number in range(3):
        text = f"第{number}号网点备忘\n\n专线使用正常，已续约。"
        fail(office, f"{number}.txt", text.encode(), slow=True)
    fail(office, "坏.pdf", b"%PDF-1.4 broken")
    fail(office, "空.docx", b"")
    page = keeper.get(INTAKE)
    assert page.texts(".retry-all .quiet") == ["4 个文件的原件还在"]
    keeper.submit(f"{INTAKE}/retry")
    page = keeper.get(INTAKE)
    assert page.texts(".done") == ["重试了 4 个文件，3 个已收录。"]
    assert sorted(page.texts(".failures h3")) == ["坏.pdf", "空.docx"]


def test_what_still_fails_says_so(keeper: Visitor, office: Stock) -> None:
    fail(office, "坏.pdf", b"%PDF-1.4 broken")
    form = keeper.get(INTAKE).all(".failure-acts form")[0].attributes["action"] or ""
    keeper.submit(form)
    page = keeper.get(INTAKE)
    assert page.texts("[role=alert]")[0].startswith("还是没有收录：文件已损坏")
    assert "上次重试" in page.text


def test_a_failure_is_set_aside(keeper: Visitor, office: Stock) -> None:
    fail(office, "空.docx", b"")
    page = keeper.get(INTAKE)
    (form,) = page.all(".failure-acts form")  # nothing was kept, nothing can be tried again
    keeper.submit(form.attributes["action"] or "")
    assert keeper.get(INTAKE).texts(".done") == ["已不再处理这个文件。"]
    assert keeper.get(f"{INTAKE}?list=settled").texts(".failure-end") == ["不再处理"]


def test_a_failure_that_is_gone_is_no_error(keeper: Visitor) -> None:
    for act in ("retry", "dismiss"):
        assert keeper.submit(f"{INTAKE}/2147483647/{act}").status == 303
    assert keeper.get(INTAKE).all("main .done") == []


@pytest.mark.parametrize("query", ["?page=2", "?page=x", "?list=other"])
def test_what_does_not_exist_is_not_found(keeper: Visitor, query: str) -> None:
    assert keeper.get(f"{INTAKE}{query}").status == 404


def test_the_settings_say_what_is_switched_on(office: Stock, tmp_path: Path) -> None:
    settings = dataclasses.replace(
        office.services.settings,
        watch_dir=tmp_path / "投递",
        mail_host="imap.example.cn",
        mail_user="zhishi@example.cn",
        clamd=str(tmp_path / "no.sock"),
        extras=False,
    )
    services = dataclasses.replace(office.services, settings=settings)
    keeper = Visitor(create_app(settings, services)).sign_in("guanliyuan")
    page = keeper.get(INTAKE)
    assert page.texts(".way-name .tag") == ["已启用", "已启用", "未启用", "未启用", "未启用"]
    assert "zhishi@example.cn" in page.text
    assert "clamd 没有响应" in page.text
