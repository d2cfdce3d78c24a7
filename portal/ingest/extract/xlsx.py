"""Workbooks: a section per sheet and block of rows, with the values that a person sees.

Hidden sheets are kept: price lists hide their working, and people look for it. Blocks after the
first repeat the header row, so that a row found in the middle of a sheet explains itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.ingest.errors import Corrupt, NoText
from portal.ingest.extract.drawing import body_text, graphic_text
from portal.ingest.extract.outline import pack_lines
from portal.ingest.extract.tidy import join_cells, tidy_line
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.extract.xlsx_cells import (
    Book,
    Row,
    SheetRead,
    column_number,
    count_rows,
    read_book,
    read_rows,
    row_number,
)
from portal.ingest.ooxml import Element, Package, attribute, children, descendants, local
from portal.ingest.types import ExtractedSection, Extraction, Limits, Place

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

# A header stands among the first rows, under a title and perhaps a line about units.
_HEADER_SEARCH = 10


@dataclass(slots=True)
class _Sheet:
    name: str
    part: str
    rows: list[Row] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)


def extract_xlsx(data: bytes, name: str, limits: Limits) -> Extraction:
    """The text of a workbook, hidden sheets included. Raises Corrupt, NoText, TooLarge."""
    package = Package(data, limits)
    main = package.main_part("xl/workbook.xml")
    reader = _BookReader(package, read_book(package, main), limits)
    sections: list[ExtractedSection] = []
    first_line = ""
    for number, sheet in enumerate(_sheets(package, main), start=1):
        reader.read(sheet)
        sections += _sections(sheet, number, limits)
        first_line = first_line or _title_row(sheet)
    if not sections:
        raise NoText("工作簿里没有可检索的文字，请确认内容后再上传。")
    title = choose_title([package.core_title(), first_line], name)
    return Extraction("xlsx", MEDIA_TYPE, title, tuple(sections), tuple(reader.notices()))


def _sheets(package: Package, main: str) -> list[_Sheet]:
    root = package.xml(main)
    if root is None:
        raise Corrupt
    relations = package.relations(main)
    sheets = []
    for element in descendants(root, "sheet"):
        kind, part = relations.get(attribute(element, "id"), ("", ""))
        if kind in ("worksheet", "chartsheet"):
            sheets.append(_Sheet(tidy_line(element.get("name", "")), part))
    return sheets


class _BookReader:
    """Reads sheets one after another, within limits that count over the whole workbook."""

    def __init__(self, package: Package, book: Book, limits: Limits) -> None:
        self._package = package
        self._book = book
        self._rows_left = limits.max_rows
        self._cells_left = limits.max_cells
        self._cut: list[str] = []
        self._formulas: list[str] = []

    def read(self, sheet: _Sheet) -> None:
        """Fill ``sheet`` with its rows, comments, links and drawn text."""
        stream = self._package.stream(sheet.part)
        if stream is None:
            return
        found = SheetRead()
        with stream:
            sheet.rows = list(
                read_rows(stream, self._book, found, self._rows_left, self._cells_left)
            )
        self._rows_left -= len(sheet.rows)
        self._cells_left -= sum(len(cells) for _, cells in sheet.rows)
        self._note(sheet, found)
        _drop_merged(sheet.rows, found.tail)
        sheet.notes = sorted(
            [*_comments(self._package, sheet.part), *self._links(sheet, found.tail)],
            key=lambda note: note[0],
        )
        sheet.loose = list(_drawn(self._package, sheet.part))

    def notices(self) -> Iterator[str]:
        """What was left out, in sentences."""
        yield from self._cut
        if self._formulas:
            names = "、".join(self._formulas)
            yield (
                f"工作表 {names} 中有公式没有保存计算结果，请用 Excel 或 WPS 打开并保存一次，"
                "再重新上传。"
            )

    def _note(self, sheet: _Sheet, found: SheetRead) -> None:
        if found.formulas_without_value:
            self._formulas.append(f"“{sheet.name}”")
        stream = self._package.stream(sheet.part)
        if found.is_cut and stream is not None:
            with stream:
                total = count_rows(stream)
            self._cut.append(
                f"工作表“{sheet.name}”共 {total} 行，只收录了前 {len(sheet.rows)} 行，"
                "其余请拆分成多个文件上传。"
            )

    def _links(self, sheet: _Sheet, tail: list[Element]) -> Iterator[tuple[int, str]]:
        links = [link for element in tail for link in children(element, "hyperlink")]
        relations = self._package.relations(sheet.part) if links else {}
        rows = dict(sheet.rows) if links else {}
        for link in links:
            reference = link.get("ref", "").split(":")[0]
            row = row_number(reference)
            target = relations.get(attribute(link, "id"), ("", ""))[1]
            text = rows.get(row, {}).get(column_number(reference), "")
            if target and target not in text:
                yield row, f"链接（{reference}）：{tidy_line(target)}"


def _drop_merged(rows: list[Row], tail: list[Element]) -> None:
    """Leave only the first cell of a merged range, which is the one that shows."""
    by_row = dict(rows)
    for merged in (one for element in tail for one in children(element, "mergeCell")):
        first, _, last = merged.get("ref", "").partition(":")
        columns = range(column_number(first), column_number(last) + 1)
        for row in range(row_number(first), min(row_number(last), row_number(first) + 5000) + 1):
            cells = by_row.get(row, {})
            for column in [c for c in cells if c in columns]:
                if (row, column) != (row_number(first), column_number(first)):
                    del cells[column]


def _comments(package: Package, part: str) -> Iterator[tuple[int, str]]:
    threaded = [*package.related(part, "threadedComment")]
    for target in threaded or package.related(part, "comments"):
        root = package.xml(target)
        for comment in [] if root is None else descendants(root, "comment", "threadedComment"):
            reference = comment.get("ref", "")
            text = tidy_line("".join(t.text or "" for t in descendants(comment, "t", "text")))
            if text:
                yield row_number(reference), f"批注（{reference}）：{text}"


def _drawn(package: Package, part: str) -> Iterator[str]:
    """Text boxes, shapes and charts that lie on the sheet."""
    for target in package.related(part, "drawing"):
        root = package.xml(target)
        for element in [] if root is None else descendants(root, "txBody", "graphicData"):
            is_body = local(element) == "txBody"
            yield body_text(element) if is_body else graphic_text(element, package, target)


def _sections(sheet: _Sheet, number: int, limits: Limits) -> Iterator[ExtractedSection]:
    header = _header(sheet.rows)
    blocks = list(_blocks(sheet.rows, limits.rows_per_section))
    notes = list(sheet.notes)
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        last_row = block[-1][0]
        lines = [join_cells(list(cells.values())) for _, cells in block]
        if index and header:
            lines.insert(0, header)
        lines += [text for row, text in notes if is_last or row <= last_row]
        notes = [] if is_last else [note for note in notes if note[0] > last_row]
        lines += sheet.loose if is_last else []
        label = sheet.name
        if len(blocks) > 1:
            label = f"{sheet.name} 第 {block[0][0]}–{last_row} 行"
        yield from _section(lines, Place("sheet", number, label), sheet.name, limits)
    if not blocks:
        lines = [*(text for _, text in notes), *sheet.loose]
        yield from _section(lines, Place("sheet", number, sheet.name), sheet.name, limits)


def _section(
    lines: list[str], place: Place, heading: str, limits: Limits
) -> Iterator[ExtractedSection]:
    for text in pack_lines((line for line in lines if line), limits.max_section_chars):
        yield ExtractedSection(place, heading, text)


def _blocks(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _header(rows: list[Row]) -> str:
    """The first row that is as wide as the table, nearly: the names of its columns."""
    top = rows[:_HEADER_SEARCH]
    width = max((len(cells) for _, cells in rows[: _HEADER_SEARCH * 2]), default=0)
    for _, cells in top:
        if len(cells) > 1 and len(cells) * 10 >= width * 6:
            return join_cells(list(cells.values()))
    return ""


def _title_row(sheet: _Sheet) -> str:
    """A first row of one cell above a table is what people use for a title."""
    if len(sheet.rows) > 1 and len(sheet.rows[0][1]) == 1:
        return title_line(next(iter(sheet.rows[0][1].values())))
    return ""
