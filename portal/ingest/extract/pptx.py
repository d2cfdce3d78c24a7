"""Slides: one section each, shapes in the order in which a person reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.ingest.errors import Corrupt, NoText
from portal.ingest.extract.drawing import body_text, graphic_text, table_text
from portal.ingest.extract.outline import pack_lines
from portal.ingest.extract.tidy import tidy_line, tidy_lines
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.ooxml import Element, Package, child, descendants, local
from portal.ingest.types import ExtractedSection, Extraction, Limits, Place

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

# Shapes whose tops are closer than this (0.25 inch, in EMU) stand in one row.
_ROW_TOLERANCE = 228_600
_TITLE_TYPES = {"title", "ctrTitle"}
_SAME_ON_EVERY_SLIDE = {"sldNum", "dt"}


@dataclass(frozen=True, slots=True)
class _Block:
    top: int
    left: int
    text: str
    is_title: bool = False


def extract_pptx(data: bytes, name: str, limits: Limits) -> Extraction:
    """The text of a presentation, hidden slides included. Raises Corrupt, NoText, TooLarge."""
    package = Package(data, limits)
    slides = _slides(package)
    notices = []
    if len(slides) > limits.max_pages:
        notices.append(f"共 {len(slides)} 张幻灯片，只收录了前 {limits.max_pages} 张。")
    sections: list[ExtractedSection] = []
    seen_footers: set[str] = set()
    for number, part in enumerate(slides[: limits.max_pages], start=1):
        sections += _SlideReader(package, part, seen_footers).sections(number, limits)
    if not sections:
        raise NoText("幻灯片里没有可检索的文字，可能只有图片，需要 OCR 或补充文字后再上传。")
    title = choose_title([package.core_title(), sections[0].heading], name)
    return Extraction("pptx", MEDIA_TYPE, title, tuple(sections), tuple(notices))


def _slides(package: Package) -> list[str]:
    main = package.main_part("ppt/presentation.xml")
    root = package.xml(main)
    if root is None:
        raise Corrupt
    relations = package.relations(main)
    ids = [attribute_id(slide) for slide in descendants(root, "sldId")]
    return [relations[one][1] for one in ids if one in relations]


def attribute_id(slide: Element) -> str:
    """The relation id of ``p:sldId``, which also has a plain ``id`` that means something else."""
    return next((str(v) for k, v in slide.attrib.items() if str(k).endswith("}id")), "")


class _SlideReader:
    def __init__(self, package: Package, part: str, seen_footers: set[str]) -> None:
        self._package = package
        self._part = part
        self._seen_footers = seen_footers
        self._inherited = _inherited_places(package, part)

    def sections(self, number: int, limits: Limits) -> list[ExtractedSection]:
        root = self._package.xml(self._part)
        tree = child(child(root, "cSld"), "spTree")
        blocks = _reading_order([] if tree is None else list(self._blocks(tree)))
        heading = next((tidy_line(block.text) for block in blocks if block.is_title), "")
        lines = [line for b in blocks if not b.is_title for line in tidy_lines(b.text)]
        if not heading and lines and (heading := title_line(lines[0])):
            lines = lines[1:]
        lines += self._notes() + self._comments()
        place = Place("slide", number, heading)
        texts = pack_lines(lines or [heading] if heading else lines, limits.max_section_chars)
        return [ExtractedSection(place, heading, text) for text in texts]

    def _blocks(self, tree: Element) -> Iterator[_Block]:
        for shape in tree.iterchildren("*"):
            name = local(shape)
            if name == "AlternateContent":
                branch = child(shape, "Choice")
                branch = branch if branch is not None else child(shape, "Fallback")
                yield from self._blocks(shape if branch is None else branch)
            elif name == "grpSp":
                inner = _reading_order(list(self._blocks(shape)))
                top, left = _offset(child(shape, "grpSpPr"), (0, 0))
                yield from _as_unit(inner, top, left)
            elif name in ("sp", "graphicFrame", "cxnSp"):
                yield from self._shape(shape)

    def _shape(self, shape: Element) -> Iterator[_Block]:
        placeholder = next(descendants(shape, "ph"), None)
        kind = "" if placeholder is None else placeholder.get("type", "body")
        text = self._shape_text(shape)
        if not text or kind in _SAME_ON_EVERY_SLIDE or self._is_repeated(kind, text):
            return
        fallback = self._inherited.get(_placeholder_key(placeholder), (0, 0))
        frame = shape if local(shape) == "graphicFrame" else child(shape, "spPr")
        top, left = _offset(frame, fallback)
        yield _Block(top, left, text, kind in _TITLE_TYPES)

    def _is_repeated(self, kind: str, text: str) -> bool:
        if kind != "ftr":
            return False
        is_seen = text in self._seen_footers
        self._seen_footers.add(text)
        return is_seen

    def _shape_text(self, shape: Element) -> str:
        tables = [table_text(table) for table in descendants(shape, "tbl")]
        if tables:
            return "\n".join(tables)
        graphic = graphic_text(shape, self._package, self._part)
        return "\n".join(filter(None, [body_text(child(shape, "txBody")), graphic]))

    def _notes(self) -> list[str]:
        lines: list[str] = []
        for part in self._package.related(self._part, "notesSlide"):
            root = self._package.xml(part)
            for shape in [] if root is None else descendants(root, "sp"):
                placeholder = next(descendants(shape, "ph"), None)
                if placeholder is not None and placeholder.get("type") == "body":
                    lines += tidy_lines(body_text(child(shape, "txBody")))
        return [f"备注：{lines[0]}", *lines[1:]] if lines else []

    def _comments(self) -> list[str]:
        lines = []
        for part in self._package.related(self._part, "comments"):
            root = self._package.xml(part)
            for element in [] if root is None else descendants(root, "text", "txBody"):
                text = body_text(element) or (element.text or "")
                lines += [f"批注：{line}" for line in tidy_lines(text)]
        return lines


def _reading_order(blocks: list[_Block]) -> list[_Block]:
    """From top to bottom, and from left to right among shapes whose tops are about level."""
    ordered: list[_Block] = []
    row: list[_Block] = []
    for block in sorted(blocks, key=lambda block: block.top):
        if row and block.top - row[0].top > _ROW_TOLERANCE:
            ordered += sorted(row, key=lambda block: block.left)
            row = []
        row.append(block)
    return ordered + sorted(row, key=lambda block: block.left)


def _as_unit(blocks: list[_Block], top: int, left: int) -> Iterator[_Block]:
    """The blocks of a group as one block, so that nothing is sorted in between them."""
    titles = [block for block in blocks if block.is_title]
    yield from titles
    if rest := [block.text for block in blocks if not block.is_title]:
        yield _Block(top, left, "\n".join(rest))


def _offset(properties: Element | None, default: tuple[int, int]) -> tuple[int, int]:
    """(top, left) in EMU from a shape's ``xfrm``."""
    offset = child(child(properties, "xfrm"), "off")
    if offset is None:
        return default
    try:
        return int(offset.get("y", "0")), int(offset.get("x", "0"))
    except ValueError:
        return default


def _placeholder_key(placeholder: Element | None) -> str:
    if placeholder is None:
        return ""
    kind = placeholder.get("type", "")
    # Titles and the like are matched by type, bodies by their index.
    is_single = kind in _TITLE_TYPES or kind in ("subTitle", "ftr")
    return kind if is_single else f"#{placeholder.get('idx', '0')}"


def _inherited_places(package: Package, slide: str) -> dict[str, tuple[int, int]]:
    """Where the slide's layout and master put the placeholders that the slide leaves alone."""
    layouts = package.related(slide, "slideLayout")
    masters = [part for layout in layouts for part in package.related(layout, "slideMaster")]
    places: dict[str, tuple[int, int]] = {}
    for part in [*masters, *layouts]:
        root = package.xml(part)
        for shape in [] if root is None else descendants(root, "sp"):
            placeholder = next(descendants(shape, "ph"), None)
            offset = _offset(child(shape, "spPr"), (-1, -1))
            if placeholder is not None and offset != (-1, -1):
                places[_placeholder_key(placeholder)] = offset
    return places
