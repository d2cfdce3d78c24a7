"""PDF, read with pdfium: a section per page, pages whose text cannot be trusted left out.

pdfium is not thread safe, whatever the number of documents: one lock covers all of it, so
threads take turns; processes do not share it.
"""

import ctypes
import threading
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from portal.ingest.errors import Corrupt, Encrypted, NoText
from portal.ingest.extract.outline import pack_lines
from portal.ingest.extract.pdf_text import is_garbled, repair_page
from portal.ingest.extract.titles import choose_title, is_real_title, title_line
from portal.ingest.types import ExtractedSection, Extraction, Limits, Place

MEDIA_TYPE = "application/pdf"

_PDFIUM = threading.Lock()
_NEEDS_OCR = "没有可检索的文字，需要 OCR"
# Fewer characters than this on a page that carries a picture are a page number or a stamp.
_FEW = 20


@dataclass(frozen=True, slots=True)
class _Page:
    text: str
    needs_ocr: bool


def extract_pdf(data: bytes, name: str, limits: Limits) -> Extraction:
    """The text of a PDF. Raises Encrypted, Corrupt, NoText."""
    with _PDFIUM:
        document = _open(data)
        try:
            return _read(document, name, limits)
        finally:
            document.close()


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if pdfium_c.FPDF_GetLastError() == pdfium_c.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise Encrypted from error
        raise Corrupt from error


def _read(document: pdfium.PdfDocument, name: str, limits: Limits) -> Extraction:
    total = len(document)
    if not total:
        raise Corrupt
    pages = [_read_page(document, index) for index in range(min(total, limits.max_pages))]
    sections = tuple(
        ExtractedSection(Place("page", number, ""), "", text)
        for number, page in enumerate(pages, start=1)
        for text in pack_lines(page.text.split("\n"), limits.max_section_chars)
        if text
    )
    unread = [number for number, page in enumerate(pages, start=1) if page.needs_ocr]
    if not sections:
        raise NoText(f"这份 PDF {_NEEDS_OCR}；请先做文字识别，或上传原始文档。")
    notices = [f"第 {page_ranges(unread)} 页{_NEEDS_OCR}。"] if unread else []
    if total > limits.max_pages:
        notices.append(f"共 {total} 页，只收录了前 {limits.max_pages} 页。")
    title = choose_title(_title_candidates(document, sections), name)
    return Extraction("pdf", MEDIA_TYPE, title, sections, tuple(notices), tuple(unread))


def _read_page(document: pdfium.PdfDocument, index: int) -> _Page:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return _Page("", True)
    textpage = page.get_textpage()
    raw = textpage.get_text_range() if textpage.count_chars() else ""
    text = repair_page(raw)
    if not text:
        return _Page("", next(page.get_objects(max_depth=3), None) is not None)
    if is_garbled(text, _unmapped_share(textpage)):
        return _Page("", True)
    has_picture = len(text) < _FEW and _has_picture(page)
    return _Page(text, has_picture)


def _has_picture(page: pdfium.PdfPage) -> bool:
    pictures = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(pictures), None) is not None


def _unmapped_share(textpage: pdfium.PdfTextPage) -> float:
    """The share of characters whose font does not say which they are."""
    count = textpage.count_chars()
    unmapped = sum(pdfium_c.FPDFText_HasUnicodeMapError(textpage, i) == 1 for i in range(count))
    return unmapped / count if count else 0.0


def _title_candidates(
    document: pdfium.PdfDocument, sections: tuple[ExtractedSection, ...]
) -> list[str]:
    stated = document.get_metadata_value("Title")
    plausible = stated if is_real_title(stated) and not is_garbled(stated, 0.0) else ""
    return [plausible, _biggest_line(document), title_line(sections[0].text.split("\n")[0])]


def _biggest_line(document: pdfium.PdfDocument) -> str:
    """The first page's line in the largest type, if larger than most of the page."""
    textpage = document[0].get_textpage()
    count = min(textpage.count_chars(), 2000)
    heights = [_height(textpage, index) for index in range(count)]
    seen = sorted(height for height in heights if height)
    if not seen or seen[-1] < seen[len(seen) // 2] * 1.15:
        return ""
    start = next(i for i, height in enumerate(heights) if height >= seen[-1] * 0.97)
    stop = start
    while stop < count and (not heights[stop] or heights[stop] >= seen[-1] * 0.9):
        stop += 1
    text = repair_page(textpage.get_text_range(start, stop - start))
    return title_line("".join(text.split("\n")[:2]))


def _height(textpage: pdfium.PdfTextPage, index: int) -> float:
    rect = pdfium_c.FS_RECTF()
    found = pdfium_c.FPDFText_GetLooseCharBox(textpage, index, ctypes.byref(rect))
    return abs(rect.top - rect.bottom) if found else 0.0


def page_ranges(numbers: list[int]) -> str:
    """Page numbers as people write them: "3、5–8"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
