"""PowerPoint decks."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from samples.build import blocks, deck_text, deck_theme
from samples.build.archive import repacked
from samples.build.blocks import Block, Heading, Quote, Table, plain
from samples.build.deck_text import Segment
from samples.build.source import Source, SourceError
from samples.build.words import look

_GAP = 10.0


@dataclass(frozen=True, slots=True)
class _Slide:
    title: str
    body: Sequence[Block]
    notes: str


def write(source: Source) -> bytes:
    """The deck: 16:9, a slide for each second-level heading, real tables, speaker's notes."""
    first, *rest = _slides(source)
    deck = deck_theme.new_deck(look(source))
    _set_properties(deck, source)
    _add_title_slide(deck, first)
    for slide in rest:
        try:
            _add_slide(deck, slide)
        except ValueError as error:
            raise SourceError(f"{source.slug}: slide {slide.title}: {error}") from error
    stream = io.BytesIO()
    deck.save(stream)
    return repacked(stream.getvalue())


def _slides(source: Source) -> list[_Slide]:
    parts: list[tuple[Heading, list[Block]]] = []
    for block in blocks.parse(source.body):
        if isinstance(block, Heading) and block.level <= 2:
            parts.append((block, []))
        elif parts and not isinstance(block, blocks.PageBreak):
            parts[-1][1].append(block)
    levels = [heading.level for heading, _ in parts]
    if levels[:1] != [1] or 1 in levels[1:] or not 4 <= len(levels) - 1 <= 10:
        raise SourceError(f"{source.slug}: a deck is one # title and 4 to 10 ## slides")
    return [_slide(heading.text, body) for heading, body in parts]


def _slide(title: str, body: Sequence[Block]) -> _Slide:
    notes = [plain(block.runs) for block in body if isinstance(block, Quote)]
    shown = [block for block in body if not isinstance(block, Quote)]
    return _Slide(title, shown, "\n".join(notes))


def _set_properties(deck: Any, source: Source) -> None:
    core = deck.core_properties
    core.title, core.author = source.title, source.author_name
    core.last_modified_by, core.revision = source.author_name, 1
    core.created = core.modified = source.created
    core.language = look(source).language


def _add_title_slide(deck: Any, content: _Slide) -> None:
    slide = deck.slides.add_slide(deck.slide_layouts[deck_theme.TITLE_SLIDE])
    title, subtitle = slide.placeholders[0], slide.placeholders[1]
    title.text_frame.text = content.title
    deck_theme.whiten(title, 40 if len(content.title) <= 24 else 34)
    lines = [line for part in deck_text.segments(content.body) for line in _lines(part)]
    if lines:
        subtitle.text_frame.text = "\n".join(lines)
        deck_theme.whiten(subtitle, 20 if len(lines) <= 3 else 16)
    else:
        subtitle._element.getparent().remove(subtitle._element)
    _add_notes(slide, content.notes)


def _lines(part: Segment) -> list[str]:
    texts = [
        block.text if isinstance(block, Heading | blocks.Code) else plain(block.runs)
        for block in part.texts
    ]
    return [line for text in texts for line in text.split("\n")]


def _add_slide(deck: Any, content: _Slide) -> None:
    parts = deck_text.segments(content.body)
    has_text = any(part.texts for part in parts)
    layout = deck_theme.CONTENT if has_text else deck_theme.TITLE_ONLY
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text_frame.text = content.title
    if len(content.title) > 28:
        slide.shapes.title.text_frame.paragraphs[0].runs[0].font.size = Pt(24)
    width, height = deck_theme.TEXT_WIDTH.pt, deck_theme.TEXT_HEIGHT.pt
    size, heights = deck_text.fit(parts, width, height)
    factor = deck_text.stretch(parts, heights, height)
    top, placeholder = deck_theme.TOP.pt, slide.placeholders[1] if has_text else None
    for part, tall in zip(parts, heights, strict=True):
        if part.table is not None:
            _add_table(slide, part.table, deck_text.table_size(size), (top, factor))
        else:
            shape = placeholder or slide.shapes.add_textbox(0, 0, 0, 0)
            placeholder = None
            _place(shape, top, tall * factor)
            deck_text.fill(shape.text_frame, part.texts, size, factor)
        top += tall * factor + _GAP
    deck_theme.add_slide_number(slide)
    _add_notes(slide, content.notes)


def _place(shape: Any, top: float, height: float) -> None:
    shape.left, shape.width = deck_theme.LEFT, deck_theme.TEXT_WIDTH
    shape.top, shape.height = Pt(top), Pt(height)


def _add_table(slide: Any, table: Table, size: int, place: tuple[float, float]) -> None:
    top, factor = place
    shares = blocks.column_widths(table)
    total = deck_theme.TEXT_WIDTH.pt
    heights = [factor * height for height in deck_text.row_heights(table, size, total)]
    frame = slide.shapes.add_table(
        len(table.rows), len(shares), deck_theme.LEFT, Pt(top), Pt(total), Pt(sum(heights))
    )
    for column, share in zip(frame.table.columns, shares, strict=True):
        column.width = Pt(total * share / sum(shares))
    for number, row in enumerate(table.rows):
        frame.table.rows[number].height = Pt(heights[number])
        for column_number, runs in enumerate(row):
            cell = frame.table.cell(number, column_number)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            deck_text.add_runs(cell.text_frame.paragraphs[0], runs, size)


def _add_notes(slide: Any, notes: str) -> None:
    if notes:
        slide.notes_slide.notes_text_frame.text = notes
