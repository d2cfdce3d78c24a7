"""Pages of a PDF as pictures, for those that hold no text and are to be recognised."""

import base64
from collections.abc import Sequence

import pypdfium2 as pdfium

from portal.ingest.errors import Corrupt

DOTS_PER_INCH = 200
LONGEST_SIDE = 4000
"""Pixels; a larger page is drawn smaller, so that no page asks for unbounded memory."""


def page_images(data: bytes, pages: Sequence[int]) -> list[str]:
    """The given pages (from 1) as grey pictures in PGM format, in base64.

    Raises Corrupt where the file cannot be opened or drawn.
    """
    try:
        document = pdfium.PdfDocument(data)
        try:
            return [
                base64.b64encode(_draw(document, number)).decode("ascii")
                for number in pages
                if 1 <= number <= len(document)
            ]
        finally:
            document.close()
    except pdfium.PdfiumError as error:
        raise Corrupt from error


def _draw(document: pdfium.PdfDocument, number: int) -> bytes:
    page = document[number - 1]
    longest = max(*page.get_size(), 1.0)
    scale = min(DOTS_PER_INCH / 72, LONGEST_SIDE / longest)
    bitmap = page.render(scale=scale, grayscale=True)
    rows = bytes(bitmap.buffer)
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    packed = b"".join(rows[y * stride : y * stride + width] for y in range(height))
    return f"P5 {width} {height} 255\n".encode("ascii") + packed
