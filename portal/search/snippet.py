"""The passage that shows why a section answers, with exact marks on the original text."""

import functools
import re
from collections.abc import Sequence

from portal.search.types import Span
from portal.text import Segmenter, normalise

WIDTH = 130
_LEAD = 30
REMEMBERED = 4096
"""Titles, and passages, that a process remembers with their marks, some 2 KB each."""
_BREAK = re.compile(r"[。！？；\n]")


@functools.lru_cache(maxsize=REMEMBERED)
def mark(text: str, needles: tuple[str, ...], segmenter: Segmenter) -> tuple[Span, ...]:
    """The whole text with every needle (folded) marked where it stands in the original."""
    return _spans(text, 0, len(text), _occurrences(text, needles, segmenter))


@functools.lru_cache(maxsize=REMEMBERED)
def snippet(
    text: str, needles: tuple[str, ...], segmenter: Segmenter, width: int = WIDTH
) -> tuple[Span, ...]:
    """The passage of about ``width`` characters that holds the most different needles.

    Without any needle in the text it is the beginning. An ellipsis stands where text was cut.
    """
    found = _occurrences(text, needles, segmenter)
    start = _best_start(text, found, width)
    end = min(len(text), start + width)
    spans = list(_spans(text, start, end, found))
    if start > 0:
        spans.insert(0, Span("…"))
    if end < len(text):
        spans.append(Span("…"))
    return tuple(_readable(span) for span in spans)


def _occurrences(
    text: str, needles: Sequence[str], segmenter: Segmenter
) -> list[tuple[int, int, str]]:
    """Original ranges of the needles, in order; parts stand in for a word that is not there."""
    normalised = normalise(text)
    present: dict[str, None] = {}
    for needle in needles:
        if needle in normalised.text:
            present[needle] = None
        else:
            parts = (part for part in segmenter.sub_words(needle) if len(part) > 1)
            present |= dict.fromkeys(part for part in parts if part in normalised.text)
    if not present:
        return []
    longest_first = sorted(present, key=len, reverse=True)
    pattern = "|".join(_pattern(needle) for needle in longest_first if needle)
    return [
        (*normalised.original_span(*match.span()), match.group())
        for match in re.finditer(pattern, normalised.text)
        if match.group()
    ]


def _pattern(needle: str) -> str:
    # A Latin word is marked at its beginning only: "on" is not in "iphone".
    edge = r"(?<![a-z0-9])" if needle[:1].isascii() and needle[:1].isalnum() else ""
    return edge + re.escape(needle)


def _best_start(text: str, found: list[tuple[int, int, str]], width: int) -> int:
    if not found or len(text) <= width:
        return 0
    best, best_worth, first = found[0][0], (0, 0), 0
    for number, (start, _end, _needle) in enumerate(found):
        first = max(first, number)
        while first < len(found) and found[first][1] <= start + width - _LEAD:
            first += 1
        inside = found[number : max(first, number + 1)]
        worth = (len({needle for _a, _b, needle in inside}), len(inside))
        if worth > best_worth:
            best, best_worth = start, worth
    floor = max(0, best - _LEAD)
    breaks = [match.end() for match in _BREAK.finditer(text, floor, best)]
    return min(breaks[-1] if breaks else floor, max(0, len(text) - width))


def _spans(text: str, start: int, end: int, found: list[tuple[int, int, str]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    position = start
    for begin, stop, _needle in found:
        begin, stop = max(begin, position), min(stop, end)
        if begin >= stop:
            continue
        if begin > position:
            spans.append(Span(text[position:begin]))
        spans.append(Span(text[begin:stop], marked=True))
        position = stop
    if position < end:
        spans.append(Span(text[position:end]))
    return tuple(_merged(spans))


def _readable(span: Span) -> Span:
    """Table cells and line ends as a passage in one line shows them."""
    return Span(span.text.replace(" | ", " · ").replace("\n", " "), span.marked)


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].marked == span.marked:
            merged[-1] = Span(merged[-1].text + span.text, span.marked)
        else:
            merged.append(span)
    return merged
