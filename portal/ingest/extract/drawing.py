"""Words inside of drawings: text bodies, tables, charts and SmartArt of all Office formats."""

from collections.abc import Iterator

from portal.ingest.extract.tidy import join_cells, tidy_line, tidy_text
from portal.ingest.ooxml import (
    Element,
    Package,
    attribute,
    child,
    children,
    descendants,
    local,
    text_of,
)

# Points of a SmartArt model that carry layout rather than the author's words.
_LAYOUT_POINTS = {"pres", "parTrans", "sibTrans", "doc"}


def paragraph_text(paragraph: Element) -> str:
    """The text of an ``a:p``, its line breaks kept."""
    return tidy_text(
        "".join(
            {"br": "\n", "tab": " "}.get(local(element)) or element.text or ""
            for element in descendants(paragraph, "t", "br", "tab")
        )
    )


def body_text(body: Element | None) -> str:
    """The paragraphs of a text body (``p:txBody``, ``xdr:txBody``...), one a line."""
    if body is None:
        return ""
    return "\n".join(text for p in children(body, "p") if (text := paragraph_text(p)))


def table_text(table: Element) -> str:
    """The rows of an ``a:tbl``; a merged cell is given once."""
    rows = []
    for row in children(table, "tr"):
        cells = [
            body_text(child(cell, "txBody"))
            for cell in children(row, "tc")
            if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
        ]
        rows.append(join_cells(cells))
    return "\n".join(row for row in rows if row)


def graphic_text(graphic: Element, package: Package, part: str) -> str:
    """Text of the chart or SmartArt that ``graphic`` (in ``part``) points to, or ""."""
    relations = package.relations(part)
    lines: list[str] = []
    for element in descendants(graphic, "chart", "relIds"):
        reference = attribute(element, "dm" if local(element) == "relIds" else "id")
        target = relations.get(reference, ("", ""))[1]
        root = package.xml(target) if target else None
        if root is not None:
            lines += smartart_lines(root) if local(element) == "relIds" else chart_lines(root)
    return "\n".join(lines)


def chart_lines(chart: Element) -> list[str]:
    """Title and axis titles of a chart, its categories, and the names of its series."""
    titles = [
        text
        for title in descendants(chart, "title")
        if (text := " ".join(filter(None, map(paragraph_text, descendants(title, "p")))))
    ]
    categories = [value for axis in descendants(chart, "cat", "strDim") for value in _points(axis)]
    series = [
        value for one in descendants(chart, "ser", "series") for value in _points(child(one, "tx"))
    ]
    rows = (join_cells(list(dict.fromkeys(row))) for row in (series, categories))
    return [*titles, *(row for row in rows if row)]


def smartart_lines(model: Element) -> list[str]:
    """The author's lines in a SmartArt data part, in order."""
    return [
        text
        for point in descendants(model, "pt")
        if point.get("type") not in _LAYOUT_POINTS
        if (text := body_text(child(point, "t")))
    ]


def _points(data: Element | None) -> Iterator[str]:
    if data is None:
        return
    for point in descendants(data, "v", "pt"):
        # A charted point wraps its text in c:v; one of the newer kinds holds it directly.
        if child(point, "v") is None and (text := tidy_line(text_of(point))):
            yield text
