"""All seven formats from a real file to the right page, slide, sheet or heading."""

import re

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.models import Section, Version
from portal.search import Hit, SearchRequest
from portal.services import Services

# format, question, file, kind of place, its number, its label
FOUND = (
    (
        "docx",
        "逾期完工 违约金 千分之五",
        "校园视频监控服务合同范本.docx",
        "heading",
        7,
        "第七条 违约责任",
    ),
    (
        "pptx",
        "起步档 标准档 参考投入",
        "智慧校园整体解决方案模板（中小学版）.pptx",
        "slide",
        6,
        "三档配置与参考投入",
    ),
    (
        "xlsx",
        "校园出口专线 签三年价",
        "校园宽带与学生套餐资费表（2026秋）.xlsx",
        "sheet",
        3,
        "学校侧资费",
    ),
    (
        "pdf",
        "企业群组 群组标识 四位流水",
        "医院云总机（IMS）工单提交与数据制作手册.pdf",
        "page",
        2,
        "",
    ),
    (
        "html",
        "整层断网 交换机 环路",
        "校园宽带常见故障处理手册.html",
        "heading",
        6,
        "4 整层断网与环路",
    ),
    (
        "md",
        "大客户 组合让利 优先次序",
        "制造业专线底价与折扣授权（内部）.md",
        "heading",
        4,
        "三、组合让利的优先次序",
    ),
    (
        "txt",
        "变更工单 客户安环部门确认人",
        "化工园区对讲业务变更工单填写样例.txt",
        "heading",
        2,
        "二、必填项",
    ),
)


def first(services: Services, question: str) -> Hit:
    return services.search.search(SearchRequest(question), Viewer.operator()).hits[0]


def file_name(services: Services, document: int) -> str:
    with services.db.read() as session:
        return session.scalars(
            sa.select(Version.file_name).where(Version.document_id == document)
        ).one()


@pytest.mark.parametrize(
    ("kind_of_file", "question", "name", "kind", "number", "label"),
    FOUND,
    ids=[row[0] for row in FOUND],
)
def test_a_question_finds_the_place_in_the_file(
    samples: Services,
    kind_of_file: str,
    question: str,
    name: str,
    kind: str,
    number: int,
    label: str,
) -> None:
    hit = first(samples, question)
    assert file_name(samples, hit.document.id) == name
    assert hit.document.format == kind_of_file
    assert (hit.place.kind, hit.place.number, hit.place.label) == (kind, number, label)
    assert any(span.marked for span in hit.snippet)


def test_every_section_of_every_document_is_found_at_its_place(samples: Services) -> None:
    """A line that stands in one section only leads to that section."""
    with samples.db.read() as session:
        rows = session.execute(
            sa.select(Version.document_id, Section.ordinal, Section.text).join(
                Version, Section.version_id == Version.id
            )
        ).all()
    everything = "\n".join(row.text for row in rows)
    tried, lost = 0, []
    for row in rows:
        lines = [line[:30] for line in re.findall(r"[^\n\"“”|]{16,}", row.text)]
        line = next((line for line in lines if everything.count(line) == 1), None)
        if line is None:
            continue
        tried += 1
        hits = samples.search.search(SearchRequest(f'"{line}"'), Viewer.operator()).hits
        if [(hit.document.id, hit.place.ordinal) for hit in hits] != [
            (row.document_id, row.ordinal)
        ]:
            lost.append((row.document_id, row.ordinal, line))
    assert lost == []
    assert tried > 400


def test_the_library_holds_every_format_and_every_document_is_indexed(samples: Services) -> None:
    with samples.db.read() as session:
        formats = set(session.scalars(sa.select(Version.format)))
        documents = session.scalar(sa.select(sa.func.count(sa.distinct(Version.document_id))))
    assert formats == {"docx", "pptx", "xlsx", "pdf", "html", "md", "txt"}
    assert samples.search.documents() == documents
