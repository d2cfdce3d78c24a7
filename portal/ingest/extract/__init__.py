"""Text extraction: the bytes of a file to sections that remember their place.

Pure functions of bytes: no files, no network. Whatever the bytes are, the only exceptions are
those of ``portal.ingest.errors``.
"""

from collections.abc import Callable

from portal.ingest.errors import Corrupt, IngestError, NoText, TooLarge
from portal.ingest.extract.docx import extract_docx
from portal.ingest.extract.html import extract_html
from portal.ingest.extract.markdown import extract_markdown
from portal.ingest.extract.pdf import extract_pdf
from portal.ingest.extract.plain import extract_plain
from portal.ingest.extract.pptx import extract_pptx
from portal.ingest.extract.xlsx import extract_xlsx
from portal.ingest.sniff import sniff
from portal.ingest.types import Extraction, Limits

__all__ = ["extract"]

_FROM_BYTES: dict[str, Callable[[bytes, str, Limits], Extraction]] = {
    "docx": extract_docx,
    "pptx": extract_pptx,
    "xlsx": extract_xlsx,
    "pdf": extract_pdf,
}
_FROM_TEXT: dict[str, Callable[[str, str, Limits], Extraction]] = {
    "html": extract_html,
    "md": extract_markdown,
    "txt": extract_plain,
}
_DEFAULT_LIMITS = Limits()


def extract(data: bytes, name: str, limits: Limits = _DEFAULT_LIMITS) -> Extraction:
    """The title and sections of a file; ``name`` is data, and never decides the format.

    Raises EmptyFile, UnsupportedFormat, Encrypted, Corrupt, NoText or TooLarge.
    """
    if len(data) > limits.max_bytes:
        size = limits.max_bytes // (1024 * 1024)
        raise TooLarge(f"文件超过 {size} MB 的上限，请拆分或压缩图片后再上传。")
    try:
        extraction = _extract(data, name, limits)
    except IngestError:
        raise
    except MemoryError as error:
        raise TooLarge("文件内容过大，无法处理，请拆分后再上传。") from error
    except Exception as error:
        # Parsers raise whatever they like on hostile input; to a colleague it is one thing.
        raise Corrupt from error
    if not extraction.sections:
        raise NoText
    return extraction


def _extract(data: bytes, name: str, limits: Limits) -> Extraction:
    sniffed = sniff(data, name, limits)
    if sniffed.format in _FROM_TEXT:
        return _FROM_TEXT[sniffed.format](sniffed.text, name, limits)
    return _FROM_BYTES[sniffed.format](data, name, limits)
