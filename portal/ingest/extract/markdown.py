"""Markdown: CommonMark with tables and footnotes; headings start sections."""

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from selectolax.lexbor import LexborHTMLParser

from portal.ingest.extract.outline import Outline
from portal.ingest.extract.reflow import join_wrapped
from portal.ingest.extract.tidy import join_cells, tidy_line
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.types import Extraction, Limits

MEDIA_TYPE = "text/markdown"

_FRONT_MATTER_TITLE = re.compile(r"^title:[ \t]*(.+)$", re.MULTILINE)
_TASK = re.compile(r"^\[[ xX]\]\s+")


def extract_markdown(text: str, name: str, limits: Limits) -> Extraction:
    """The sections of decoded Markdown; none if it shows nothing."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.use(front_matter_plugin).use(footnote_plugin).parse(text)
    outline = Outline()
    _Walk(outline).read(tokens)
    title = choose_title(
        [_front_title(tokens), outline.first_heading, title_line(outline.first_line)], name
    )
    return Extraction("md", MEDIA_TYPE, title, tuple(outline.sections(title, limits)), ())


class _Walk:
    """Reads block tokens; a table row or a heading is complete when its closing token comes."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._cells: list[str] | None = None
        self._in_heading = False

    def read(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            if token.type == "heading_open":
                self._in_heading = True
            elif token.type == "heading_close":
                self._in_heading = False
            elif token.type == "tr_open":
                self._cells = []
            elif token.type == "tr_close":
                self._outline.add(join_cells(self._cells or []))
                self._cells = None
            elif token.type == "inline":
                self._read_inline(inline_text(token))
            elif token.type in ("fence", "code_block"):
                self._outline.add(token.content)
            elif token.type == "html_block":
                self._outline.add(_without_tags(token.content))

    def _read_inline(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(tidy_line(text))
        elif self._in_heading:
            self._outline.heading(text)
        else:
            self._outline.add(_TASK.sub("", text))


def inline_text(token: Token) -> str:
    """What an inline token shows: link texts, image descriptions, code; breaks as newlines."""
    lines = [""]
    for piece in token.children or []:
        if piece.type in ("text", "code_inline"):
            lines[-1] += piece.content
        elif piece.type == "image":
            lines[-1] += inline_text(piece) or piece.content
        elif piece.type == "softbreak":
            # A paragraph may be typed over many lines; on the page it is one.
            lines.append("\0")
        elif piece.type == "hardbreak" or piece.content.lower().startswith("<br"):
            lines.append("")
    joined: list[str] = []
    for line in lines:
        if line.startswith("\0") and joined:
            joined[-1] = join_wrapped(joined[-1], line[1:])
        else:
            joined.append(line)
    return "\n".join(joined)


def _front_title(tokens: list[Token]) -> str:
    for token in tokens[:1]:
        if token.type == "front_matter" and (found := _FRONT_MATTER_TITLE.search(token.content)):
            return found[1].strip().strip("'\"")
    return ""


def _without_tags(markup: str) -> str:
    root = LexborHTMLParser(markup).body
    return root.text(separator="\n") if root is not None else ""
