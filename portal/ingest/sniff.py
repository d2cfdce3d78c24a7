"""What a file is, by its bytes. The name decides only between kinds of plain text."""

import re
from dataclasses import dataclass
from typing import Literal

from portal.ingest.decode import decode, is_readable
from portal.ingest.errors import Corrupt, EmptyFile, Encrypted, UnsupportedFormat
from portal.ingest.ooxml import Package, attribute, open_zip
from portal.ingest.types import Format, Limits

_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_MARK = re.compile(rb"%PDF-\d")
_PDF_MARK_WITHIN = 1024
_LOCK_FILE_MAX = 1024
_SUPPORTED = "请上传 Word、PowerPoint、Excel、PDF、网页或文本文件。"

# Of the main part's content type, which differs between documents, templates and macro files.
_OFFICE_KINDS: tuple[tuple[str, Format], ...] = (
    ("wordprocessingml", "docx"),
    ("ms-word", "docx"),
    ("presentationml", "pptx"),
    ("ms-powerpoint", "pptx"),
    ("spreadsheetml", "xlsx"),
    ("ms-excel", "xlsx"),
)
_MAIN_PARTS: tuple[tuple[str, Format], ...] = (
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("xl/workbook.xml", "xlsx"),
)
# Names of the streams in an OLE directory.
_OLE_KINDS = (
    ("WordDocument", "旧版 Word 文档（doc）", "docx"),
    ("PowerPoint Document", "旧版 PowerPoint 演示文稿（ppt）", "pptx"),
    ("Workbook", "旧版 Excel 工作簿（xls）", "xlsx"),
    ("Book", "旧版 Excel 工作簿（xls）", "xlsx"),
)
_KNOWN = (
    (rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP"
     rb"|\0\0\x01\0.\0|8BPS|.{4}ftyp(heic|heix|mif1|avif)", "图片"),
    (rb"ID3|\xff[\xfb\xf3\xf2\xfa]|RIFF.{4}WAVE|fLaC|OggS|#!AMR|.{4}ftypM4A", "音频"),
    (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI |FLV\x01|\0\0\x01\xba|\x30\x26\xb2\x75", "视频"),
    (rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|.{257}ustar", "压缩包"),
    (rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|#!/", "可执行程序"),
    (rb"SQLite format 3\0", "数据库文件"),
    (rb"AC10\d\d", "CAD 图纸"),
    (rb"\x00\x01\0\0\0|OTTO|ttcf|wOF[F2]", "字体文件"),
)  # fmt: skip
_RESAVE_TEXT = (
    (rb"\s*\{\\rtf", "RTF 文档", "docx"),
    (rb"\s*MIME-Version:", "单一文件网页（mht）", "docx"),
    (rb"(\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*<\?mso-application[^>]*Excel", "XML 表格", "xlsx"),
    (rb"(\xef\xbb\xbf)?\s*<\?xml[^>]*>\s*<\?mso-application", "XML 文档", "docx"),
    (rb"\s*%!PS", "PostScript 文件", "pdf"),
    (rb"(CAJ|HN\0\0|KDH)", "CAJ 文件", "pdf"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w\-]+)", re.IGNORECASE)
_LEAD = r"\s*(?:<\?xml[^>]*\?>\s*|<!--.*?-->\s*)*"
_HTML_DOCUMENT = re.compile(
    _LEAD + r"<(?:!doctype\s+html|html|head|body|meta|title)\b", re.IGNORECASE | re.DOTALL
)
_HTML_FRAGMENT = re.compile(
    _LEAD + r"<(?:table|div|p|h[1-6]|span|font|center|article|section|main|header|script|style"
    r"|ul|ol|dl|form|a|img|br|b|strong|link|base)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_CLOSING_TAG = re.compile(r"</(?:p|div|table|h[1-6]|body|html|ul|ol|span|a)\s*>", re.IGNORECASE)
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|```|\s*\|?\s*:?-{3,}:?\s*\|[-:|\s]*$)|\[[^\]\n]+\]\(\S+\)|\*\*\S.*?\S\*\*",
    re.MULTILINE,
)
_SVG = re.compile(_LEAD + r"(?:<!doctype svg[^>]*>\s*)?<svg\b", re.IGNORECASE | re.DOTALL)


_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
LegacyKind = Literal["doc", "xls", "ppt"]


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The real format of a file, and its decoded text where the format is one of text."""

    format: Format
    text: str = ""


def sniff(data: bytes, name: str, limits: Limits) -> Sniffed:
    """The format of ``data``. ``name`` decides only between Markdown and plain text.

    Raises EmptyFile, UnsupportedFormat, Encrypted, Corrupt, TooLarge.
    """
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise EmptyFile
    if data.startswith(_ZIP_MARKS):
        return Sniffed(_sniff_zip(data, limits))
    if data.startswith(_OLE_MARK):
        raise _ole_error(data, name)
    _refuse_lock_file(data, name)
    if _PDF_MARK.search(data[: _PDF_MARK_WITHIN + 8]):
        return Sniffed("pdf")
    _refuse_known(data)
    return _sniff_text(data, name)


def legacy_kind(data: bytes) -> LegacyKind | None:
    """Which Office format of before 2007 the bytes are, or ``None``."""
    if not data.startswith(_OLE_MARK):
        return None
    kinds: tuple[tuple[str, LegacyKind], ...] = (
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
        ("Workbook", "xls"),
        ("Book", "xls"),
    )
    for stream, kind in kinds:
        if f"{stream}\0".encode("utf-16-le") in data:
            return kind
    return None


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that text can be recognised in, or ``None``."""
    return next((kind for mark, kind in _PICTURES if data.startswith(mark)), None)


def _refuse_lock_file(data: bytes, name: str) -> None:
    base = re.split(r"[/\\]", name)[-1]
    if base.startswith("~$") and len(data) <= _LOCK_FILE_MAX:
        raise UnsupportedFormat(
            "这是 Office 打开文档时留下的临时文件（~$ 开头），没有内容，请上传文档本身。"
        )


def _sniff_zip(data: bytes, limits: Limits) -> Format:
    archive = open_zip(data, limits)
    names = {name.lower() for name in archive.namelist()}
    if "[content_types].xml" in names:
        if found := _office_kind(Package(data, limits)):
            return found
        for part, kind in _MAIN_PARTS:
            if part in names:
                return kind
        if "xl/workbook.bin" in names:
            raise _resave("二进制工作簿（xlsb）", "xlsx")
        raise UnsupportedFormat("无法识别的 Office 文件，请另存为 docx、pptx 或 xlsx 后再上传。")
    if "ofd.xml" in names:
        raise _resave("OFD 版式文件", "pdf")
    if "mimetype" in names and "content.xml" in names:
        raise _resave("OpenDocument 文件（odt、ods、odp）", "docx、xlsx 或 pptx")
    raise UnsupportedFormat("这是压缩包，请解压后把里面的文件分别上传。")


def _office_kind(package: Package) -> Format | None:
    types = package.xml("[Content_Types].xml")
    main = package.main_part("")
    for override in [] if types is None or not main else types.iterchildren("{*}Override"):
        if attribute(override, "PartName").lstrip("/").lower() == main.lower():
            content_type = attribute(override, "ContentType")
            if "binary" in content_type:
                return None
            return next((kind for mark, kind in _OFFICE_KINDS if mark in content_type), None)
    return None


def _ole_error(data: bytes, name: str) -> Encrypted | UnsupportedFormat | Corrupt:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return Encrypted()
    for stream, kind, target in _OLE_KINDS:
        if f"{stream}\0".encode("utf-16-le") in data:
            return _resave(kind, target)
    if "__properties_version1.0".encode("utf-16-le") in data:
        return UnsupportedFormat("这是 Outlook 邮件，请把正文或附件另存后再上传。")
    if name.lower().endswith((".docx", ".pptx", ".xlsx")):
        return Corrupt()
    return UnsupportedFormat("这是旧版 Office 或其他程序的文件，请另存为 docx 后再上传。")


def _resave(kind: str, target: str) -> UnsupportedFormat:
    return UnsupportedFormat(f"暂不支持{kind}，请另存为 {target} 后再上传。")


def _refuse_known(data: bytes) -> None:
    for pattern, kind, target in _RESAVE_TEXT:
        if re.match(pattern, data[:512]):
            raise _resave(kind, target)
    for pattern, kind in _KNOWN:
        if re.match(pattern, data[:512], re.DOTALL) and not _is_text(data[:512]):
            raise UnsupportedFormat(f"这是{kind}，不能检索其中的文字；{_SUPPORTED}")


def _is_text(head: bytes) -> bool:
    """Whether ASCII marks such as "MZ" or "BM" begin ordinary words."""
    return all(byte >= 0x20 or byte in b"\t\r\n\f" for byte in head) and head[:2] != b"#!"


def _sniff_text(data: bytes, name: str) -> Sniffed:
    found = _DECLARED.search(data[:4096])
    text, _ = decode(data, found[1].decode("ascii", errors="ignore") if found else None)
    if not text.strip("\ufeff\0 \t\r\n\u3000"):
        raise EmptyFile
    if not is_readable(text):
        raise UnsupportedFormat(f"无法识别的文件类型；{_SUPPORTED}")
    if _SVG.match(text):
        raise UnsupportedFormat("这是图片（SVG），请上传文档本身。")
    return Sniffed(_text_kind(text, name.lower()), text)


def _text_kind(text: str, name: str) -> Format:
    is_markdown_name = name.endswith((".md", ".markdown", ".mkd"))
    if _HTML_DOCUMENT.match(text[:8192]):
        return "html"
    # Markdown may begin with a piece of HTML and is none the less Markdown.
    if is_markdown_name:
        return "md"
    is_html_name = name.endswith((".html", ".htm", ".xhtml"))
    if _HTML_FRAGMENT.match(text[:8192]) or (is_html_name and _CLOSING_TAG.search(text)):
        return "html"
    if name.endswith((".txt", ".text", ".csv", ".tsv", ".log")):
        return "txt"
    return "md" if len(_MARKDOWN.findall(text[:65536])) >= 2 else "txt"
