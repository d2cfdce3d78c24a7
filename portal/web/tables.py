"""Tables that people take away: CSV and Excel files in which nothing is a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | None
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_TITLES = str.maketrans("[]:*?/\\", "       ")
_LONGEST_TITLE = 31
_WIDEST = 48


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table. ``name`` is its code in addresses; numbers stay numbers."""

    name: str
    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def harmless(cell: Cell) -> Cell:
    """The cell, as text that no spreadsheet takes for a formula; numbers as they are.

    The apostrophe is what OWASP recommends against formula injection. Control characters, which
    an Excel file cannot hold, are left out.
    """
    if not isinstance(cell, str):
        return cell
    text = "".join(each for each in cell if each.isprintable() or each in "\n\t")
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8, marked so that Excel shows Chinese as it is."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(table.header)
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(tables: Iterable[Table]) -> bytes:
    """The tables as one workbook, a sheet for each."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        title = table.title.translate(_FORBIDDEN_IN_TITLES)[:_LONGEST_TITLE].strip()
        sheet = workbook.create_sheet(title)
        sheet.append(table.header)
        for row in table.rows:
            sheet.append([harmless(cell) for cell in row])
        _dress(sheet, table)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _dress(sheet: Worksheet, table: Table) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    for index in range(len(table.header)):
        cells: Sequence[Cell] = [table.header[index], *(row[index] for row in table.rows[:200])]
        # A Chinese character is as wide as two letters.
        width = max(len(str(cell).encode("gb18030", "replace")) for cell in cells) + 2
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(width, _WIDEST)
