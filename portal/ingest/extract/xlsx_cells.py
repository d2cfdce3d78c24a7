"""Streams the rows of one worksheet as the texts that its cells show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO, TypeAlias

from lxml import etree

from portal.ingest.errors import Corrupt
from portal.ingest.extract.number_format import BUILT_IN, show_number
from portal.ingest.extract.tidy import tidy_line
from portal.ingest.ooxml import (
    Element,
    Package,
    attribute,
    child,
    children,
    descendants,
    has_doctype,
)

Row: TypeAlias = tuple[int, dict[int, str]]

_BOOLEANS = {"1": "TRUE", "0": "FALSE"}
_ROW_TAG = re.compile(rb"<(?:\w+:)?row[\s>/]")
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Book:
    """What cells refer to: shared strings, number formats by style, the epoch of dates."""

    strings: list[str]
    formats: list[str]
    is_1904: bool


@dataclass(slots=True)
class SheetRead:
    """What reading a sheet found besides rows.

    ``tail`` holds the elements after the cells (merged cells, links); it is empty where reading
    stopped at a limit, and then ``is_cut`` is true.
    """

    tail: list[Element] = field(default_factory=list)
    formulas_without_value: int = 0
    is_cut: bool = False


def read_book(package: Package, main: str) -> Book:
    """Shared strings and formats of a workbook. Raises Corrupt, TooLarge."""
    root = package.xml(main)
    is_1904 = attribute(child(root, "workbookPr"), "date1904") in ("1", "true")
    strings = [
        s for part in package.related(main, "sharedStrings") for s in _strings(package, part)
    ]
    formats = [f for part in package.related(main, "styles") for f in _formats(package, part)]
    return Book(strings, formats, is_1904)


def read_rows(
    stream: IO[bytes], book: Book, read: SheetRead, max_rows: int, max_cells: int
) -> Iterator[Row]:
    """Rows that show something, as (1-based row, texts by 1-based column), until a limit."""
    rows = cells = position = 0
    for element in _elements(stream, "row", read):
        position = _int(element.get("r"), position + 1)
        if rows >= max_rows or cells >= max_cells:
            read.is_cut = True
            return
        shown = _cells(element, book, read)
        if shown:
            rows += 1
            cells += len(shown)
            yield position, shown


def count_rows(stream: IO[bytes]) -> int:
    """How many rows a worksheet holds, without parsing it."""
    total, rest = 0, b""
    while chunk := stream.read(_CHUNK):
        window = rest + chunk
        # A tag may lie across two chunks: what may be its beginning waits for the next one.
        cut = window.rfind(b"<")
        cut = len(window) if cut < 0 else cut
        total += len(_ROW_TAG.findall(window[:cut]))
        rest = window[cut:]
    return total + len(_ROW_TAG.findall(rest))


def column_number(reference: str) -> int:
    """The 1-based column of a cell reference such as "AB12"; 0 if it names none."""
    return _letters_number(reference.rstrip("0123456789"))


@lru_cache(maxsize=20_000)
def _letters_number(letters: str) -> int:
    number = 0
    for char in letters.replace("$", "").upper():
        if not "A" <= char <= "Z":
            return 0
        number = number * 26 + ord(char) - 64
    return number


def row_number(reference: str) -> int:
    """The 1-based row of a cell reference such as "AB12"; 0 if it names none."""
    digits = reference.lstrip("$ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    return _int(digits.lstrip("$"), 0)


def _elements(stream: IO[bytes], name: str, read: SheetRead | None = None) -> Iterator[Element]:
    """Elements called ``name``, each forgotten once it was used."""
    events = etree.iterparse(
        stream, events=("end",), resolve_entities=False, no_network=True, load_dtd=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
        tag=(f"{{*}}{name}", "{*}mergeCells", "{*}hyperlinks"),
    )  # fmt: skip
    is_first = True
    for _, element in events:
        if is_first and has_doctype(element):
            raise Corrupt
        is_first = False
        if element.tag.endswith(name):
            yield element
            element.clear()
            _forget_before(element)
        elif read is not None:
            read.tail.append(element)


def _forget_before(element: Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _cells(row: Element, book: Book, read: SheetRead) -> dict[int, str]:
    shown: dict[int, str] = {}
    column = 0
    for cell in row:
        column = column_number(cell.get("r", "")) or column + 1
        if text := _cell_text(cell, book, read):
            shown[column] = text
    return shown


def _cell_text(cell: Element, book: Book, read: SheetRead) -> str:
    value, has_formula = "", False
    for inner in cell:
        tag = inner.tag
        if tag.endswith("}v"):
            value = inner.text or ""
        elif tag.endswith("}is"):
            value = _rich_text(inner)
        elif tag.endswith("}f"):
            has_formula = True
    if not value:
        read.formulas_without_value += has_formula
        return ""
    return _value_text(value, cell.get("t", "n"), cell.get("s"), book)


def _value_text(value: str, kind: str, style: str | None, book: Book) -> str:
    if kind == "s":
        index = _int(value, -1)
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "n":
        number = _int(style, 0)
        code = book.formats[number] if number < len(book.formats) else "General"
        return _number_text(value, code, book.is_1904)
    if kind == "b":
        return _BOOLEANS.get(value, value)
    if kind == "d":
        return value.replace("T00:00:00", "").replace("T", " ")
    return tidy_line(value)


@lru_cache(maxsize=4096)
def _number_text(value: str, code: str, is_1904: bool) -> str:
    if code == "General" and len(value) < 12 and value.isdigit():
        return value
    try:
        return tidy_line(show_number(float(value), code or "General", is_1904))
    except (ValueError, ArithmeticError):
        return tidy_line(value)


def _strings(package: Package, part: str) -> Iterator[str]:
    stream = package.stream(part)
    if stream is None:
        return
    with stream:
        for item in _elements(stream, "si"):
            yield tidy_line(_rich_text(item))


def _rich_text(item: Element) -> str:
    """The text of a string item, without the phonetic guide that Japanese Excel adds."""
    pieces = []
    for element in item:
        if element.tag.endswith("}t"):
            pieces.append(element.text or "")
        elif element.tag.endswith("}r"):
            pieces += [text.text or "" for text in children(element, "t")]
    return "".join(pieces)


def _formats(package: Package, part: str) -> Iterator[str]:
    root = package.xml(part)
    if root is None:
        return
    codes = dict(BUILT_IN)
    for one in descendants(root, "numFmt"):
        codes[_int(one.get("numFmtId"), -1)] = one.get("formatCode", "")
    styles = child(root, "cellXfs")
    for style in [] if styles is None else children(styles, "xf"):
        yield codes.get(_int(style.get("numFmtId"), 0), "General")


def _int(text: str | None, default: int) -> int:
    return int(text) if text and len(text) < 10 and text.isdecimal() else default
