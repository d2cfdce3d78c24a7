"""Test files, made in memory: what Office, browsers and PDF printers write, and what goes wrong.

Office files start from the usual libraries and get the parts that those cannot write by editing
the XML, as the real programs do.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import docx
import openpyxl
import pptx
from msoffcrypto.format.ooxml import OOXMLFile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def docx_bytes(fill: Callable[[Any], object] | None = None, title: str = "") -> bytes:
    """A Word file that ``fill`` wrote into."""
    document = docx.Document()
    document.core_properties.title = title
    if fill is not None:
        fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def docx_from_body(body: str, title: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A Word file with ``body`` as the XML inside of ``w:body``.

    ``parts`` adds parts of the main document, by relation ("footnotes", "header"...): each is the
    XML of the part, and its relation id is the relation's name.
    """
    namespaces = (
        f'{W} xmlns:r="{_REL}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:v="urn:schemas-microsoft-com:vml"'
    )
    document = f"<w:document {namespaces}><w:body>{body}</w:body></w:document>"
    changes: dict[str, bytes] = {"word/document.xml": document.encode()}
    relations = ""
    for relation, xml in (parts or {}).items():
        changes[f"word/{relation}-extra.xml"] = xml.encode()
        kind = re.sub(r"\d+$", "", relation)
        relations += f'<Relationship Id="{relation}" Type="{_REL}/{kind}" '
        relations += f'Target="{relation}-extra.xml"/>'
    data = docx_bytes(title=title)
    rels = read_part(data, "word/_rels/document.xml.rels").decode()
    changes["word/_rels/document.xml.rels"] = rels.replace(
        "</Relationships>", f"{relations}</Relationships>"
    ).encode()
    return with_parts(data, changes)


def paragraph(text: str, style: str = "", inner: str = "") -> str:
    """A ``w:p`` with a run of ``text``; ``inner`` is XML that follows the run."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p>{properties}{run}{inner}</w:p>"


def pptx_bytes(fill: Callable[[Any], object], title: str = "") -> bytes:
    """A presentation that ``fill`` wrote into."""
    presentation = pptx.Presentation()
    presentation.core_properties.title = title
    fill(presentation)
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def xlsx_bytes(fill: Callable[[Any], object], title: str = "") -> bytes:
    """A workbook that ``fill`` wrote into; its first sheet is there already."""
    workbook = openpyxl.Workbook()
    workbook.properties.title = title
    fill(workbook)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read_part(data: bytes, part: str) -> bytes:
    """One part of an Office file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(part)


def with_parts(data: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """An Office file with parts replaced, added, or (where None) taken out."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
        for name, content in parts.items():
            if content is not None:
                target.writestr(name, content)
    return out.getvalue()


def zip_bytes(parts: Mapping[str, bytes]) -> bytes:
    """A plain zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def encrypted(data: bytes, password: str) -> bytes:
    """An Office file behind a password to open, as Office writes it."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, out)
    return out.getvalue()


def ole_with_stream(name: str) -> bytes:
    """The start of an OLE file whose directory names one stream."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return header + f"{name}\0".encode("utf-16-le").ljust(512, b"\0")


# --- PDF ---------------------------------------------------------------------------------------

SONG = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H "
    b"/DescendantFonts [ << /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 6 "
    b"/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 "
    b"/StemV 93 >> >> ] >>"
)
# As SONG, but codes are glyphs of a private font, and nothing says what they mean.
UNMAPPED = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+PrivateSong /Encoding /Identity-H "
    b"/DescendantFonts [ << /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+PrivateSong "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
    b"/FontDescriptor << /Type /FontDescriptor /FontName /ABCDEF+PrivateSong /Flags 4 "
    b"/FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 "
    b"/StemV 93 >> >> ] >>"
)
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"

Line = tuple[int, str] | str


