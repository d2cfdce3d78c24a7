"""The passage that shows why a section answers, with exact marks on the original text."""

import re
from collections.abc import Sequence

from portal.search.types import Span
from portal.text import normalise, sub_words

WIDTH = 130
_LEAD = 30
_BREAK = re.compile(r"[。！？；\n]")


def mark(text: str, needles: Sequence[str]) -> tuple[Span, ...]:
    """The whole text with every needle (folded) marked where it stands in the original."""
    return _spans(text, 0, len(text), _occurrences(text, needles))


def snippet(text: str, needles: Sequence[str], width: int = WIDTH) -> tuple[Span, ...]:
    """The passage of about ``width`` characters that holds the most different needles.

    Without any needle in the text it is the beginning. An ellipsis stands where text was cut.
    """
    found = _occurrences(text, needles)
    start = _best_start(text, found, width)
    end = min(len(text), start + width)
    spans = list(_spans(text, start, end, found))
    if start > 0:
        spans.insert(0, Span("…"))
    if end < len(text):
        spans.append(Span("…"))
    return tuple(spans)


def _occurrences(text: str, needles: Sequence[str]) -> list[tuple[int, int, str]]:
    """Original ranges of the needles, in order; parts stand in for a word that is not there."""
    normalised = normalise(text)
    found: list[tuple[int, int, str]] = []
    for needle in needles:
        positions = _positions(normalised.text, needle)
        if positions:
            found += [(*normalised.original_span(a, b), needle) for a, b in positions]
            continue
        for part in sub_words(needle):
            if len(part) > 1:
                found += [
                    (*normalised.original_span(a, b), part)
                    for a, b in _positions(normalised.text, part)
                ]
    return sorted(found)


def _positions(text: str, needle: str) -> list[tuple[int, int]]:
    if not needle:
        return []
    # A Latin word is marked at its beginning only: "on" is not in "iphone".
    edge = r"(?<![a-z0-9])" if needle[0].isascii() and needle[0].isalnum() else ""
    return [match.span() for match in re.finditer(edge + re.escape(needle), text)]


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


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and merged[-1].marked == span.marked:
            merged[-1] = Span(merged[-1].text + span.text, span.marked)
        else:
            merged.append(span)
    return merged
