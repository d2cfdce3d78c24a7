"""Lines that a page or a text editor broke, put together again."""

import re
import unicodedata

_HAN = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
    "\u3001-\u3003\u3005-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
    "“”‘’…—·"
)
_HAN_END = re.compile(rf"[{_HAN}]\Z")
_HAN_START = re.compile(rf"\A[{_HAN}]")
_ITEM = re.compile(
    r"\s*([-•●○■□◆◇▪▶►★☆※*✓√·→]|[（(]?[一二三四五六七八九十百\d]{1,3}[)）、．]|\d{1,2}\.(?!\d)"
    r"|\d{1,2}(\.\d{1,2}){1,3}\s|第[一二三四五六七八九十百\d]{1,4}[章节節条條款]|[①-⑳]|【|附件|注[:：])"
)
_STOPS = tuple("。！？；：.!?;:")
# Shorter lines (in half-width columns) are headings, labels or cells, not full lines.
_MIN_FULL = 30
_FULL_SHARE = 0.86
_NEIGHBOURS = 4


def join_wrapped(first: str, second: str) -> str:
    """Two lines as one: nothing between Han characters, a space between Latin words."""
    first, second = first.rstrip(), second.lstrip()
    if not first or not second:
        return first + second
    if _HAN_END.search(first) or _HAN_START.search(second):
        return first + second
    return f"{first} {second}"


def reflow(lines: list[str]) -> list[str]:
    """Paragraphs from the lines of a page.

    A line runs on into the next if it is about as wide as the widest line near it, does not end
    a sentence, and what follows does not begin a list item.
    """
    widths = [_width(line) for line in lines]
    paragraphs: list[str] = []
    runs_on = False
    for index, line in enumerate(lines):
        if runs_on and not _ITEM.match(line):
            paragraphs[-1] = _join_line(paragraphs[-1], line)
        else:
            paragraphs.append(line)
        near = widths[max(0, index - _NEIGHBOURS) : index + _NEIGHBOURS + 1]
        is_full = widths[index] >= max(_MIN_FULL, max(near) * _FULL_SHARE)
        runs_on = _is_hyphenated(line) or (is_full and not line.endswith(_STOPS))
    return paragraphs


def _join_line(first: str, second: str) -> str:
    if _is_hyphenated(first) and second[:1].islower():
        return first[:-1] + second
    return join_wrapped(first, second)


def _is_hyphenated(line: str) -> bool:
    return line.endswith(("-", "\u2010")) and line[-2:-1].isalpha() and line[-2:-1].isascii()


def _width(line: str) -> int:
    """Columns that ``line`` takes: two for a full-width character, one for others."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
