"""Workbooks: the values that a person sees, by sheet and block of rows."""

import datetime as dt
import re
from typing import Any

import pytest
from openpyxl.comments import Comment

from portal.ingest.errors import NoText
from portal.ingest.extract import extract
from portal.ingest.extract.number_format import show_number
from portal.ingest.types import Extraction, Limits, Place

from .builders import read_part, with_parts, xlsx_bytes


def extract_book(fill: Any, limits: Limits | None = None) -> Extraction:
    return extract(xlsx_bytes(fill), "资费表.xlsx", limits or Limits())


def test_a_sheet_is_a_section_of_rows() -> None:
    def fill(workbook: Any) -> None:
        workbook.active.title = "专线资费"
        workbook.active.append(["带宽", "月租（元）", "备注"])
        workbook.active.append(["100M", 1200, "含固定IP"])
        workbook.create_sheet("说明").append(["本表自九月起执行"])

    sections = extract_book(fill).sections
    assert [(s.place, s.text) for s in sections] == [
        (Place("sheet", 1, "专线资费"), "带宽 | 月租（元） | 备注\n100M | 1200 | 含固定IP"),
        (Place("sheet", 2, "说明"), "本表自九月起执行"),
    ]


def test_cells_show_what_a_person_sees() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.active
        sheet.append([dt.date(2026, 9, 1), 0.85, 12345.6, True, dt.time(9, 5)])
        formats = ('yyyy"年"m"月"d"日"', "0%", '#,##0.00"元"', "General", "h:mm")
        for cell, code in zip(sheet[1], formats, strict=True):
            cell.number_format = code

    assert extract_book(fill).sections[0].text == ("2026年9月1日 | 85% | 12,345.60元 | TRUE | 9:05")


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, "General", "1234.5"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "1E+20"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (0, "0;-0;零", "零"),
        (7, "000", "007"),
        (1.5, "0.0##", "1.5"),
        (2, "#.##", "2"),
        (1234567, '#,##0.0,"千元"', "1,234.6千元"),
        (99, "[$¥-804]#,##0", "¥99"),
        (99, "¥#,##0.00", "¥99.00"),
        (0.1234, "0.00%", "12.34%"),
        (12345, "0.00E+00", "1.23E+04"),
        (80, '[>=60]"合格";"不合格"', "合格"),
        (50, '[>=60]"合格";"不合格"', "不合格"),
        (46266, "yyyy-mm-dd", "2026-09-01"),
        (46266, "yyyy/m/d", "2026/9/1"),
        (46266, "[$-804]yyyy年m月d日;@", "2026年9月1日"),
        (46266, "aaaa", "星期二"),
        (46266.75, "yyyy-mm-dd hh:mm", "2026-09-01 18:00"),
        (46266.75, "上午/下午h:mm", "下午6:00"),
        (1.5, "[h]:mm", "36:00"),
        (60.5 / 1440, "mm:ss", "00:30"),
        (5, "", "5"),
        (-3, "yyyy-mm-dd", "-3"),
        (float("nan"), "0", ""),
    ],
)
def test_number_formats_read_as_in_excel(value: float, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


def test_dates_of_the_1904_system_are_four_years_later() -> None:
    assert show_number(44804, "yyyy-mm-dd", is_1904=True) == "2026-09-01"


def test_a_formula_gives_the_value_that_was_saved_with_it() -> None:
    data = xlsx_bytes(lambda workbook: workbook.active.append(["合计", "=1200*12"]))
    sheet = "xl/worksheets/sheet1.xml"
    saved = (
        read_part(data, sheet)
        .replace(b"<v/>", b"<v>14400</v>")
        .replace(b"<v></v>", b"<v>14400</v>")
    )
    got = extract(with_parts(data, {sheet: saved}), "a.xlsx")
    assert got.sections[0].text == "合计 | 14400"
    assert got.notices == ()


def test_formulas_without_a_saved_value_are_told_of() -> None:
    got = extract_book(lambda workbook: workbook.active.append(["合计", "=1200*12"]))
    assert got.sections[0].text == "合计"
    assert got.notices == (
        "工作表 “Sheet” 中有公式没有保存计算结果，请用 Excel 或 WPS 打开并保存一次，再重新上传。",
    )


def test_merged_cells_are_given_once_even_if_the_file_repeats_them() -> None:
    def fill(workbook: Any) -> None:
        workbook.active.append(["全省统一资费", "全省统一资费", "备注"])

    data = xlsx_bytes(fill)
    sheet = "xl/worksheets/sheet1.xml"
    merged = read_part(data, sheet).replace(
        b"</sheetData>",
        b'</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>',
    )
    got = extract(with_parts(data, {sheet: merged}), "a.xlsx")
    assert got.sections[0].text == "全省统一资费 | 备注"


def test_comments_and_link_targets_count() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.active
        sheet.append(["云主机", "官网"])
        sheet["A1"].comment = Comment("底价不得低于八折", "唐莉")
        sheet["B1"].hyperlink = "https://cloud.example.cn/price"

    assert extract_book(fill).sections[0].text == (
        "云主机 | 官网\n批注（A1）：底价不得低于八折\n链接（B1）：https://cloud.example.cn/price"
    )


def test_hidden_sheets_are_kept() -> None:
    def fill(workbook: Any) -> None:
        workbook.active.append(["公开价"])
        hidden = workbook.create_sheet("测算")
        hidden.append(["成本价测算过程"])
        hidden.sheet_state = "hidden"

    assert [s.heading for s in extract_book(fill).sections] == ["Sheet", "测算"]


def _long_sheet(workbook: Any, rows: int) -> None:
    sheet = workbook.active
    sheet.title = "客户清单"
    sheet.append(["南屿分公司在网客户"])
    sheet.append(["序号", "客户名称", "月租"])
    for number in range(1, rows - 1):
        sheet.append([number, f"南屿{number}号客户", 100 + number])


def test_a_long_sheet_is_cut_into_blocks_that_repeat_the_header_row() -> None:
    got = extract_book(lambda workbook: _long_sheet(workbook, 450))
    assert [s.place.label for s in got.sections] == [
        "客户清单 第 1–200 行",
        "客户清单 第 201–400 行",
        "客户清单 第 401–450 行",
    ]
    assert [s.place.number for s in got.sections] == [1, 1, 1]
    assert got.title == "南屿分公司在网客户"
    second = got.sections[1].text.split("\n")
    assert second[:2] == ["序号 | 客户名称 | 月租", "199 | 南屿199号客户 | 299"]


def test_a_huge_workbook_is_capped_with_a_sentence() -> None:
    limits = Limits(max_rows=100, rows_per_section=50)
    got = extract_book(lambda workbook: _long_sheet(workbook, 300), limits)
    assert [s.place.label for s in got.sections] == [
        "客户清单 第 1–50 行",
        "客户清单 第 51–100 行",
    ]
    assert got.notices == (
        "工作表“客户清单”共 300 行，只收录了前 100 行，其余请拆分成多个文件上传。",
    )


def test_the_cap_on_cells_holds_for_wide_sheets() -> None:
    def fill(workbook: Any) -> None:
        for _ in range(10):
            workbook.active.append([f"字段{number}" for number in range(50)])

    got = extract_book(fill, Limits(max_cells=200))
    assert got.sections[0].text.count("\n") == 3
    assert "共 10 行，只收录了前 4 行" in got.notices[0]


def test_shared_and_rich_strings_are_whole_and_without_phonetic_guides() -> None:
    data = xlsx_bytes(lambda workbook: workbook.active.append(["占位"]))
    sheet, rels = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
    rows = b'<sheetData><row r="1"><c r="A1" t="s"><v>1</v></c></row></sheetData>'
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<si><t>没有用到</t></si><si><r><t>首年</t></r><r><t>五折</t></r>"
        "<rPh><t>ふりがな</t></rPh></si></sst>"
    )
    relation = (
        b'<Relationship Id="rId99" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.'
        b'org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    parts: dict[str, bytes | None] = {
        sheet: re.sub(rb"<sheetData>.*</sheetData>", rows, read_part(data, sheet)),
        rels: read_part(data, rels).replace(b"</Relationships>", relation),
        "xl/sharedStrings.xml": strings.encode(),
    }
    assert extract(with_parts(data, parts), "a.xlsx").sections[0].text == "首年五折"


def test_words_in_shapes_on_a_sheet_are_read() -> None:
    data = xlsx_bytes(lambda workbook: workbook.active.append(["资费"]))
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="../drawings/drawing1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/drawing"/></Relationships>'
    )
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody>'
        "<a:p><a:r><a:t>仅限在校学生</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    parts: dict[str, bytes | None] = {
        "xl/worksheets/_rels/sheet1.xml.rels": rels.encode(),
        "xl/drawings/drawing1.xml": drawing.encode(),
    }
    assert extract(with_parts(data, parts), "a.xlsx").sections[0].text == "资费\n仅限在校学生"


def test_a_workbook_without_a_word_is_refused() -> None:
    with pytest.raises(NoText):
        extract_book(lambda workbook: workbook.create_sheet("空表"))
