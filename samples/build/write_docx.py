"""Word documents."""

import io
from collections.abc import Sequence
from typing import Any

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from samples.build import blocks
from samples.build.archive import repacked
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
from samples.build.source import Source
from samples.build.words import look

_TEXT_WIDTH = Cm(16)
_BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3")
_NUMBERS = ("List Number", "List Number 2", "List Number 3")


def write(source: Source) -> bytes:
    """The document with real styles, a header and a footer with page numbers."""
    document = docx.Document()
    _drop_thumbnail(document)
    _set_page(document)
    _set_styles(document, source)
    _set_properties(document, source)
    _set_header_and_footer(document, source)
    _Body(document, source).add(blocks.parse(source.body))
    stream = io.BytesIO()
    document.save(stream)
    return repacked(stream.getvalue())


def _drop_thumbnail(document: Any) -> None:
    """The template's thumbnail shows another document."""
    rels = document.part.package.rels
    for key in [key for key, rel in rels.items() if rel.reltype.endswith("/thumbnail")]:
        del rels[key]


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)


def _set_properties(document: Any, source: Source) -> None:
    core = document.core_properties
    core.title, core.author = source.title, source.author_name
    core.last_modified_by, core.comments = source.author_name, ""
    core.created = core.modified = source.created
    core.language = look(source).language


def _set_styles(document: Any, source: Source) -> None:
    style = look(source)
    languages = document.styles.element.xpath("w:docDefaults//w:lang")
    for language in languages:
        language.set(qn("w:eastAsia"), style.language)
    normal = document.styles["Normal"]
    _set_font(normal, style.body_font, 11)
    normal.paragraph_format.line_spacing = 1.25
    normal.paragraph_format.space_after = Pt(5)
    sizes = (("Title", 20), ("Heading 1", 16), ("Heading 2", 14), ("Heading 3", 12))
    for name, size in sizes:
        heading = document.styles[name]
        _set_font(heading, style.heading_font, size)
        heading.font.bold = True
        heading.font.color.rgb = RGBColor.from_string(style.colour)
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in title.element.xpath("w:pPr/w:pBdr"):
        border.getparent().remove(border)


def _set_font(style: Any, east_asian: str, size: int) -> None:
    style.font.name, style.font.size = "Calibri", Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in [key for key in fonts.attrib if "Theme" in key]:
        del fonts.attrib[key]
    fonts.set(qn("w:eastAsia"), east_asian)


def _set_header_and_footer(document: Any, source: Source) -> None:
    style = look(source)
    section = document.sections[0]
    header = section.header.paragraphs[0]
    header.add_run(f"{style.operator}　{source.title}")
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = style.page_words
    footer.add_run(before)
    _add_field(footer, "PAGE")
    footer.add_run(between)
    _add_field(footer, "NUMPAGES")
    footer.add_run(after)
    for run in (*header.runs, *footer.runs):
        run.font.size = Pt(9)
        run.font.color.rgb = RGBColor(0x59, 0x59, 0x59)


def _add_field(paragraph: Any, name: str) -> None:
    field = parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr="{name}">'
        '<w:r><w:rPr><w:color w:val="595959"/><w:sz w:val="18"/></w:rPr><w:t>1</w:t></w:r>'
        "</w:fldSimple>"
    )
    paragraph._p.append(field)


class _Body:
    """Adds blocks to a document; it remembers the list and the page break it is in."""

    def __init__(self, document: Any, source: Source) -> None:
        self.document, self.look = document, look(source)
        self.breaks = False
        self.numbering: list[int] = []

    def add(self, body: Sequence[Block]) -> None:
        for block in body:
            if not isinstance(block, Item):
                self.numbering.clear()
            if isinstance(block, PageBreak):
                self.breaks = True
            elif isinstance(block, Table):
                self._add_table(block)
            else:
                self._add_text(block)

    def _add_text(self, block: Heading | Paragraph | Item | Quote | Code) -> None:
        if isinstance(block, Heading):
            name = "Title" if block.level == 1 else f"Heading {block.level - 1}"
            self._paragraph(name).add_run(block.text)
        elif isinstance(block, Item):
            self._add_item(block)
        elif isinstance(block, Code):
            run = self._paragraph("No Spacing").add_run(block.text)
            run.font.name = "Consolas"
        else:
            name = "Normal" if isinstance(block, Paragraph) else "Quote"
            _add_runs(self._paragraph(name), block.runs)

    def _paragraph(self, style: str) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        if self.breaks:
            paragraph.paragraph_format.page_break_before = True
            self.breaks = False
        return paragraph

    def _add_item(self, item: Item) -> None:
        depth = min(item.depth, 2)
        names = _BULLETS if item.number is None else _NUMBERS
        paragraph = self._paragraph(names[depth])
        _add_runs(paragraph, item.runs)
        del self.numbering[depth + 1 :]
        if item.number is None:
            return
        if len(self.numbering) <= depth or item.number == 1:
            missing = depth + 1 - len(self.numbering)
            self.numbering += [0] * missing
            self.numbering[depth] = self._new_list(names[depth], item.number)
        numbering = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        numbering.get_or_add_ilvl().val = 0
        numbering.get_or_add_numId().val = self.numbering[depth]

    def _new_list(self, style: str, start: int) -> int:
        """A numbering instance that starts anew: the style's own runs through the document."""
        numbering = self.document.part.numbering_part.element
        of_style = self.document.styles[style].element.pPr.numPr.numId.val
        abstract = numbering.num_having_numId(of_style).abstractNumId.val
        instance = numbering.add_num(abstract)
        instance.add_lvlOverride(ilvl=0).add_startOverride(start)
        return int(instance.numId)

    def _add_table(self, block: Table) -> None:
        if self.breaks:
            self._paragraph("No Spacing")
        widths = blocks.column_widths(block)
        table = self.document.add_table(len(block.rows), len(widths), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        # Word follows the cells' widths, LibreOffice the grid's.
        for position, share in enumerate(widths):
            table.columns[position].width = int(_TEXT_WIDTH * share / sum(widths))
        for number, row in enumerate(block.rows):
            for column, runs in enumerate(row):
                cell = table.cell(number, column)
                cell.width = int(_TEXT_WIDTH * widths[column] / sum(widths))
                self._fill(cell, runs, header=number == 0)
        _mark_header(table.rows[0])
        for row in table.rows:
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        self.document.add_paragraph(style="No Spacing")

    def _fill(self, cell: Any, runs: Runs, *, header: bool) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.15
        _add_runs(paragraph, runs)
        for run in paragraph.runs:
            run.font.size = Pt(10)
            if header:
                run.font.bold, run.font.color.rgb = True, RGBColor(255, 255, 255)
        if header:
            shading = f'<w:shd {nsdecls("w")} w:val="clear" w:fill="{self.look.colour}"/>'
            cell._tc.get_or_add_tcPr().append(parse_xml(shading))


def _mark_header(row: Any) -> None:
    """Repeat the row on every page that the table reaches."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _add_runs(paragraph: Any, runs: Runs) -> None:
    for piece in runs:
        run = paragraph.add_run(piece.text)
        if piece.bold:
            run.bold = True
