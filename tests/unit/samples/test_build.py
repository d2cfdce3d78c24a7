"""Building the sample library: what the builder refuses, and what it makes of a source."""

import datetime as dt
import io
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from samples.build import write_docx, write_html, write_pptx, write_text, write_xlsx
from samples.build.blocks import Item, Paragraph, Run, parse
from samples.build.library import Writer
from samples.build.source import Source, SourceError, load_sources, read_source
from samples.build.write_xlsx import typed

FRONT = """---
file: {file}
title: 云澜港口专线资费
industry: [transport]
work_type: [tariff-design]
stage: [negotiation]
kind: tariff
product: [line]
library: solutions
author: tangli
date: 2026-03-01
visibility: everyone
---

"""
DECK = """# 云澜港口专线
岭海通信　2026 年 3 月

## 现状
- 码头有两条 100M 专线
- 堆场没有覆盖

> 先问调度室的意见。

## 报价
| 带宽 | 月租 |
| --- | --- |
| 100M | 2,200 |

## 时间
1. 三月签约
2. 四月开通

## 联系人
唐莉，省公司产品经理
"""


def written(folder: Path, file: str, body: str, slug: str = "port-line-tariff") -> Path:
    path = folder / "transport" / f"{slug}.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FRONT.format(file=file) + body, "utf-8")
    return path


def source_of(folder: Path, file: str, body: str) -> Source:
    return read_source(written(folder, file, body))


def test_a_source_is_read_with_its_fields(tmp_path: Path) -> None:
    source = source_of(tmp_path, "港口专线资费.md", "# 云澜港口专线资费\n")
    assert source.path == "library/transport/港口专线资费.md"
    assert source.date == dt.date(2026, 3, 1)
    assert source.product == ("line",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[line]", "[satellite]", "satellite"),
        ("kind: tariff", "kind: poem", "poem"),
        ("author: tangli\n", "", "author"),
        ("[transport]", "[finance]", "first industry"),
        ("2026-03-01", "2031-03-01", "2031"),
        ("资费.md", "资费.doc", "doc"),
        ("专线资费.md", "../资费.md", "plain name"),
        ("visibility: everyone", "visibility: everyone\nencoding: big5", "only a txt"),
        ("visibility: everyone", "visibility: everyone\ntemplate: true", "only a docx"),
    ],
)
def test_a_wrong_front_matter_is_refused_by_name(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = written(tmp_path, "港口专线资费.md", "# 云澜港口专线资费\n")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(SourceError, match=said) as refused:
        read_source(path)
    assert str(refused.value).startswith("transport/port-line-tariff.md: ")


def test_two_sources_may_not_build_the_same_file(tmp_path: Path) -> None:
    written(tmp_path, "资费.md", "# 资费\n", "first")
    written(tmp_path, "资费.md", "# 资费\n", "second")
    with pytest.raises(SourceError, match=r"second\.md: file is used by more than one"):
        load_sources(tmp_path)


def test_blanks_stay_and_bold_needs_no_space_around_it() -> None:
    [paragraph] = parse("期限____年。**逾期须付款。**其余__不变__。")
    assert paragraph == Paragraph(
        (Run("期限____年。"), Run("逾期须付款。", bold=True), Run("其余__不变__。"))
    )


def test_nested_lists_become_items_with_depths_and_numbers() -> None:
    items = parse("1. 签约\n   - 盖章\n2. 开通\n")
    assert items == (
        Item(0, 1, (Run("签约"),)),
        Item(1, None, (Run("盖章"),)),
        Item(0, 2, (Run("开通"),)),
    )


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("1,280", 1280.0, "#,##0"),
        ("0.30", 0.3, "0.00"),
        ("9.5%", 0.095, "0.0%"),
        ("10 元/月", 10.0, '0" 元/月"'),
        ("2026-03-01", dt.date(2026, 3, 1), "yyyy-mm-dd"),
        ("0086", "0086", "General"),
        ("13800000000", "13800000000", "General"),
        ("100M", "100M", "General"),
    ],
)
def test_a_cell_holds_the_value_that_its_text_means(text: str, value: object, shown: str) -> None:
    assert typed(text) == (value, shown)


def test_a_workbook_has_a_sheet_for_each_heading_and_a_frozen_header(tmp_path: Path) -> None:
    body = (
        "# 资费\n## 月租\n| 带宽 | 月租 |\n| --- | --- |\n| 100M | 2,200 |\n\n## 规则\n先用后付。\n"
    )
    book = openpyxl.load_workbook(
        io.BytesIO(write_xlsx.write(source_of(tmp_path, "资费.xlsx", body)))
    )
    assert book.sheetnames == ["月租", "规则"]
    assert (book["月租"]["B3"].value, book["月租"]["B3"].number_format) == (2200, "#,##0")
    assert book["月租"].freeze_panes == "A3"


def test_a_deck_has_slides_tables_notes_and_no_empty_placeholder(tmp_path: Path) -> None:
    deck = pptx.Presentation(io.BytesIO(write_pptx.write(source_of(tmp_path, "汇报.pptx", DECK))))
    slides = list(deck.slides)
    assert [slide.shapes.title.text for slide in slides][1:] == ["现状", "报价", "时间", "联系人"]
    assert slides[1].notes_slide.notes_text_frame.text == "先问调度室的意见。"
    assert [shape.has_table for shape in slides[2].shapes].count(True) == 1
    assert all(shape.text_frame.text for slide in slides for shape in slide.placeholders)


def test_a_document_has_headings_lists_and_a_header_row(tmp_path: Path) -> None:
    body = DECK.replace("> ", "").replace("## 时间", "---\n\n## 时间")
    document = docx.Document(io.BytesIO(write_docx.write(source_of(tmp_path, "资费.docx", body))))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Heading 1", "List Bullet", "List Number"} <= styles
    assert document.tables[0].rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert "PAGE" in document.sections[0].footer._element.xml
    assert document.core_properties.author == "唐莉"


@pytest.mark.parametrize(
    ("file", "write"),
    [
        ("资费.docx", write_docx.write),
        ("资费.pptx", write_pptx.write),
        ("资费.html", write_html.write),
    ],
)
def test_two_builds_are_the_same_bytes(tmp_path: Path, file: str, write: Writer) -> None:
    source = source_of(tmp_path, file, DECK if file.endswith("pptx") else DECK.replace("> ", ""))
    assert write(source) == write(source)


def test_a_text_is_written_in_the_encoding_of_its_front_matter(tmp_path: Path) -> None:
    path = written(tmp_path, "回訪話術.txt", "您好，我是嶺海通信的客戶經理。\n")
    text = path.read_text("utf-8").replace("visibility:", "encoding: big5\nvisibility:")
    path.write_text(text, "utf-8")
    data = write_text.write(read_source(path))
    assert data.decode("big5") == "您好，我是嶺海通信的客戶經理。\n"


def test_a_character_that_the_encoding_lacks_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "回访话术.txt", "您好，这里是岭海通信。\n")
    text = path.read_text("utf-8").replace("visibility:", "encoding: big5\nvisibility:")
    path.write_text(text, "utf-8")
    with pytest.raises(SourceError, match="这"):
        write_text.write(read_source(path))
