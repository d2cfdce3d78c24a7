"""A section's text as paragraphs and tables."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass

CELL_SEPARATOR = " | "
# Below this a first row is as likely to be a form's first field as a header.
HEADED_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of text as it was extracted."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Consecutive rows, filled up to one width; ``header`` is empty where no row looks like one."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def blocks(text: str, headings: Collection[str] = ()) -> list[Paragraph | Table]:
    """Paragraphs and tables in order: lines whose cells are joined by ``" | "`` form tables.

    A first line that repeats one of the ``headings`` shown above the text is left out.
    """
    found: list[Paragraph | Table] = []
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].strip() in headings:
        del lines[0]
    for is_row, group in itertools.groupby(lines, _is_row):
        if is_row:
            found.append(_table([_cells(line) for line in group]))
        else:
            found.extend(Paragraph(line.strip()) for line in group)
    return found


def _is_row(line: str) -> bool:
    return CELL_SEPARATOR in f" {line} "


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in f" {line} ".split(CELL_SEPARATOR)]


def _table(rows: list[list[str]]) -> Table:
    width = max(map(len, rows))
    filled = tuple(tuple(row) + ("",) * (width - len(row)) for row in rows)
    headed = len(filled) > 1 and width >= HEADED_COLUMNS and all(filled[0])
    return Table(filled[0], filled[1:]) if headed else Table((), filled)
