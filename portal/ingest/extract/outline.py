"""Paragraphs under headings, turned into sections of a size that search can show."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal.ingest.extract.tidy import tidy_line, tidy_lines
from portal.ingest.types import ExtractedSection, Limits, Place

_MAX_HEADING = 40
_NUMBER = "[〇零一二三四五六七八九十百千两0-9０-９]"
_CHINESE_HEADING = re.compile(
    rf"(第{_NUMBER}{{1,6}}[章节節编編篇部分条條回讲講课課]|[一二三四五六七八九十]{{1,3}}[、．.]"
    r"|附[件录錄表][一二三四五六七八九十0-9]*[:：\s]|【[^】]{1,30}】)"
)


@dataclass(slots=True)
class _Part:
    heading: str
    anchor: str = ""
    lines: list[str] = field(default_factory=list)


class Outline:
    """Collects a document in reading order: headings, and lines under them."""

    def __init__(self) -> None:
        self._parts = [_Part("")]

    def heading(self, text: str, anchor: str = "") -> None:
        """Start a section; a heading without text is no heading."""
        if line := tidy_line(text):
            self._parts.append(_Part(line, anchor))

    def add(self, text: str) -> None:
        """Add one or more lines to the section in hand."""
        self._parts[-1].lines.extend(tidy_lines(text))

    @property
    def first_heading(self) -> str:
        """The first heading, or ""."""
        return self._parts[1].heading if len(self._parts) > 1 else ""

    @property
    def first_line(self) -> str:
        """The first line that stands before any heading, or ""."""
        return self._parts[0].lines[0] if self._parts[0].lines else ""

    @property
    def all_text(self) -> str:
        """Headings and lines alike, one a line."""
        lines = [line for part in self._parts for line in (part.heading, *part.lines) if line]
        return "\n".join(lines)

    def sections(self, title: str, limits: Limits) -> list[ExtractedSection]:
        """Everything collected, in order.

        Text before the first heading is headed by ``title``. A document without headings is cut
        at lines that number themselves like headings ("一、", "第一章", "【…】"), else by size.
        """
        if len(self._parts) > 1:
            return list(_headed(self._parts, title, limits))
        lines = self._parts[0].lines
        parts = _parts_by_numbering(lines)
        if len(parts) > 2:
            return list(_headed(parts, title, limits))
        return _by_size(lines, title, limits.headless_section_chars)


def is_heading_line(line: str) -> bool:
    """Whether a line of plain text numbers itself as Chinese headings do."""
    if len(line) > _MAX_HEADING or line.endswith(("。", "；", "，", ";", ",")):
        return False
    return bool(_CHINESE_HEADING.match(line))


def _parts_by_numbering(lines: Iterable[str]) -> list[_Part]:
    parts = [_Part("")]
    for line in lines:
        if is_heading_line(line):
            parts.append(_Part(line))
        else:
            parts[-1].lines.append(line)
    return parts


def _headed(parts: list[_Part], title: str, limits: Limits) -> Iterator[ExtractedSection]:
    for number, part in enumerate(parts):
        # A bare heading is still words somebody may look for; the title is indexed anyway.
        lines = part.lines or ([part.heading] if part.heading not in ("", title) else [])
        if number == 0:
            place, heading = Place("whole", None, ""), title
        else:
            place, heading = Place("heading", number, part.heading, part.anchor), part.heading
        for text in pack_lines(lines, limits.max_section_chars):
            yield ExtractedSection(place, heading, text)


def _by_size(lines: list[str], title: str, size: int) -> list[ExtractedSection]:
    texts = pack_lines(lines, size)
    if len(texts) == 1:
        return [ExtractedSection(Place("whole", None, ""), title, texts[0])]
    return [
        ExtractedSection(Place("whole", number, f"第 {number} 段"), title, text)
        for number, text in enumerate(texts, start=1)
    ]


def pack_lines(lines: Iterable[str], size: int) -> list[str]:
    """Lines packed into texts of about ``size`` characters, cut between lines.

    A single line longer than ``size`` is cut after its sentences where it can be.
    """
    texts: list[str] = []
    held: list[str] = []
    length = 0
    for line in (piece for whole in lines for piece in _cut_line(whole, size)):
        if held and length + len(line) > size:
            texts.append("\n".join(held))
            held, length = [], 0
        held.append(line)
        length += len(line) + 1
    return [*texts, "\n".join(held)] if held else texts


def _cut_line(line: str, size: int) -> Iterator[str]:
    while len(line) > size:
        stop = max(line.rfind(mark, size // 2, size) for mark in "。！？；.!? ")
        stop = stop + 1 if stop > 0 else size
        yield line[:stop].rstrip()
        line = line[stop:].lstrip()
    if line:
        yield line