def song_page(lines: Sequence[Line], left: int = 72, top: int = 760) -> bytes:
    """Page content: lines of Chinese from the top; a pair gives the size of its type first."""
    content, y = b"", top
    for line in lines:
        size, text = line if isinstance(line, tuple) else (12, line)
        code = text.encode("utf-16-be").hex().encode()
        content += b"BT /F1 %d Tf 1 0 0 1 %d %d Tm <%s> Tj ET\n" % (size, left, y, code)
        y -= int(size * 1.5)
    return content


def unmapped_page(glyphs: Sequence[int], latin: str = "") -> bytes:
    """Page content in a font without a Unicode map, and perhaps Latin text in a good one."""
    code = b"".join(glyph.to_bytes(2, "big") for glyph in glyphs).hex().encode()
    content = b"BT /F2 12 Tf 1 0 0 1 72 760 Tm <%s> Tj ET\n" % code
    return content + b"BT /F3 12 Tf 1 0 0 1 72 700 Tm (%s) Tj ET\n" % latin.encode("latin-1")


IMAGE_PAGE = b"q 500 0 0 700 50 50 cm BI /W 2 /H 2 /BPC 8 /CS /G ID \x00\xff\xff\x00 EI Q\n"


def pdf_bytes(pages: Sequence[bytes], title: str = "", user_password: str | None = None) -> bytes:
    """A PDF of page contents; with a password (which may be ""), encrypted with RC4-40."""
    kids = b" ".join(b"%d 0 R" % (6 + 2 * index) for index in range(len(pages)))
    stated = b"<" + (b"\xfe\xff" + title.encode("utf-16-be")).hex().encode() + b">"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        SONG,
        UNMAPPED,
        HELVETICA,
    ]
    for index, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << "
            b"/F1 3 0 R /F2 4 0 R /F3 5 0 R >> >> /Contents %d 0 R >>" % (7 + 2 * index)
        )
        body = _rc4_object(content, 7 + 2 * index, user_password)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body))
    trailer = b"/Root 1 0 R"
    if title:
        objects.append(b"<< /Title %s >>" % stated)
        trailer += b" /Info %d 0 R" % len(objects)
    if user_password is not None:
        objects.append(_encryption(user_password))
        trailer += b" /ID [<%s> <%s>]" % (_FILE_ID.hex().encode(), _FILE_ID.hex().encode())
        trailer += b" /Encrypt %d 0 R" % len(objects)
    return _assembled(objects, trailer)


def _assembled(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d %s >>\n" % (
        size, table, size, trailer,
    ) + b"startxref\n%d\n%%%%EOF\n" % start  # fmt: skip


# The standard security handler, revision 2 (PDF 1.4 reference, 3.5.2).
_FILE_ID = b"0123456789abcdef"
_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
_PERMISSIONS = -64


def _padded(password: str) -> bytes:
    return (password.encode("latin-1") + _PADDING)[:32]


def _owner_entry(user_password: str) -> bytes:
    key = hashlib.md5(_padded("owner-secret"), usedforsecurity=False).digest()[:5]
    return _rc4(key, _padded(user_password))


def _file_key(user_password: str) -> bytes:
    seed = _padded(user_password) + _owner_entry(user_password)
    seed += _PERMISSIONS.to_bytes(4, "little", signed=True) + _FILE_ID
    return hashlib.md5(seed, usedforsecurity=False).digest()[:5]


def _encryption(user_password: str) -> bytes:
    owner = _owner_entry(user_password).hex().encode()
    user = _rc4(_file_key(user_password), _PADDING).hex().encode()
    return b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P %d >>" % (owner, user, _PERMISSIONS)


def _rc4_object(content: bytes, number: int, user_password: str | None) -> bytes:
    if user_password is None:
        return content
    seed = _file_key(user_password) + number.to_bytes(3, "little") + bytes(2)
    return _rc4(hashlib.md5(seed, usedforsecurity=False).digest()[:10], content)


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)
