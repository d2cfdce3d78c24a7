"""Tables that people take away, read back as a spreadsheet reads them."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.tables import Table, harmless, to_csv, to_xlsx

TABLE = Table(
    "industry",
    "按行业",
    ("行业", "浏览"),
    (("教育", 12), ('=HYPERLINK("http://x")', 3), ("+1", 4), ("-2", 5), ("@SUM(A1)", None)),
)


def test_nothing_in_a_csv_file_is_a_formula() -> None:
    data = to_csv(TABLE)
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[:2] == [["行业", "浏览"], ["教育", "12"]]
    assert [row[0] for row in rows[2:]] == ['\'=HYPERLINK("http://x")', "'+1", "'-2", "'@SUM(A1)"]


def test_nothing_in_a_workbook_is_a_formula_and_numbers_are_numbers() -> None:
    other = Table("stage", "[按]阶段/一:二*三?" * 9, ("阶段",), ())
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx([TABLE, other])))
    sheet = book["按行业"]
    assert sheet["B2"].value == 12
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert sheet["A3"].value == '\'=HYPERLINK("http://x")'
    assert len(book.sheetnames) == 2


@pytest.mark.parametrize("value", [0, -5, 1.5, None])
def test_numbers_are_left_alone(value: float | None) -> None:
    assert harmless(value) == value


@given(st.text())
def test_any_text_becomes_a_cell_that_no_spreadsheet_runs(text: str) -> None:
    cell = harmless(text)
    assert isinstance(cell, str)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert to_xlsx([Table("t", "表", ("列",), ((text,),))])
