"""Blocks as HTML, for pages and for what chromium prints."""

import html
from collections.abc import Iterator, Sequence
from itertools import groupby

from samples.build.blocks import (
    Block,
    Code,
    Heading,
    Item,
    PageBreak,
    Paragraph,
    Quote,
    Runs,
    Table,
)


def to_html(body: Sequence[Block]) -> str:
    """The HTML of blocks: headings have ids, what follows a page break has the class ``page``."""
    parts: list[str] = []
    headings, breaks = 0, False
    for is_item, group in groupby(body, key=lambda block: isinstance(block, Item)):
        members = list(group)
        units = [members] if is_item else [[block] for block in members]
        for unit in units:
            if isinstance(unit[0], PageBreak):
                breaks = True
                continue
            headings += isinstance(unit[0], Heading)
            part = _list(unit) if is_item else _block(unit[0], headings)
            parts.append(part.replace(">", ' class="page">', 1) if breaks else part)
            breaks = False
    return "\n".join(parts)


def _block(block: Block, heading: int) -> str:
    if isinstance(block, Heading):
        tag = f"h{block.level}"
        return f'<{tag} id="s{heading}">{html.escape(block.text)}</{tag}>'
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Code):
        return f"<pre>{html.escape(block.text)}</pre>"
    if not isinstance(block, Paragraph | Quote):
        raise ValueError(f"{type(block).__name__} does not stand alone")
    tag = "blockquote" if isinstance(block, Quote) else "p"
    return f"<{tag}>{_runs(block.runs)}</{tag}>"


def _runs(runs: Runs) -> str:
    texts = [(html.escape(run.text).replace("\n", "<br>\n"), run.bold) for run in runs]
    return "".join(f"<strong>{text}</strong>" if bold else text for text, bold in texts)


def _list(blocks: Sequence[Block]) -> str:
    """Nested lists from the items' depths; neighbours of another kind start another list."""
    items = [block for block in blocks if isinstance(block, Item)]
    return "\n".join(_levels(items, 0))


def _levels(items: Sequence[Item], depth: int) -> Iterator[str]:
    position = 0
    while position < len(items):
        ordered = items[position].number is not None
        tag, start = ("ol", items[position].number) if ordered else ("ul", 1)
        yield f"<{tag}>" if start == 1 else f'<{tag} start="{start}">'
        while position < len(items) and (items[position].number is not None) == ordered:
            end = position + 1
            while end < len(items) and items[end].depth > depth:
                end += 1
            nested = "".join(_levels(items[position + 1 : end], depth + 1))
            yield f"<li>{_runs(items[position].runs)}{nested}</li>"
            position = end
        yield f"</{tag}>"


def _table(table: Table) -> str:
    head, *rows = table.rows
    titles = "".join(f"<th>{_runs(cell)}</th>" for cell in head)
    lines = ["".join(f"<td>{_runs(cell)}</td>" for cell in row) for row in rows]
    body = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
