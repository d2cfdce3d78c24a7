"""The text of one Word paragraph, and what hangs on it: notes, comments, text boxes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from portal.ingest.ooxml import Element, attribute, child, children, descendants, local

# Removed or moved away by tracked changes, field codes, and properties: nothing a reader sees.
_UNSEEN = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "rPr", "pPr", "sdtPr", "sdtEndPr",
    "rt", "tblPr", "fldData", "annotationRef", "sectPr",
}  # fmt: skip
_AS_TEXT = {
    "tab": " ",
    "ptab": " ",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
}
_NOTES = {"footnoteReference": "脚注", "endnoteReference": "尾注", "commentReference": "批注"}


@dataclass(slots=True)
class Inline:
    """What one paragraph holds.

    ``notes`` are (kind, id) references; ``boxes`` are containers of blocks; ``graphics`` are
    charts and SmartArt.
    """

    pieces: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)
    graphics: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The paragraph's own text, line breaks as newlines."""
        return "".join(self.pieces)


def read_inline(paragraph: Element) -> Inline:
    """The content of a ``w:p`` in reading order."""
    inline = Inline()
    for element in _walk(paragraph):
        name = local(element)
        if name == "t":
            inline.pieces.append(element.text or "")
        elif name in _AS_TEXT:
            inline.pieces.append(_AS_TEXT[name])
        elif name in _NOTES:
            inline.notes.append((_NOTES[name], attribute(element, "id")))
        elif name == "txbxContent":
            inline.boxes.append(element)
        elif name == "textpath":
            inline.pieces.append(element.get("string", ""))
        elif name == "graphicData":
            inline.graphics.append(element)
    return inline


def choose_alternate(alternate: Element) -> Element | None:
    """The one branch of ``mc:AlternateContent`` to read: the first that holds text."""
    branches = [*children(alternate, "Choice"), *children(alternate, "Fallback")]
    for branch in branches:
        if next(descendants(branch, "t", "chart", "relIds", "textpath"), None) is not None:
            return branch
    return None


def _walk(element: Element) -> Iterator[Element]:
    for inner in element.iterchildren("*"):
        name = local(inner)
        if name in _UNSEEN or (name == "r" and _is_hidden(inner)):
            continue
        if name == "AlternateContent":
            branch = choose_alternate(inner)
            if branch is not None:
                yield from _walk(branch)
            continue
        yield inner
        # The blocks of a text box are read as blocks, by whoever asked for this paragraph.
        if name != "txbxContent":
            yield from _walk(inner)


def _is_hidden(run: Element) -> bool:
    vanish = child(child(run, "rPr"), "vanish")
    return vanish is not None and attribute(vanish, "val") not in ("0", "false", "off")
