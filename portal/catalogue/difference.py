"""What differs between two texts that are made of sections, for people to read. Pure."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from portal.catalogue.types import SectionView
from portal.text import fold, segmenter

Kind = Literal["same", "removed", "added", "changed", "gap"]

CONTEXT = 1
"""Unchanged lines shown on each side of a change."""
MOST_SECTIONS = 200
"""Changed sections shown; a reader of more compares the originals."""
MOST_LINES = 400
"""Lines of one section that are compared word by word; comparing costs their product."""
MOST_PAIRS = 50_000
"""Pairs of equal parts up to which an alignment is looked for: a text of a few words repeated
thousands of times has millions, and is shown as replaced between what both ends have in common."""
LEAST_LIKENESS = 0.3
"""The share of common text from which a line counts as reworded and not as another line."""
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: in both texts, only in the older, or only in the newer one."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a changed section; ``gap`` stands for unchanged lines that are not shown."""

    kind: Kind
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """A section that differs; ``section`` is the newer one, or the older where it was removed."""

    kind: Literal["removed", "added", "changed"]
    section: SectionView
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs in reading order; ``same`` sections are alike, ``left_out`` not shown."""

    sections: tuple[SectionDifference, ...]
    same: int
    left_out: int

    @property
    def is_empty(self) -> bool:
        """Whether the texts say the same."""
        return not self.sections and not self.left_out


Pair = tuple[SectionView | None, SectionView | None]


def compare(older: Sequence[SectionView], newer: Sequence[SectionView]) -> Difference:
    """What changed from the older to the newer text, section by section and word by word.

    Sections are matched by their text, then by heading or place, then by order.
    """
    pairs = list(_pairs(older, newer))
    changed = [pair for pair in pairs if not _alike(*pair)]
    shown = [_section(*pair) for pair in changed[:MOST_SECTIONS]]
    return Difference(tuple(shown), len(pairs) - len(changed), len(changed) - len(shown))


def _opcodes(
    left: Sequence[Hashable], right: Sequence[Hashable]
) -> Sequence[tuple[str, int, int, int, int]]:
    """How the left becomes the right, as :meth:`difflib.SequenceMatcher.get_opcodes` says it."""
    counts = Counter(right)
    if sum(counts[each] for each in left) <= MOST_PAIRS:
        return SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    start, most = 0, min(len(left), len(right))
    while start < most and left[start] == right[start]:
        start += 1
    end = 0
    while end < most - start and left[-1 - end] == right[-1 - end]:
        end += 1
    old_end, new_end = len(left) - end, len(right) - end
    found = [
        ("equal", 0, start, 0, start),
        ("replace", start, old_end, start, new_end),
        ("equal", old_end, len(left), new_end, len(right)),
    ]
    return [each for each in found if each[1] < each[2] or each[3] < each[4]]


def _alike(old: SectionView | None, new: SectionView | None) -> bool:
    return old is not None and new is not None and _words(old) == _words(new)


def _words(section: SectionView) -> tuple[str, str]:
    return (section.heading, section.text)


def _pairs(older: Sequence[SectionView], newer: Sequence[SectionView]) -> Iterator[Pair]:
    opcodes = _opcodes([_words(each) for each in older], [_words(each) for each in newer])
    for tag, old_from, old_to, new_from, new_to in opcodes:
        left, right = older[old_from:old_to], newer[new_from:new_to]
        if tag == "equal":
            yield from zip(left, right, strict=True)
        else:
            yield from _by_name(left, right)


def _by_name(older: Sequence[SectionView], newer: Sequence[SectionView]) -> Iterator[Pair]:
    """Pairs of sections of one name; between them what has the same place in the order."""
    opcodes = _opcodes([_name(each) for each in older], [_name(each) for each in newer])
    for tag, old_from, old_to, new_from, new_to in opcodes:
        left, right = older[old_from:old_to], newer[new_from:new_to]
        if tag == "equal":
            yield from zip(left, right, strict=True)
            continue
        together = min(len(left), len(right))
        for old, new in zip(left[:together], right[:together], strict=True):
            if _likeness(old.text, new.text) >= LEAST_LIKENESS:
                yield (old, new)
            else:
                yield from ((old, None), (None, new))
        yield from ((old, None) for old in left[together:])
        yield from ((None, new) for new in right[together:])


def _name(section: SectionView) -> str:
    return section.heading or section.place_label or str(section.place_number)


def _likeness(old: str, new: str) -> float:
    # An upper bound by counting characters: enough to tell another text from a reworded one.
    return SequenceMatcher(None, old, new, autojunk=False).quick_ratio()


def _section(old: SectionView | None, new: SectionView | None) -> SectionDifference:
    if new is None or old is None:
        only = new or old
        assert only is not None  # noqa: S101 - a pair has at least one side
        kind: Literal["removed", "added"] = "added" if old is None else "removed"
        # What the place is called stands above the lines anyway.
        lines = (
            _lines(only)[1:] if only.heading and only.heading == only.place_label else _lines(only)
        )
        return SectionDifference(kind, only, tuple(_whole(kind, lines)))
    return SectionDifference("changed", new, tuple(_changed_lines(_lines(old), _lines(new))))


def _lines(section: SectionView) -> list[str]:
    lines = [line.strip() for line in section.text.splitlines() if line.strip()]
    return [section.heading, *lines] if section.heading else lines


def _whole(kind: Literal["same", "removed", "added"], lines: Iterable[str]) -> Iterator[Line]:
    return (Line(kind, (Piece(kind, line),)) for line in lines)


def _changed_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    opcodes = _opcodes(old, new)
    for number, (tag, old_from, old_to, new_from, new_to) in enumerate(opcodes):
        if tag == "equal":
            first, last = number == 0, number == len(opcodes) - 1
            yield from _context(old[old_from:old_to], at_start=first, at_end=last)
        elif max(old_to - old_from, new_to - new_from) > MOST_LINES:
            yield from _whole("removed", old[old_from:old_to])
            yield from _whole("added", new[new_from:new_to])
        else:
            yield from _reworded(old[old_from:old_to], new[new_from:new_to])


def _context(lines: Sequence[str], *, at_start: bool, at_end: bool) -> Iterator[Line]:
    before = 0 if at_start else CONTEXT
    after = 0 if at_end else CONTEXT
    if len(lines) <= before + after + 1:
        yield from _whole("same", lines)
        return
    yield from _whole("same", lines[:before])
    yield Line("gap", ())
    yield from _whole("same", lines[len(lines) - after :])


def _reworded(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines that stand for each other word by word, the others as removed and added."""
    position = 0
    for line in old:
        partner = _partner(line, new, position)
        if partner is None:
            yield from _whole("removed", [line])
            continue
        yield from _whole("added", new[position:partner])
        yield Line("changed", tuple(_pieces(line, new[partner])))
        position = partner + 1
    yield from _whole("added", new[position:])


def _partner(line: str, lines: Sequence[str], start: int) -> int | None:
    """The nearest of the next few lines that is a rewording of this one."""
    for number in range(start, min(start + 3, len(lines))):
        if _likeness(line, lines[number]) >= 2 * LEAST_LIKENESS:
            return number
    return None


def _pieces(old: str, new: str) -> Iterator[Piece]:
    left, right = _cut(old), _cut(new)
    for tag, old_from, old_to, new_from, new_to in _opcodes(left, right):
        if tag == "equal":
            yield Piece("same", "".join(left[old_from:old_to]))
            continue
        if old_to > old_from:
            yield Piece("removed", "".join(left[old_from:old_to]))
        if new_to > new_from:
            yield Piece("added", "".join(right[new_from:new_to]))


def _cut(line: str) -> list[str]:
    """The words, spaces and marks of a line, which joined are the line again."""
    found: list[str] = []
    for piece in _PIECES.findall(line):
        words = [word for run in segmenter().runs(fold(piece)) for word in run]
        # Folding can change lengths; where the words do not spell the piece, it stays whole.
        found += words if "".join(words) == piece else [piece]
    return found
