"""Word documents, read from the XML in document order.

python-docx is not used: it leaves out text boxes, content controls, notes and comments, and it
repeats merged cells. Explicit page breaks are not pages: where a page ends depends on the fonts
of the machine that shows it, so places are headings.
"""

import re
from collections.abc import Iterator

from portal.ingest.errors import Corrupt, NoText
from portal.ingest.extract.docx_inline import choose_alternate, read_inline
from portal.ingest.extract.docx_styles import Styles
from portal.ingest.extract.drawing import graphic_text, paragraph_text
from portal.ingest.extract.outline import Outline
from portal.ingest.extract.tidy import join_cells, tidy_line, tidy_lines, tidy_text
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.ooxml import Element, Package, attribute, child, descendants, local
from portal.ingest.types import ExtractedSection, Extraction, Limits, Place

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_WRAPPERS = {"customXml", "ins", "moveTo", "smartTag", "sdtContent", "body", "hdr", "ftr"}
_MARGINS = "页眉和页脚"
_PAGE_NUMBER = re.compile(r"[\s\d\-–—/第页頁共of.]*|page\s*\d*(\s*of\s*\d+)?", re.IGNORECASE)


def extract_docx(data: bytes, name: str, limits: Limits) -> Extraction:
    """The text of a Word document. Raises Corrupt, Encrypted, NoText, TooLarge."""
    package = Package(data, limits)
    reader = _Reader(package, package.main_part("word/document.xml"))
    outline = Outline()
    reader.read_body(outline)
    title = choose_title(
        [
            package.core_title(),
            reader.title,
            outline.first_heading,
            title_line(outline.first_line),
        ],
        name,
    )
    sections = [*outline.sections(title, limits), *reader.margins()]
    if not sections:
        raise NoText("文档里没有可检索的文字，可能只有图片，需要 OCR 或补充文字后再上传。")
    return Extraction("docx", MEDIA_TYPE, title, tuple(sections), ())


class _Reader:
    """Walks one document; ``title`` is the paragraph in the Title style, if there is one."""

    def __init__(self, package: Package, part: str) -> None:
        self.title = ""
        self._package = package
        self._part = part
        self._styles = Styles(package, part)
        self._notes = {
            (kind, attribute(note, "id")): note
            for relation, kind in (
                ("footnotes", "脚注"),
                ("endnotes", "尾注"),
                ("comments", "批注"),
            )
            for target in package.related(part, relation)
            for note in self._roots(target)
        }

    def read_body(self, outline: Outline) -> None:
        """Put headings, paragraphs and tables into ``outline``, notes where they are called."""
        root = self._package.xml(self._part)
        if root is None:
            raise Corrupt
        for block in _blocks(root):
            if local(block) == "tbl":
                outline.add("\n".join(self._table(block, self._part)))
            else:
                self._read_paragraph(block, outline)

    def margins(self) -> list[ExtractedSection]:
        """Headers and footers, each different line once, as one last section."""
        lines: dict[str, None] = {}
        for relation in ("header", "footer"):
            for part in self._package.related(self._part, relation):
                root = self._package.xml(part)
                for line in [] if root is None else self._block_lines(root, part):
                    if not _PAGE_NUMBER.fullmatch(line):
                        lines[line] = None
        place = Place("whole", None, _MARGINS)
        return [ExtractedSection(place, _MARGINS, "\n".join(lines))] if lines else []

    def _read_paragraph(self, paragraph: Element, outline: Outline) -> None:
        role = self._styles.role(paragraph)
        # A table of contents says nothing that the headings do not say.
        if role == "contents":
            return
        lines = list(self._paragraph_lines(paragraph, self._part))
        own = tidy_line(read_inline(paragraph).text)
        if role == "title" and own and not self.title:
            self.title = own
        elif role in ("heading", "title") and own:
            outline.heading(own)
            lines = lines[len(tidy_lines(read_inline(paragraph).text)) :]
        for line in lines:
            outline.add(line)

    def _paragraph_lines(self, paragraph: Element, part: str) -> Iterator[str]:
        inline = read_inline(paragraph)
        yield from tidy_lines(inline.text)
        for box in inline.boxes:
            yield from self._block_lines(box, part)
        for graphic in inline.graphics:
            if next(descendants(graphic, "txbxContent"), None) is None:
                yield from tidy_lines(self._graphic_text(graphic, part))
        for note in inline.notes:
            if note in self._notes:
                text = tidy_text("\n".join(self._block_lines(self._notes[note], part)))
                yield f"{note[0]}：{text}" if text else ""

    def _graphic_text(self, graphic: Element, part: str) -> str:
        drawn = [paragraph_text(p) for p in descendants(graphic, "p") if not _is_word(p)]
        return "\n".join([*drawn, graphic_text(graphic, self._package, part)])

    def _block_lines(self, container: Element, part: str) -> Iterator[str]:
        for block in _blocks(container):
            if local(block) == "tbl":
                yield from self._table(block, part)
            else:
                yield from filter(None, self._paragraph_lines(block, part))

    def _table(self, table: Element, part: str) -> Iterator[str]:
        for row in _rows(table):
            cells = [
                tidy_line(" ".join(self._block_lines(cell, part)))
                for cell in _unwrapped(row, "tc")
                if not _continues_above(cell)
            ]
            if line := join_cells(cells):
                yield line

    def _roots(self, part: str) -> list[Element]:
        root = self._package.xml(part)
        return [] if root is None else list(root.iterchildren("*"))


def _blocks(container: Element) -> Iterator[Element]:
    """Paragraphs and tables in ``container``, seen through content controls and the like."""
    for element in container.iterchildren("*"):
        name = local(element)
        if name in ("p", "tbl"):
            yield element
        elif name in _WRAPPERS or (name == "sdt" and not _is_contents(element)):
            yield from _blocks(element)
        elif name == "AlternateContent":
            branch = choose_alternate(element)
            if branch is not None:
                yield from _blocks(branch)


def _is_contents(control: Element) -> bool:
    gallery = next(descendants(control, "docPartGallery"), None)
    return attribute(gallery, "val") == "Table of Contents"


def _rows(table: Element) -> Iterator[Element]:
    for row in _unwrapped(table, "tr"):
        if child(child(row, "trPr"), "del") is None:
            yield row


def _unwrapped(element: Element, name: str) -> Iterator[Element]:
    for inner in element.iterchildren("*"):
        if local(inner) == name:
            yield inner
        elif local(inner) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _unwrapped(inner, name)


def _continues_above(cell: Element) -> bool:
    properties = child(cell, "tcPr")
    merge = child(properties, "vMerge")
    if merge is not None and attribute(merge, "val") != "restart":
        return True
    return attribute(child(properties, "hMerge"), "val") == "continue"


def _is_word(paragraph: Element) -> bool:
    return "wordprocessingml" in str(paragraph.tag)
