"""Files that mean harm, or look as if: ``python -m tools.hostile FOLDER`` writes them.

Each has what must become of it: its text (a word that is found in it), or the slug of its sentence.
"""

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portal.ingest.types import MIB
from tools.hostile_parts import (
    OFFICE,
    TYPES,
    body_xml,
    circular_pdf,
    content_types,
    document_xml,
    docx,
    pdf,
    xlsx,
    zipped,
)

_WORD = "云澜组网方案"
_PAGE = b"BT /F1 12 Tf 72 700 Td (page text) Tj ET"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file and what must become of it: text that holds ``word``, or one of ``codes``."""

    name: str
    data: bytes
    word: str = ""
    codes: tuple[str, ...] = ()


def corpus() -> Iterator[Hostile]:
    """Every hostile file."""
    yield from _bombs()
    yield from _xml()
    yield from _archives()
    yield from _pdfs()
    yield from _nested()
    yield from _mislabelled()
    yield from _corrupt()
    yield from _encodings()


def _bombs() -> Iterator[Hostile]:
    body = document_xml("甲" * 10)
    huge = body.replace("甲".encode(), b"A" * (24 * MIB), 1)
    yield Hostile("zip 炸弹.docx", docx(huge), codes=("too_large",))
    lying = bytearray(docx(huge))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = 0
        while (start := lying.find(mark, start)) >= 0:
            lying[start + offset : start + offset + 4] = struct.pack("<I", 1000)
            start += 4
    yield Hostile("谎报大小的炸弹.docx", bytes(lying), codes=("corrupt", "too_large"))
    many = {f"word/media/{number}.xml": b"" for number in range(30_000)}
    yield Hostile("三万个条目.docx", docx(document_xml(_WORD), many), codes=("too_large",))
    nested = zipped({"内.zip": zipped({"更内.zip": zipped({"a": bytes(MIB)})})})
    yield Hostile("套娃.zip", nested, codes=_NO)
    shared = "".join(f"<si><t>{'资费' * 50}</t></si>" for _ in range(20_000))
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>{row % 20_000}</v></c></row>'
        for row in range(1, 60_000)
    )
    yield Hostile("重复引用的表格.xlsx", xlsx(rows, shared), word="资费", codes=("too_large",))


def _xml() -> Iterator[Hostile]:
    levels = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    laughs = f'<!DOCTYPE w [<!ENTITY l0 "笑">{levels}]>'
    yield Hostile("十亿个笑.docx", docx(document_xml("&l9;", laughs)), codes=("corrupt",))
    outside = '<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    yield Hostile("外部实体.docx", docx(document_xml("&x;", outside)), codes=("corrupt",))
    net = '<!DOCTYPE w SYSTEM "http://127.0.0.1:9/evil.dtd">'
    yield Hostile("外部 DTD.docx", docx(document_xml(_WORD, net)), codes=("corrupt",))
    types = content_types("application/xml").replace(b"<Types", outside.encode() + b"<Types", 1)
    parts = {"word/document.xml": document_xml(_WORD)}
    yield Hostile("类型表里的实体.docx", zipped({TYPES: types, **parts}), codes=("corrupt",))
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><text>{laughs}</text></svg>"
    yield Hostile("矢量图.html", svg.encode(), codes=_NO)


def _archives() -> Iterator[Hostile]:
    escape = {"../../../../etc/cron.d/evil": b"x", "/etc/evil": b"x", "C:\\evil.exe": b"MZ"}
    yield Hostile("越界路径.docx", docx(document_xml(_WORD), escape), word=_WORD)
    relation = (
        '<Relationship Id="rId9" Type="x/header" Target="../../../../../etc/passwd"/>'
        '<Relationship Id="rId8" Type="x/image" TargetMode="External" Target="http://127.0.0.1:9/"/>'
    )
    relations = f'<Relationships xmlns="{OFFICE}/package/2006/relationships">{relation}'
    outside = {"word/_rels/document.xml.rels": f"{relations}</Relationships>".encode()}
    yield Hostile("越界关系.docx", docx(document_xml(_WORD), outside), word=_WORD)
    macros = {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(2000)}
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    yield Hostile("带宏.docm", docx(document_xml(_WORD), macros, kind=kind), word=_WORD)
    doubled = io.BytesIO(docx(document_xml(_WORD)))
    with zipfile.ZipFile(doubled, "a") as archive:
        archive.writestr("WORD/DOCUMENT.XML", document_xml("另一份正文"))
    yield Hostile("同名部件.docx", doubled.getvalue(), word="文", codes=("corrupt",))
    yield Hostile("压缩包.docx", zipped({"a.txt": b"x"}), codes=_NO)


def _pdfs() -> Iterator[Hostile]:
    yield Hostile("一万页.pdf", pdf([_PAGE] * 10_000), "page")
    bomb = zlib.compress(b" " * (100 * MIB), 9)
    yield Hostile("流炸弹.pdf", pdf([bomb], deflated=True), codes=_ANY)
    yield Hostile("互指的页树.pdf", circular_pdf(), codes=("corrupt", "no_text", "crashed"))
    script = pdf([_PAGE]).replace(
        b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    )
    yield Hostile("带脚本.pdf", script, "page")
    yield Hostile("深层数组.pdf", b"%PDF-1.7\n1 0 obj\n" + b"[" * 500_000, codes=_ANY)


def _nested() -> Iterator[Hostile]:
    yield Hostile("深层标签.html", b"<html><body>" + b"<div>" * 200_000 + b"x", codes=_ANY)
    yield Hostile("深层列表.md", b"> " * 200_000 + "资费".encode(), codes=_ANY, word="资")
    yield Hostile("深层强调.md", b"# a\n\n" + b"*a **b " * 20_000, codes=_ANY, word="a")
    yield Hostile("深层括号.md", b"# a\n\n" + b"[" * 60_000 + b"](x)", codes=_ANY, word="a")
    table = "<w:tbl><w:tr><w:tc>" * 20_000
    yield Hostile("深层表格.docx", docx(body_xml(table)), codes=_ANY)
    closed = "<w:sdt><w:sdtContent>" * 200 + f"<w:p><w:r><w:t>{_WORD}</w:t></w:r></w:p>"
    closed += "</w:sdtContent></w:sdt>" * 200
    yield Hostile("深层控件.docx", docx(body_xml(closed)), codes=_ANY, word=_WORD)


def _mislabelled() -> Iterator[Hostile]:
    yield Hostile("其实是程序.pdf", b"MZ\x90\x00\x03" + bytes(5000), codes=_NO)
    yield Hostile("其实是图片.docx", b"\x89PNG\r\n\x1a\n" + bytes(500), codes=_NO)
    yield Hostile("其实是文档.exe", docx(document_xml(_WORD)), word=_WORD)
    yield Hostile("其实是脚本.txt", b"#!/bin/sh\nrm -rf /\n", codes=_NO)
    page = f"<html><script>alert(1)</script><p onclick=x>{_WORD}</p></html>"
    yield Hostile("其实是网页.doc", page.encode(), word=_WORD)
    yield Hostile("图片头后是网页.png", b"GIF89a" + page.encode(), codes=_ANY, word=_WORD)


def _corrupt() -> Iterator[Hostile]:
    whole = docx(document_xml(_WORD * 500))
    yield Hostile("截断.docx", whole[: len(whole) // 2], codes=("corrupt",))
    middle = bytearray(whole)
    middle[120:160] = bytes(40)
    yield Hostile("坏字节.docx", bytes(middle), codes=("corrupt", "unsupported_format"), word=_WORD)
    book = pdf([_PAGE])
    yield Hostile("截断.pdf", book[: len(book) // 2], codes=_ANY, word="page")
    yield Hostile("坏流.pdf", pdf([b"\x78\x9c\xff\xff" * 50], deflated=True), codes=_ANY)
    yield Hostile("坏表格.xlsx", xlsx("<row><c t='s'><v>99999999</v></c></row>", ""), codes=_ANY)
    big = "".join(f'<c r="XFD{row}"><v>1e999999</v></c>' for row in range(1, 50))
    yield Hostile("越界单元格.xlsx", xlsx(f"<row>{big}</row>", ""), codes=_ANY, word="1")


def _encodings() -> Iterator[Hostile]:
    yield Hostile(
        "坏 UTF-8.txt", _WORD.encode() + b"\xff\xfe\xfa" + _WORD.encode() * 50, word=_WORD
    )
    yield Hostile(
        "谎报编码.html", f"<meta charset=big5><p>{_WORD * 9}".encode("gb18030"), word=_WORD
    )
    yield Hostile("孤立代理.txt", b"\xff\xfe" + _WORD.encode("utf-16-le") + b"\x00\xd8", word=_WORD)
    yield Hostile(
        "空字符.txt", _WORD.encode() + b"\0" * 3 + _WORD.encode() * 9, codes=_ANY, word="云澜"
    )
    yield Hostile("随机.txt", bytes(range(256)) * 100, codes=_NO)
    marks = "\u202e\u2066\ufeff\u200b" * 2000
    yield Hostile("方向控制\u202ecod.exe.txt", (marks + _WORD).encode(), codes=_ANY, word=_WORD)


_NO = ("unsupported_format",)
_ANY = (
    "corrupt",
    "no_text",
    "too_large",
    "too_slow",
    "crashed",
    "unsupported_format",
    "empty_file",
)


def main() -> None:
    """Write the corpus into the folder named on the command line."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in corpus():
        (folder / file.name).write_bytes(file.data)
        print(f"{len(file.data):>12,}  {file.name}")


if __name__ == "__main__":
    main()
