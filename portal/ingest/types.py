"""What extraction takes and gives: plain frozen values that cross package boundaries."""

from dataclasses import dataclass
from typing import Literal

Format = Literal["docx", "pptx", "xlsx", "pdf", "html", "md", "txt", "image"]
PlaceKind = Literal["page", "slide", "sheet", "heading", "whole"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the original a section is found.

    ``number`` is the 1-based page, slide, sheet, heading or part; None for a whole document.
    ``label`` is what a person calls the place: the sheet's name (with its block of rows, as in
    "资费表 第 501–1000 行"), the slide's title, the heading; "第 2 段" for a part of a document
    without headings; "" for a page. ``anchor`` is the heading's id in HTML, if it has one.
    """

    kind: PlaceKind
    number: int | None
    label: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class ExtractedSection:
    """A stretch of readable text and its place.

    ``text`` holds paragraphs separated by newlines and table rows as cells joined by " | ". It
    does not repeat ``heading``, unless the section has no other text. It is never empty.
    """

    place: Place
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The searchable content of one file, sections in reading order, at least one.

    ``notices`` are Chinese sentences for a colleague about what could not be read.
    ``unread_pages`` are the pages of a PDF (from 1) whose text has to be recognised.
    """

    format: Format
    media_type: str
    title: str
    sections: tuple[ExtractedSection, ...]
    notices: tuple[str, ...]
    unread_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may ask for. Sizes are bytes, lengths are characters.

    ``max_ratio`` is unpacked size over packed size, looked at once a zip unpacks to more than
    ``ratio_floor``. ``max_rows`` and ``max_cells`` count over all sheets of a workbook.
    ``max_seconds`` and ``max_memory`` hold for the process that reads the file. ``scanner`` is the
    address of the virus scanner that every file has to pass, if there is one; ``extras`` says
    whether LibreOffice and tesseract may help where they are installed.
    """

    max_bytes: int = 200 * MIB
    max_seconds: float = 120.0
    max_memory: int = 1024 * MIB
    max_unpacked: int = 1024 * MIB
    max_ratio: int = 200
    ratio_floor: int = 10 * MIB
    max_entries: int = 20_000
    max_xml_part: int = 100 * MIB
    max_pages: int = 5000
    max_rows: int = 50_000
    max_cells: int = 1_000_000
    rows_per_section: int = 200
    max_section_chars: int = 20_000
    headless_section_chars: int = 1500
    scanner: str = ""
    extras: bool = False
