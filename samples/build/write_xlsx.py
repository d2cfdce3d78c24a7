"""Excel workbooks."""

import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from samples.build import blocks
from samples.build.archive import repacked
from samples.build.blocks import Block, Heading, Item, Runs, Table, plain
from samples.build.source import Source, SourceError
from samples.build.words import Look, look

_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|0|[1-9]\d{0,8})(\.\d+)?(%| ?万?元(/[一-鿿]{1,3})?)?")
_DATE = re.compile(r"(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})")
_CODE_COLUMN = re.compile(r"编号|編號|编码|代码|电话|電話|号码|账号|版本|型号|工号")
_WIDEST = 48.0

Value = str | float | dt.date


def typed(text: str) -> tuple[Value, str]:
    """The value that a cell's text means and the number format that shows it as written."""
    if match := _DATE.fullmatch(text):
        return dt.date(int(match[1]), int(match[2]), int(match[3])), "yyyy-mm-dd"
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text, "General"
    unit = match[4] or ""
    number = float(text.removesuffix(unit).replace(",", ""))
    whole = "#,##0" if match[2] else "0"
    decimals = "." + "0" * (len(match[3]) - 1) if match[3] else ""
    if unit == "%":
        return round(number / 100, 8), f"{whole}{decimals}%"
    return number, whole + decimals + (f'"{unit}"' if unit else "")


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    heading: str
    body: Sequence[Block]

    @property
    def columns(self) -> int:
        """The number of columns of its widest table."""
        return max((len(t.rows[0]) for t in self.body if isinstance(t, Table)), default=1)


def write(source: Source) -> bytes:
    """The workbook: a sheet for each second-level heading, numbers and dates as such."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties(
        {"title": source.title, "author": source.author_name, "created": source.created}
    )
    writer = _Writer(book, look(source))
    for sheet in _sheets(source):
        writer.add(sheet)
    book.close()
    return repacked(stream.getvalue())


def _sheets(source: Source) -> list[_Sheet]:
    sheets: list[tuple[str, list[Block]]] = []
    title, before = source.title, list[Block]()
    for block in blocks.parse(source.body):
        if isinstance(block, Heading) and block.level == 1:
            title = block.text
        elif isinstance(block, Heading) and block.level == 2:
            sheets.append((block.text, []))
        else:
            (sheets[-1][1] if sheets else before).append(block)
    if not 2 <= len(sheets) <= 5 or before:
        raise SourceError(f"{source.slug}: a workbook is 2 to 5 sheets and nothing before them")
    names = [name for name, _ in sheets]
    if any(len(name) > 31 or re.search(r"[\[\]:*?/\\]", name) for name in names):
        raise SourceError(f"{source.slug}: a sheet name is too long or has a forbidden character")
    headings = [title, *names[1:]]
    return [_Sheet(n, h, body) for (n, body), h in zip(sheets, headings, strict=True)]


class _Writer:
    """Adds sheets to a workbook."""

    def __init__(self, book: Any, style: Look) -> None:
        self.book, self.colour = book, f"#{style.colour}"
        self.font = {"font_name": style.heading_font, "font_size": 10.5, "valign": "vcenter"}
        self.row = 0

    def _format(self, **properties: object) -> Any:
        return self.book.add_format({**self.font, **properties})

    def add(self, sheet: _Sheet) -> None:
        target = self.book.add_worksheet(sheet.name)
        widths = _widths(sheet)
        for column, width in enumerate(widths):
            target.set_column(column, column, width)
        heading = self._format(bold=True, font_size=15, font_color=self.colour)
        target.write_string(0, 0, sheet.heading, heading)
        target.set_row(0, 30)
        self.row, frozen = 1, 0
        for block in sheet.body:
            if isinstance(block, Table):
                # The header stays in view if it stands high enough to leave room for rows.
                frozen = frozen or (self.row + 1 if self.row < 8 else 1)
                self._add_table(target, block, widths)
            else:
                self._add_line(target, block, sheet.columns, sum(widths))
        target.freeze_panes(frozen or 1, 0)
        _set_print(target)

    def _add_line(self, target: Any, block: Block, columns: int, width: float) -> None:
        text, bold = _line(block)
        for line in text.split("\n"):
            style = self._format(text_wrap=True, bold=bold)
            if columns > 1:
                target.merge_range(self.row, 0, self.row, columns - 1, line, style)
            else:
                target.write_string(self.row, 0, line, style)
            target.set_row(self.row, 18 * _lines(line, width))
            self.row += 1

    def _add_table(self, target: Any, table: Table, widths: Sequence[float]) -> None:
        header = self._format(
            bold=True, font_color="#FFFFFF", bg_color=self.colour, border=1, text_wrap=True,
            align="center", border_color="#B8C4C2",
        )  # fmt: skip
        titles = [plain(cell) for cell in table.rows[0]]
        target.write_row(self.row, 0, titles, header)
        target.set_row(self.row, 19 * _row_lines(table.rows[0], widths))
        for row in table.rows[1:]:
            self.row += 1
            target.set_row(self.row, 18 * _row_lines(row, widths))
            for column, cell in enumerate(row):
                self._add_cell(target, column, cell, titles[column])
        self.row += 2

    def _add_cell(self, target: Any, column: int, cell: Runs, title: str) -> None:
        text = plain(cell)
        value, shown = (text, "General") if _CODE_COLUMN.search(title) else typed(text)
        bold = any(run.bold for run in cell)
        style = self._format(
            num_format=shown,
            border=1,
            border_color="#B8C4C2",
            text_wrap=isinstance(value, str),
            align="left" if isinstance(value, str) else "right",
            indent=1,
            bold=bold,
        )
        if isinstance(value, str):
            target.write_string(self.row, column, value, style)
        elif isinstance(value, dt.date):
            target.write_datetime(self.row, column, value, style)
        else:
            target.write_number(self.row, column, value, style)


def _line(block: Block) -> tuple[str, bool]:
    if isinstance(block, Heading):
        return block.text, True
    if isinstance(block, Item):
        mark = "·" if block.number is None else f"{block.number}."
        return f"{'　' * block.depth}{mark} {plain(block.runs)}", False
    if isinstance(block, blocks.Paragraph | blocks.Quote):
        return plain(block.runs), False
    raise ValueError(f"{type(block).__name__} has no place on a sheet")


def _widths(sheet: _Sheet) -> list[float]:
    """Column widths in Excel's unit, about one digit: a Han character takes two."""
    widths = [6.0] * sheet.columns
    for block in sheet.body:
        if isinstance(block, Table):
            for column, cells in enumerate(zip(*block.rows, strict=True)):
                widest = max(blocks.width(plain(cell)) for cell in cells)
                widths[column] = max(widths[column], min(2.1 * widest + 4, _WIDEST))
    scale = max(1.0, 60 / sum(widths))
    return [round(width * scale, 2) for width in widths]


def _lines(text: str, width: float) -> int:
    return max(1, math.ceil(2.1 * blocks.width(text) / (width - 3)))


def _row_lines(row: Iterable[Runs], widths: Sequence[float]) -> int:
    return max(
        sum(_lines(part, width) for part in plain(cell).split("\n"))
        for cell, width in zip(row, widths, strict=False)
    )


def _set_print(target: Any) -> None:
    target.set_landscape()
    target.set_paper(9)
    target.fit_to_pages(1, 0)
    target.set_footer("&C&P / &N")
