"""The body of a source as a flat sequence of blocks, the same for every format."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# Emphasis is found here: Markdown takes the ____ of forms for marks, and does not take ** for one
# between a full stop and a Han character.
_OFF = (
    "autolink",
    "code",
    "emphasis",
    "entity",
    "html_block",
    "html_inline",
    "image",
    "lheading",
    "reference",
)
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text, bold or not; a line feed in it is a line break."""

    text: str
    bold: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 (the document's title) to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """An ordinary paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """A list item; ``depth`` counts from 0, ``number`` is ``None`` in a bullet list."""

    depth: int
    number: int | None
    runs: Runs


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the header and all rows have its length."""

    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation, in a deck the speaker's notes."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Code:
    """Lines set as typed."""

    text: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a page."""


Block = Heading | Paragraph | Item | Table | Quote | Code | PageBreak


def plain(runs: Iterable[Run]) -> str:
    """The text of runs without their marks."""
    return "".join(run.text for run in runs)


def parse(body: str) -> tuple[Block, ...]:
    """The blocks of a Markdown body in order; lists are flattened into items."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable(list(_OFF))
    tree = SyntaxTreeNode(parser.parse(body))
    return tuple(block for node in tree.children for block in _blocks(node))


def _blocks(node: SyntaxTreeNode) -> Iterator[Block]:
    if node.type == "heading":
        yield Heading(int(node.tag[1]), plain(_runs(node)))
    elif node.type == "paragraph":
        yield Paragraph(_runs(node))
    elif node.type in ("bullet_list", "ordered_list"):
        yield from _items(node, 0)
    elif node.type == "table":
        yield _table(node)
    elif node.type == "blockquote":
        yield from (Quote(_runs(child)) for child in node.children)
    elif node.type == "fence":
        yield Code(node.content.rstrip("\n"))
    elif node.type == "hr":
        yield PageBreak()
    else:
        raise ValueError(f"Markdown of type {node.type} is not part of the dialect")


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[Item]:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    for position, item in enumerate(node.children):
        number = None if first is None else first + position
        paragraphs = [child for child in item.children if child.type == "paragraph"]
        nested = [child for child in item.children if child.type.endswith("_list")]
        if len(paragraphs) + len(nested) != len(item.children):
            raise ValueError("a list item holds something other than text and lists")
        yield Item(depth, number, _joined([_runs(child) for child in paragraphs]))
        for child in nested:
            yield from _items(child, depth + 1)


def _joined(parts: Sequence[Runs]) -> Runs:
    runs: list[Run] = []
    for position, part in enumerate(parts):
        runs += [Run("\n")] * (position > 0)
        runs += part
    return tuple(runs)


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row for part in node.children for row in part.children]
    return Table(tuple(tuple(_runs(cell) for cell in row.children) for row in rows))


def _runs(node: SyntaxTreeNode) -> Runs:
    # Every second piece of the split is what stands between two marks.
    pieces = _BOLD.split("".join(_texts(node)))
    return tuple(Run(text, bold=bool(place % 2)) for place, text in enumerate(pieces) if text)


def _texts(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif child.type in ("text", "code_inline"):
            yield child.content
        else:
            yield from _texts(child)


_WIDE = re.compile(r"[ᄀ-ᇿ⺀-꓏가-힣豈-﫿︰-﹏\uff00-｠￠-￦]")


def width(text: str) -> float:
    """The width of a text in Han characters: a wide character 1, any other 0.55."""
    wide = len(_WIDE.findall(text))
    return wide + 0.55 * (len(text) - wide)


def column_widths(table: Table, least: float = 3.0, most: float = 26.0) -> list[float]:
    """The share of each column in Han characters, by its widest and its average cell."""
    widths = []
    for column in zip(*table.rows, strict=True):
        cells = [max(map(width, plain(cell).split("\n"))) for cell in column]
        typical = (max(cells) + sum(cells) / len(cells)) / 2 + 1
        widths.append(min(max(typical, least), most))
    return widths
