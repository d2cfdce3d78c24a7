"""Reading a file with all that is installed here: isolated parsers, and what helps where present.

LibreOffice opens the formats of before 2007, tesseract recognises the text of pictures and scanned
pages, clamd looks for viruses. Each is used when it is there, and nothing is missed when it is not.
"""

import re
from dataclasses import replace

from portal.ingest import libreoffice, ocr
from portal.ingest.errors import NoText, UnsupportedFormat
from portal.ingest.isolate import draw_pages, extract_isolated
from portal.ingest.scan import refuse_infected
from portal.ingest.sniff import legacy_kind, picture_type
from portal.ingest.types import ExtractedSection, Extraction, Limits, Place

MOST_PAGES = 40
"""Pages of one file whose text is recognised; the rest is named as before."""

_BATCH = 4
_NO_PICTURE_TEXT = "图片里没有识别出文字，请上传原始文档，或更清晰的图片。"


def read_file(data: bytes, name: str, limits: Limits) -> Extraction:
    """The title and sections of a file. Raises the errors of ``portal.ingest.errors``."""
    refuse_infected(data, limits.scanner)
    try:
        extraction = extract_isolated(data, name, limits)
    except UnsupportedFormat:
        if not limits.extras:
            raise
        helped = _convert(data, name, limits) or _recognise_picture(data, name, limits)
        if helped is None:
            raise
        return helped
    except NoText:
        if not (_may_recognise(limits) and data[:1024].lstrip().startswith(b"%PDF")):
            raise
        scanned = Extraction("pdf", "application/pdf", "", (), ())
        everything = tuple(range(1, MOST_PAGES + 1))
        recognised = _recognise_pages(data, scanned, everything, limits)
        if not recognised.sections:
            raise
        return _titled(recognised, name)
    if extraction.unread_pages and _may_recognise(limits):
        return _recognise_pages(data, extraction, extraction.unread_pages[:MOST_PAGES], limits)
    return extraction


def _may_recognise(limits: Limits) -> bool:
    return limits.extras and ocr.is_present()


def _convert(data: bytes, name: str, limits: Limits) -> Extraction | None:
    kind = legacy_kind(data)
    if kind is None or not libreoffice.is_present():
        return None
    extraction = extract_isolated(libreoffice.convert(data, kind, limits), name, limits)
    notice = f"这是旧版 Office 文件（{kind}），文字由 LibreOffice 转换得到，版式可能不同。"
    return replace(
        extraction,
        media_type=libreoffice.MEDIA_TYPES[kind],
        notices=(*extraction.notices, notice),
    )


def _recognise_picture(data: bytes, name: str, limits: Limits) -> Extraction | None:
    media_type = picture_type(data)
    if media_type is None or not ocr.is_present():
        return None
    text = ocr.recognise(data, limits)
    if not text:
        raise NoText(_NO_PICTURE_TEXT)
    section = ExtractedSection(Place("page", 1, ""), "", text)
    notice = "这是图片，文字由 OCR 识别得到，可能有误。"
    return _titled(Extraction("image", media_type, "", (section,), (notice,)), name)


def _recognise_pages(
    data: bytes, extraction: Extraction, pages: tuple[int, ...], limits: Limits
) -> Extraction:
    """The extraction with the text of those pages in it, as far as any could be recognised."""
    found: dict[int, str] = {}
    for start in range(0, len(pages), _BATCH):
        batch = pages[start : start + _BATCH]
        drawn = draw_pages(data, batch, limits)
        if not drawn:
            break  # past the last page
        for number, picture in zip(batch, drawn, strict=False):
            if text := ocr.recognise(picture, limits):
                found[number] = text
    if not found:
        return extraction
    sections = [
        *extraction.sections,
        *(ExtractedSection(Place("page", number, ""), "", text) for number, text in found.items()),
    ]
    sections.sort(key=lambda section: section.place.number or 0)
    unread = tuple(page for page in extraction.unread_pages if page not in found)
    return replace(
        extraction,
        sections=tuple(sections),
        notices=(*_notices(extraction, unread), ocr.notice(sorted(found))),
        unread_pages=unread,
    )


def _notices(extraction: Extraction, unread: tuple[int, ...]) -> list[str]:
    kept = [notice for notice in extraction.notices if "需要 OCR" not in notice]
    return [*([ocr.unread_notice(list(unread))] if unread else []), *kept]


def _titled(extraction: Extraction, name: str) -> Extraction:
    first = next((line for line in extraction.sections[0].text.split("\n") if line.strip()), "")
    stem = re.sub(r"\.[^.]{1,5}$", "", name).strip()
    return replace(extraction, title=stem or first[:60] or "扫描件")
