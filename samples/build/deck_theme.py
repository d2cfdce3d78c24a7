"""Turns python-pptx's 4:3 template into a 16:9 one in the operator's colours."""

import re
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from samples.build.words import Look

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, TOP = Inches(0.6), Inches(1.45)
TEXT_WIDTH, TEXT_HEIGHT = Inches(12.13), Inches(5.3)
TITLE_SLIDE, CONTENT, TITLE_ONLY = 0, 1, 2
_KEPT = ("Title Slide", "Title and Content", "Title Only")
_COLOURS = {
    "accent1": "{accent}",
    "accent2": "D9822B",
    "accent3": "5B8C5A",
    "accent4": "3E6990",
    "accent5": "8C5B7A",
    "accent6": "B0A042",
    "dk2": "12403D",
    "lt2": "EEF5F4",
}
_IMPRINT = """<p:sp {ns}><p:nvSpPr><p:cNvPr id="91" name="Imprint"/><p:cNvSpPr txBox="1"/>
<p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/>
<a:ext cx="3600000" cy="300000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>
<p:txBody><a:bodyPr lIns="0"/><a:lstStyle/><a:p><a:r><a:rPr lang="{language}" sz="1100">
<a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:rPr><a:t>{operator}</a:t></a:r></a:p>
</p:txBody></p:sp>"""
_BAR = """<p:sp {ns}><p:nvSpPr><p:cNvPr id="90" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>
</p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"""


def new_deck(style: Look) -> Any:
    """An empty presentation with the layouts of ``TITLE_SLIDE``, ``CONTENT`` and ``TITLE_ONLY``."""
    deck = Presentation()
    _drop_thumbnail(deck)
    _widen(deck)
    for layout in list(deck.slide_layouts):
        if layout.name not in _KEPT:
            deck.slide_layouts.remove(layout)
    _set_theme(deck, style)
    _set_master(deck.slide_master)
    _add_imprint(deck.slide_master, style)
    _set_title_layout(deck.slide_layouts[TITLE_SLIDE])
    return deck


def _drop_thumbnail(deck: Any) -> None:
    """The template's thumbnail shows another deck."""
    package = deck.part.package
    for key in [key for key, rel in package._rels.items() if rel.reltype.endswith("/thumbnail")]:
        package.drop_rel(key)


def _widen(deck: Any) -> None:
    scale = WIDTH / deck.slide_width
    deck.slide_width, deck.slide_height = WIDTH, HEIGHT
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            if shape._element.spPr.find(qn("a:xfrm")) is not None:
                shape.left, shape.width = int(shape.left * scale), int(shape.width * scale)


def _set_theme(deck: Any, style: Look) -> None:
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = part.blob.decode()
    for name, colour in _COLOURS.items():
        value = colour.format(accent=style.colour)
        theme = re.sub(rf'(<a:{name}><a:srgbClr val=")\w+', rf"\g<1>{value}", theme)
    theme = theme.replace('<a:ea typeface=""/>', f'<a:ea typeface="{style.heading_font}"/>')
    part._blob = theme.encode()


def _set_master(master: Any) -> None:
    title, body = master.placeholders[0], master.placeholders[1]
    title.left, title.top, title.width, title.height = (
        LEFT, Inches(0.4), TEXT_WIDTH, Inches(0.8),
    )  # fmt: skip
    body.left, body.top, body.width, body.height = LEFT, TOP, TEXT_WIDTH, TEXT_HEIGHT
    level = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    level.set("algn", "l")
    run = level.find(qn("a:defRPr"))
    run.set("sz", "2800")
    run.set("b", "1")
    run.find(f".//{qn('a:schemeClr')}").set("val", "accent1")
    _add_bar(master, 0, Inches(0.5), Inches(0.22), Inches(0.6), "accent1")
    _add_bar(master, LEFT, Inches(6.95), TEXT_WIDTH, Inches(0.02), "bg2")


def _add_bar(holder: Any, x: int, y: int, cx: int, cy: int, colour: str) -> None:
    bar = _BAR.format(
        ns=nsdecls("p", "a"), x=int(x), y=int(y), cx=int(cx), cy=int(cy), colour=colour
    )
    holder._element.cSld.spTree.insert(2, parse_xml(bar))


def _add_imprint(master: Any, style: Look) -> None:
    imprint = _IMPRINT.format(
        ns=nsdecls("p", "a"),
        x=int(LEFT),
        y=int(Inches(7.02)),
        language=style.language,
        operator=style.operator,
    )
    master._element.cSld.spTree.append(parse_xml(imprint))


def _set_title_layout(layout: Any) -> None:
    layout._element.set("showMasterSp", "0")
    layout.background.fill.solid()
    layout.background.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    _add_bar(layout, Inches(0.9), Inches(4.05), Inches(1.6), Inches(0.06), "accent2")
    title, subtitle = layout.placeholders[0], layout.placeholders[1]
    title.left, title.top, title.width, title.height = (
        Inches(0.9), Inches(1.5), Inches(11.5), Inches(2.4),
    )  # fmt: skip
    title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
    subtitle.left, subtitle.top, subtitle.width, subtitle.height = (
        Inches(0.9), Inches(4.3), Inches(11.5), Inches(1.9),
    )  # fmt: skip


def whiten(shape: Any, size: int) -> None:
    """Set a title slide's text in white, left-aligned, in a size in points."""
    for paragraph in shape.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.color.rgb = Pt(size), RGBColor(255, 255, 255)


def add_slide_number(slide: Any) -> None:
    """A slide number as a field: python-pptx does not take over the layout's placeholder."""
    for placeholder in slide.slide_layout.placeholders:
        if placeholder.element.ph.get("type") == "sldNum":
            number = parse_xml(etree.tostring(placeholder.element))
            number.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
            for text in number.iter(qn("a:t")):
                text.text = str(len(slide.part.package.presentation_part.presentation.slides))
            slide.shapes._spTree.append(number)
