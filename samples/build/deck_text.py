"""Fits the blocks of a slide into its text area: sizes, heights and paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Pt

from samples.build import blocks
from samples.build.blocks import Block, Code, Heading, Item, Paragraph, Run, Runs, Table, plain

SIZES = (26, 24, 22, 20, 18, 17, 16, 15, 14, 13, 12, 11)
_LINE = 1.38


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring text blocks, or one table."""

    texts: tuple[Heading | Paragraph | Item | Code, ...] = ()
    table: Table | None = None


def segments(body: Sequence[Block]) -> list[Segment]:
    """The blocks of a slide as runs of text with tables between them."""
    found: list[Segment] = []
    for block in body:
        if isinstance(block, Table):
            found.append(Segment(table=block))
        elif isinstance(block, Heading | Paragraph | Item | Code):
            if not found or found[-1].table is not None:
                found.append(Segment())
            found[-1] = Segment((*found[-1].texts, block))
        else:
            raise ValueError(f"{type(block).__name__} has no place on a slide")
    return found


def fit(parts: Sequence[Segment], width: float, height: float) -> tuple[int, list[float]]:
    """The largest size (points) at which the segments fit, and their heights in points."""
    for size in SIZES:
        heights = [segment_height(part, size, width) for part in parts]
        if sum(heights) + 10 * (len(parts) - 1) <= height:
            return size, heights
    raise ValueError("too much text for one slide")


def segment_height(part: Segment, size: int, width: float) -> float:
    """The height in points of a segment set in a size (points) over a width (points)."""
    if part.table is not None:
        return sum(row_heights(part.table, table_size(size), width))
    lines = [_lines(_text(block), size, width - 22) for block in part.texts]
    return sum(lines) * size * _LINE + len(lines) * size * 0.35 + 10


def table_size(size: int) -> int:
    """Tables are set smaller than text."""
    return max(10, min(size - 2, 18))


def row_heights(table: Table, size: int, width: float) -> list[float]:
    """The heights of a table's rows in points."""
    shares = blocks.column_widths(table)
    widths = [width * share / sum(shares) - 16 for share in shares]
    return [
        max(_lines(plain(cell), size, w) for cell, w in zip(row, widths, strict=True)) * size * 1.25
        + 9
        for row in table.rows
    ]


def _lines(text: str, size: int, width: float) -> int:
    per_line = width / size - 0.5
    return sum(max(1, ceil(blocks.width(line) / per_line)) for line in text.split("\n"))


def _text(block: Heading | Paragraph | Item | Code) -> str:
    return block.text if isinstance(block, Heading | Code) else plain(block.runs)


def stretch(parts: Sequence[Segment], heights: Sequence[float], height: float) -> float:
    """By how much to open out a slide that is not full: a factor from 1 to 1.5."""
    free = height - 10 * (len(parts) - 1)
    return max(1.0, min(1.5, 0.95 * free / sum(heights)))


def fill(
    frame: Any, texts: Sequence[Heading | Paragraph | Item | Code], size: int, factor: float
) -> None:
    """Write the blocks into a text frame, a paragraph each, ``factor`` times the usual height."""
    frame.word_wrap = True
    for position, (block, number) in enumerate(_numbered(texts)):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        _mark(paragraph, block, size, number)
        lines = len(plain(_runs(block)).split("\n"))
        extra = (factor - 1) * size * (_LINE * lines + 0.35)
        paragraph.space_before, paragraph.space_after = Pt(0), Pt(size * 0.35 + extra)
        paragraph.line_spacing = 1.1
        add_runs(paragraph, _runs(block), size)


def _numbered(
    texts: Sequence[Heading | Paragraph | Item | Code],
) -> Iterator[tuple[Heading | Paragraph | Item | Code, int]]:
    """The blocks with the number at which their list starts: text between items ends a list."""
    start = 1
    for block in texts:
        if isinstance(block, Item) and block.number is not None:
            start = block.number if not start or block.number == 1 else start
            yield block, start
        else:
            yield block, 1
            start = start if isinstance(block, Item) else 0


def _runs(block: Heading | Paragraph | Item | Code) -> Runs:
    if isinstance(block, Heading | Code):
        return (Run(block.text, bold=isinstance(block, Heading)),)
    return block.runs


def _mark(paragraph: Any, block: Block, size: int, start: int) -> None:
    """Bullets, numbers or none, told explicitly: a text box has no list style to inherit."""
    properties = paragraph._p.get_or_add_pPr()
    if not isinstance(block, Item):
        properties.set("marL", "0")
        properties.set("indent", "0")
        properties.append(parse_xml(f"<a:buNone {nsdecls('a')}/>"))
        return
    paragraph.level = min(block.depth, 4)
    indent = Pt(size * 1.5)
    properties.set("marL", str(int(indent * (block.depth + 1))))
    properties.set("indent", str(-int(indent)))
    colour = f'<a:buClr {nsdecls("a")}><a:schemeClr val="accent1"/></a:buClr>'
    properties.append(parse_xml(colour))
    if block.number is None:
        properties.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))
    else:
        at = f' startAt="{start}"' if start > 1 else ""
        mark = f'<a:buAutoNum {nsdecls("a")} type="arabicPeriod"{at}/>'
        properties.append(parse_xml(mark))


def add_runs(paragraph: Any, runs: Runs, size: int) -> None:
    """Append runs in a size in points; a line feed becomes a line break."""
    for piece in runs:
        for position, line in enumerate(piece.text.split("\n")):
            if position:
                paragraph.add_line_break()
            run = paragraph.add_run()
            run.text, run.font.size = line, Pt(size)
            if piece.bold:
                run.font.bold = True
