"""A small collection of passages and questions, in both forms that are read."""

import json
from pathlib import Path

import pytest

PASSAGES = (
    ("校园宽带首年每月五十九元，含千兆接入与三十吉流量。", "校园宽带首年每月多少钱？"),
    (
        "客户经理应在接到投诉后两小时内回访，并在工单系统中登记处理结果。",
        "接到投诉后几小时内回访？",
    ),
    ("双方应对在合作中知悉的对方商业秘密承担保密义务，期限为三年。", "保密义务的期限是几年？"),
    ("车联网卡用于货运车辆的定位与油耗统计，按流量池计费。", "货运车辆的定位用什么卡？"),
    ("医院的影像资料存放在云主机上，异地备份每日一次。", "影像资料存放在哪里？"),
)


@pytest.fixture
def passages() -> tuple[tuple[str, str], ...]:
    """Each passage with the question about it."""
    return PASSAGES


@pytest.fixture
def flat_file(tmp_path: Path) -> Path:
    """The collection in CMRC 2018's form: a list of passages."""
    entries = [
        {
            "context_id": f"P{number}",
            "context_text": text,
            "title": "",
            "qas": [{"query_text": question, "query_id": f"Q{number}", "answers": []}],
        }
        for number, (text, question) in enumerate(PASSAGES)
    ]
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


@pytest.fixture
def squad_file(tmp_path: Path) -> Path:
    """The collection in SQuAD's own form: articles with paragraphs."""
    paragraphs = [
        {"context": text, "qas": [{"question": question, "id": str(number)}]}
        for number, (text, question) in enumerate(PASSAGES)
    ]
    data = {"version": "1.1", "data": [{"title": "资费", "paragraphs": paragraphs}]}
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path
