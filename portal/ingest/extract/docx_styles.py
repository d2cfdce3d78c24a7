"""Which Word paragraphs are headings, titles, or lines of a table of contents."""

import re

from portal.ingest.ooxml import Element, Package, attribute, child, children

_HEADING_NAME = re.compile(r"(heading|标题|標題)\s*[1-9]")
_TITLE_NAMES = {"title", "标题", "標題"}
_CONTENTS_NAME = re.compile(r"(toc|目录|目錄)\s*\d+")
# Outline level 9 is Word's "body text".
_BODY_LEVEL = "9"


class Styles:
    """The roles of paragraph styles, by style id."""

    def __init__(self, package: Package, part: str) -> None:
        self._styles: dict[str, Element] = {}
        for target in package.related(part, "styles"):
            root = package.xml(target)
            if root is not None:
                self._styles |= {attribute(s, "styleId"): s for s in children(root, "style")}

    def role(self, paragraph: Element) -> str:
        """One of "heading", "title", "contents" (a line of a table of contents), "text"."""
        properties = child(paragraph, "pPr")
        level = attribute(child(properties, "outlineLvl"), "val")
        if level:
            return "text" if level == _BODY_LEVEL else "heading"
        return self._style_role(attribute(child(properties, "pStyle"), "val"))

    def _style_role(self, style_id: str) -> str:
        seen: set[str] = set()
        while style_id in self._styles and style_id not in seen:
            seen.add(style_id)
            style = self._styles[style_id]
            name = attribute(child(style, "name"), "val").lower()
            if _CONTENTS_NAME.fullmatch(name):
                return "contents"
            if name in _TITLE_NAMES:
                return "title"
            level = attribute(child(child(style, "pPr"), "outlineLvl"), "val")
            if level:
                return "text" if level == _BODY_LEVEL else "heading"
            if _HEADING_NAME.fullmatch(name):
                return "heading"
            style_id = attribute(child(style, "basedOn"), "val")
        return "text"
