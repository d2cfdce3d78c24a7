"""The page that tells administrators how the portal stands and what to do."""

import json
from pathlib import Path

import pytest

from portal.upkeep import back_up
from portal.upkeep.backup import LAST_BACKUP
from tests.web.stock import Stock
from tests.web.visitor import Visitor, within


@pytest.fixture
def keeper(office_visitor: Visitor) -> Visitor:
    """The administrator of an office of which nothing but the web server runs."""
    return office_visitor.sign_in("guanliyuan")


def parts(visitor: Visitor) -> dict[str, tuple[str, str]]:
    """State and text of every part by its name."""
    found = {}
    for node in visitor.get("/admin/status").all(".status-part"):
        state = within(node, ".tag").text().strip()
        name = within(node, ".status-name").text().replace(state, "").strip()
        found[name] = (state, " ".join(node.text().split()))
    return found


def test_what_does_not_run_is_said_with_what_to_do(keeper: Visitor) -> None:
    found = parts(keeper)
    assert found["索引程序"][0] == "有问题"
    assert "portal indexer" in found["索引程序"][1]
    assert found["调度程序"][0] == "有问题"
    assert found["等待进入索引"][0] == "正常"
    assert found["统一登录"][0] == "未启用"


def test_an_indexer_at_work_is_seen(keeper: Visitor, office: Stock) -> None:
    with office.services.search.store.writing():
        state, text = parts(keeper)["索引程序"]
    assert state == "正常"
    assert f"{office.services.search.documents()} 份资料" in text


def test_the_last_backup_is_remembered(keeper: Visitor, office: Stock, tmp_path: Path) -> None:
    assert "从来没有备份过" in parts(keeper)["备份情况"][1]
    back_up(office.services, tmp_path / "备份.zip")
    state, text = parts(keeper)["备份情况"]
    assert state == "正常"
    assert "备份.zip" in text


def test_an_old_backup_wants_attention(keeper: Visitor, office: Stock) -> None:
    noted = {"at": "2026-01-01T00:00:00+00:00", "file": "/备份/旧.zip", "size": 1, "problems": 0}
    path = office.services.settings.data_dir / LAST_BACKUP
    path.write_text(json.dumps(noted), encoding="utf-8")
    assert parts(keeper)["备份情况"][0] == "请留意"
    path.write_text("半个文", encoding="utf-8")
    assert "从来没有备份过" in parts(keeper)["备份情况"][1]


def test_the_page_counts_what_is_wrong_and_names_the_versions(
    keeper: Visitor, database_kind: str
) -> None:
    page = keeper.get("/admin/status")
    wrong = sum(state == "有问题" for state, _text in parts(keeper).values())
    assert f"{wrong} 处有问题" in page.text
    assert "knowledge-portal" in page.text
    assert database_kind in page.text


def test_it_is_linked_from_the_administrators_front_page(keeper: Visitor) -> None:
    assert "/admin/status" in keeper.get("/admin").links(".duty").values()
