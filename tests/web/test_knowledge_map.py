"""The knowledge map over HTTP: looking, filling, defining, and what is refused."""

import pytest
import sqlalchemy as sa

from portal.models import Document, Status
from tests.web.mapped import TARIFF, Map, flashed
from tests.web.stock import Stock


@pytest.fixture
def map_(office: Stock) -> Map:
    return Map(office)


def test_the_map_shows_every_stage_and_unfolds_one(map_: Map) -> None:
    page = map_.visitor("zhoumin").get("/map/education?stage=negotiation")
    assert page.status == 200
    assert len(page.all(".strip .stage")) == 16
    assert page.texts(".stage.chosen .stage-name") == ["商务谈判"]
    assert page.texts(".slot-card .slot-head") == ["资费方案空缺", "合同范本空缺"]
    assert page.all(".strip .square.is-empty")
    assert "36 个模板位，0 个有效" in page.text


def test_one_tap_adopts_the_best_candidate(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    page = manager.get("/map/education?stage=negotiation")
    assert page.texts(".slot-card .proposed")[0] == f"建议 {TARIFF}"
    assert "归在这个阶段" in page.texts(".slot-card .why")[0]
    form = page.all(".slot-card form[action$='/fill']")[0]
    fields = {
        field.attributes["name"] or "": field.attributes["value"] or ""
        for field in form.css("input")
    }
    answer = manager.post(form.attributes["action"] or "", **fields)
    assert answer.location.startswith("/map/education?stage=negotiation")
    assert flashed(manager, answer) == ["已放进地图，同事现在就能看到。"]
    card = map_.visitor("zhoumin").get("/map/education?stage=negotiation").texts(".slot-card")[0]
    assert TARIFF in card
    assert "v1" in card
    assert "下载" in card


def test_a_colleague_downloads_what_the_map_offers(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    slot, document = map_.slot("negotiation", "tariff"), map_.stock.ids["校园宽带资费表.xlsx"]
    manager.submit(f"/map/slots/{slot}/fill", document=str(document))
    colleague = map_.visitor("zhoumin")
    page = colleague.get("/map/education?stage=negotiation")
    download = page.all(".slot-card a[href$='/original']")[0].attributes["href"] or ""
    assert colleague.get(download).headers["Content-Disposition"].startswith("attachment")


def test_a_slot_tells_its_history_and_is_cleared_only_with_a_reason(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    slot, document = map_.slot("negotiation", "tariff"), map_.stock.ids["校园宽带资费表.xlsx"]
    address = f"/map/slots/{slot}"
    manager.submit(f"{address}/fill", document=str(document), reason="秋季新价")
    confirmed = manager.submit(f"{address}/confirm")
    assert flashed(manager, confirmed) == ["已记下：仍然有效，从今天起重新计算到期日。"]
    refused = flashed(manager, manager.submit(f"{address}/clear", reason="  "))
    assert refused == ["请写一句为什么取下，接手的同事会看到。什么都没有改动。"]
    assert TARIFF in manager.get(address).texts(".slot-now")[0]
    manager.submit(f"{address}/clear", reason="价格停用了")
    page = manager.get(address)
    history = page.texts(".history li")
    assert [line.split("今天")[0].strip() for line in history] == [
        f"林若溪 取下 《{TARIFF}》",
        "林若溪 确认仍然有效 《" + TARIFF + "》",
        f"林若溪 放入 《{TARIFF}》",
    ]
    assert "价格停用了" in history[0]
    assert "秋季新价" in history[2]
    assert page.texts(".slot-now .state") == ["空缺"]


def test_a_manager_finds_another_document_by_searching(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    page = manager.get(f"/map/slots/{map_.slot('solution', 'proposal')}?q=平安校园")
    assert page.texts("#choose ~ .candidates .candidate-title")[0] == "区县教育局平安校园建议书"
    secret = manager.get(f"/map/slots/{map_.slot('solution', 'proposal')}?q=专线底价授权")
    assert "云澜专线底价授权" not in secret.text


def test_the_rule_is_settled_by_its_keepers(map_: Map) -> None:
    manager, address = map_.visitor("linruoxi"), f"/map/slots/{map_.slot('solution', 'proposal')}"
    source = map_.stock.ids["校园宽带资费表.xlsx"]
    saved = manager.submit(
        f"{address}/rule",
        refresh_days="90",
        source=f"https://portal.example/documents/{source}?part=1",
        steward="zhoumin",
    )
    assert flashed(manager, saved) == ["刷新规则已保存。"]
    facts = manager.get(address).texts(".facts dd")
    assert facts[:3] == ["90 天", TARIFF, "周敏"]


def test_a_rule_that_means_nothing_is_explained(map_: Map) -> None:
    manager, address = map_.visitor("linruoxi"), f"/map/slots/{map_.slot('solution', 'proposal')}"
    for fields, sentence in (
        ({"refresh_days": "每月"}, "刷新周期应是"),
        ({"refresh_days": "99999999999999999999"}, "刷新周期应是"),
        ({"source": "资费表"}, "找不到这份来源资料"),
        ({"source": "99999999999"}, "找不到这份来源资料"),
        ({"steward": "没有这个人"}, "没有这个登录名的同事"),
    ):
        answer = flashed(manager, manager.submit(f"{address}/rule", **fields))
        assert len(answer) == 1, fields
        assert sentence in answer[0]
        assert "什么都没有改动" in answer[0]


def test_slots_are_added_and_taken_off_the_map(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    added = manager.submit("/map/education/slots", stage="contract", kind="news", refresh_days="60")
    assert flashed(manager, added) == ["已加上新的模板位。"]
    assert "行业动态空缺" in manager.get(added.location).texts(".slot-head")
    again = manager.submit("/map/education/slots", stage="contract", kind="news")
    assert flashed(manager, again) == ["这个阶段已经有这种模板位了。"]
    slot = map_.slot("contract", "news")
    manager.submit(f"/map/slots/{slot}/retire")
    assert manager.get(f"/map/slots/{slot}").status == 404
    assert "行业动态空缺" not in manager.get(added.location).texts(".slot-head")


@pytest.mark.parametrize("login", ["zhoumin", "heping"])
def test_only_the_industry_s_managers_change_its_slots(map_: Map, login: str) -> None:
    visitor, slot = map_.visitor(login), map_.slot("negotiation", "tariff")
    form = {
        "document": str(map_.stock.ids["校园宽带资费表.xlsx"]),
        "reason": "试试",
        "csrf_token": visitor.token(),
    }
    for change in ("fill", "confirm", "clear", "rule", "retire"):
        assert visitor.post(f"/map/slots/{slot}/{change}", **form).status == 403, change
    added = visitor.post("/map/education/slots", stage="contract", kind="news", **form)
    assert added.status == 403
    page = visitor.get(f"/map/slots/{slot}")
    assert page.all("main form[method=post]") == []
    assert page.texts(".history li") == []


def test_an_administrator_changes_every_industry_s_slots(map_: Map) -> None:
    administrator, slot = map_.visitor("guanliyuan"), map_.slot("negotiation", "tariff")
    document = map_.stock.ids["校园宽带资费表.xlsx"]
    answer = administrator.submit(f"/map/slots/{slot}/fill", document=str(document))
    assert flashed(administrator, answer) == ["已放进地图，同事现在就能看到。"]


def test_a_restricted_document_is_refused_with_a_sentence(map_: Map) -> None:
    administrator, slot = map_.visitor("guanliyuan"), map_.slot("negotiation", "tariff")
    document = map_.stock.ids["专线底价授权.md"]
    answer = administrator.submit(f"/map/slots/{slot}/fill", document=str(document))
    assert "所有同事都能看" in flashed(administrator, answer)[0]
    assert "云澜专线底价授权" not in administrator.get(f"/map/slots/{slot}").text


def test_a_withdrawn_document_leaves_its_name_nowhere_on_the_map(map_: Map) -> None:
    manager, slot = map_.visitor("linruoxi"), map_.slot("negotiation", "tariff")
    document = map_.stock.ids["校园宽带资费表.xlsx"]
    manager.submit(f"/map/slots/{slot}/fill", document=str(document))
    with map_.services.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == document)
            .values(status=Status.ARCHIVED, visibility="author")
        )
    colleague = map_.visitor("zhoumin")
    for address in ("/map/education?stage=negotiation", f"/map/slots/{slot}", "/map"):
        page = colleague.get(address)
        assert page.status == 200
        assert TARIFF not in page.text, address
    assert "原来的资料已经下架" in colleague.get(f"/map/slots/{slot}").text


def test_a_form_that_names_no_document_is_refused(map_: Map) -> None:
    manager, slot = map_.visitor("linruoxi"), map_.slot("negotiation", "tariff")
    for form in ({}, {"document": "第一份"}, {"document": "99999999999999"}):
        assert manager.submit(f"/map/slots/{slot}/fill", **form).status == 400, form


def test_a_slot_that_does_not_exist_is_not_found(map_: Map) -> None:
    manager = map_.visitor("linruoxi")
    assert manager.get("/map/slots/999999").status == 404
    assert manager.submit("/map/slots/999999/confirm").status == 404
    assert manager.submit("/map/slots/999999/retire").status == 404


def test_a_change_needs_its_token(map_: Map) -> None:
    slot, document = map_.slot("negotiation", "tariff"), map_.stock.ids["校园宽带资费表.xlsx"]
    manager = map_.visitor("linruoxi")
    assert manager.post(f"/map/slots/{slot}/fill", document=str(document)).status == 400
    assert manager.get(f"/map/slots/{slot}").texts(".history li") == []
