"""Containers in which hostile files come: Office packages and PDF, written byte by byte.

The usual libraries refuse to write what is wrong on purpose.
"""

import io
import zipfile

TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org"
_RELATIONS = "_rels/.rels"
_W = f"{OFFICE}/wordprocessingml/2006/main"


def body_xml(inside: str) -> bytes:
    """A Word document's XML around what is in its body."""
    return f'<w:document xmlns:w="{_W}"><w:body>{inside}</w:body></w:document>'.encode()


def document_xml(text: str, prologue: str = "") -> bytes:
    """A Word document of one paragraph; ``prologue`` comes before its root."""
    body = body_xml(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + prologue.encode() + body


def content_types(kind: str) -> bytes:
    """The table of types of a package whose main part is of a kind."""
    return (
        f'<Types xmlns="{OFFICE}/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    ).encode()


def _relations(part: str) -> bytes:
    return (
        f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="{part}"/>'
        "</Relationships>"
    ).encode()


def docx(
    document: bytes,
    others: dict[str, bytes] | None = None,
    *,
    kind: str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
) -> bytes:
    """A Word file around the XML of its document, with other parts beside it."""
    parts = {TYPES: content_types(kind), _RELATIONS: _relations("word/document.xml")}
    return zipped(parts | {"word/document.xml": document} | (others or {}))


def xlsx(rows: str, shared: str) -> bytes:
    """A workbook of one sheet with the XML of its rows and shared strings."""
    main = f"{OFFICE}/spreadsheetml/2006/main"
    relations = f"{OFFICE}/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    links = (
        f'<Relationship Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{relations}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    package = f"{OFFICE}/package/2006/relationships"
    parts = {
        TYPES: content_types(kind).replace(b"/word/document.xml", b"/xl/workbook.xml"),
        _RELATIONS: _relations("xl/workbook.xml"),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
            '<sheet name="资费" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}">{links}</Relationships>'.encode()
        ),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{shared}</sst>'.encode(),
    }
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of parts by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def pdf(pages: list[bytes], *, deflated: bool = False) -> bytes:
    """A PDF whose pages have the given content streams."""
    kids = " ".join(f"{4 + number * 2} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    coding = b" /Filter /FlateDecode" if deflated else b""
    for number, content in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources "
            b"<< /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (5 + number * 2)
        )
        objects.append(
            b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), coding, content)
        )
    return _assemble(objects)


def circular_pdf() -> bytes:
    """A PDF whose tree of pages leads back to itself."""
    return _assemble(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Pages /Kids [2 0 R] /Parent 3 0 R /Count 1 >>",
        ]
    )


def _assemble(objects: list[bytes]) -> bytes:
    buffer = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(buffer))
        buffer += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(buffer)
    buffer += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    buffer += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return bytes(
        buffer + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)
    )
