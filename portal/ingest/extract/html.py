"""Web pages: the words of the page itself, without scripts, navigation and forms."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portal.ingest.errors import TooLarge
from portal.ingest.extract.outline import Outline
from portal.ingest.extract.tidy import join_cells, tidy_line
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.types import Extraction, Limits

MEDIA_TYPE = "text/html"

_NEVER = {
    "script", "style", "noscript", "template", "head", "svg", "math", "canvas", "iframe", "object",
    "embed", "audio", "video", "input", "select", "textarea", "button", "option", "datalist",
    "rt", "rp", "map", "-comment",
}  # fmt: skip
_AROUND = {"nav", "aside", "footer", "menu"}
_AROUND_ROLES = {"navigation", "banner", "contentinfo", "search", "menu", "complementary"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = _HEADINGS | {
    "p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "tr", "caption", "blockquote", "pre", "figure", "figcaption",
    "form", "fieldset", "legend", "address", "details", "summary", "hr", "br", "center", "body",
    "thead", "tbody", "tfoot", "td", "th",
}  # fmt: skip
# The HTML parser takes a time that grows with the square of the depth: half a second here.
_MAX_DEPTH = 10_000
_CONTAINER_TAG = re.compile(
    r"<(/?)(?!(?:p|li|dt|dd|td|th|tr|br|hr|img|input|meta|link|col|option|base|area)\b)[a-z]",
    re.IGNORECASE,
)
_LAYOUT_INSIDE = "table, h1, h2, h3, h4, h5, h6"


def extract_html(text: str, name: str, limits: Limits) -> Extraction:
    """The sections of a decoded web page; none if it shows nothing. Raises TooLarge."""
    if _depth(text) > _MAX_DEPTH:
        raise TooLarge("网页的标签嵌套过深，无法处理，请在浏览器中另存后再上传。")
    tree = LexborHTMLParser(text)
    outline = _outline(tree, _AROUND)
    if not outline.sections("", limits):
        # A page that is navigation and nothing else still says something.
        outline = _outline(tree, set())
    title = choose_title(_title_candidates(tree, outline), name)
    return Extraction("html", MEDIA_TYPE, title, tuple(outline.sections(title, limits)), ())


def _depth(markup: str) -> int:
    """About how deep elements nest, going by the tags of those that must be closed."""
    depth = deepest = 0
    for tag in _CONTAINER_TAG.finditer(markup):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _outline(tree: LexborHTMLParser, around: set[str]) -> Outline:
    outline = Outline()
    if tree.body is not None:
        _Walk(outline, around).read(tree.body)
    return outline


def _title_candidates(tree: LexborHTMLParser, outline: Outline) -> Iterator[str]:
    for selector in ("h1", "head > title", "title"):
        node = tree.css_first(selector)
        if node is not None:
            yield node.text(separator=" ")
    yield outline.first_heading
    yield title_line(outline.first_line)


class _Walk:
    """Visits nodes with a stack of its own: pages nest deeper than Python recurses."""

    def __init__(self, outline: Outline, around: set[str]) -> None:
        self._outline = outline
        self._around = around
        self._line: list[str] = []

    def read(self, root: LexborNode) -> None:
        """Put what ``root`` contains into the outline."""
        stack = [(inner, False) for inner in reversed(_children(root))]
        while stack:
            node, is_leaving = stack.pop()
            if is_leaving:
                self._end_line()
            elif node.is_text_node:
                self._line.append(node.text_content or "")
            elif not self._is_skipped(node) and not self._read_whole(node):
                is_block = node.tag in _BLOCKS
                if is_block:
                    self._end_line()
                    stack.append((node, True))
                stack.extend((inner, False) for inner in reversed(_children(node)))
        self._end_line()

    def _read_whole(self, node: LexborNode) -> bool:
        """Take in what is read in one go: headings, data tables, preformatted text."""
        if node.tag in _HEADINGS and not _is_blank(node):
            self._end_line()
            self._outline.heading(self._text(node), node.attributes.get("id") or "")
        elif node.tag == "table" and not _lays_out(node):
            self._end_line()
            self._read_table(node)
        elif node.tag == "pre":
            self._end_line()
            self._outline.add(node.text())
        else:
            return False
        return True

    def _read_table(self, table: LexborNode) -> None:
        for row in table.css("caption, tr"):
            cells = row.css("td, th") if row.tag == "tr" else [row]
            self._outline.add(join_cells([self._text(cell) for cell in cells]))

    def _text(self, node: LexborNode) -> str:
        inner = Outline()
        _Walk(inner, self._around).read(node)
        return inner.all_text

    def _is_skipped(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if not node.is_element_node or tag in _NEVER or tag in self._around:
            return True
        attributes = node.attributes
        if "hidden" in attributes or attributes.get("aria-hidden") == "true":
            return True
        style = (attributes.get("style") or "").replace(" ", "").lower()
        if "display:none" in style or "visibility:hidden" in style:
            return True
        return bool(self._around) and _is_around(node, attributes.get("role") or "")

    def _end_line(self) -> None:
        if self._line:
            self._outline.add(tidy_line("".join(self._line)))
            self._line = []


def _is_around(node: LexborNode, role: str) -> bool:
    if role in _AROUND_ROLES:
        return True
    # The header of a site is furniture; a header that holds the title is the page.
    return node.tag == "header" and node.css_first("h1") is None


def _children(node: LexborNode) -> list[LexborNode]:
    found = []
    inner = node.child
    while inner is not None:
        found.append(inner)
        inner = inner.next
    return found


def _lays_out(table: LexborNode) -> bool:
    """Whether a table arranges the page, as other tables or headings in its cells show."""
    return any(
        inner.is_element_node and inner.css_first(_LAYOUT_INSIDE) is not None
        for inner in _children(table)
    )


def _is_blank(node: LexborNode) -> bool:
    return not tidy_line(node.text())
