"""What a file is, is in its bytes; what cannot be read is refused in a helpful sentence."""

from typing import Any

import pytest

from portal.ingest.errors import Corrupt, EmptyFile, Encrypted, TooLarge, UnsupportedFormat
from portal.ingest.extract import extract
from portal.ingest.types import Limits

from .builders import (
    docx_bytes,
    encrypted,
    ole_with_stream,
    pdf_bytes,
    pptx_bytes,
    read_part,
    song_page,
    with_parts,
    xlsx_bytes,
    zip_bytes,
)


def _word(document: Any) -> None:
    document.add_paragraph("岭海通信服务协议")


def _slides(presentation: Any) -> None:
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "方案汇报"


WORD = docx_bytes(_word)
SLIDES = pptx_bytes(_slides)
BOOK = xlsx_bytes(lambda workbook: workbook.active.append(["套餐", "月租"]))
PDF = pdf_bytes([song_page(["联系人：唐莉。"])])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (WORD, "docx"),
        (SLIDES, "pptx"),
        (BOOK, "xlsx"),
        (PDF, "pdf"),
        ("<!DOCTYPE html><p>网页</p>".encode(), "html"),
        ("普通文字。".encode(), "txt"),
    ],
)
@pytest.mark.parametrize("name", ["a.docx", "b.xlsx", "c.pdf", "d.txt", "无扩展名", "e.zip"])
def test_the_bytes_decide_the_format_and_not_the_name(data: bytes, kind: str, name: str) -> None:
    assert extract(data, name).format == kind


def test_each_format_has_its_media_type() -> None:
    assert extract(WORD, "a").media_type.endswith("wordprocessingml.document")
    assert extract(SLIDES, "a").media_type.endswith("presentationml.presentation")
    assert extract(BOOK, "a").media_type.endswith("spreadsheetml.sheet")
    assert extract(PDF, "a").media_type == "application/pdf"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        ("# 标题\n\n正文", "a.md", "md"),
        ("# 标题\n\n正文", "a.txt", "txt"),
        ("# 标题\n\n- 一\n\n## 二\n\n[链接](x)", "无扩展名", "md"),
        ("第一行\n第二行", "无扩展名", "txt"),
        ("<html><body><p>公文</p></body></html>", "公文.doc", "html"),
        ("<?xml version='1.0'?>\n<!-- 注 -->\n<html><p>公文</p></html>", "a.txt", "html"),
        ("<table><tr><td>单元格</td></tr></table>", "导出.xls", "html"),
        ("<div align=center>徽标</div>\n\n# 说明", "README.md", "md"),
        ("通知：<b>加粗</b>结束</p>", "a.html", "html"),
        ("没有任何标记的文字", "a.html", "txt"),
        ("客户,月租\n南屿港务,1200", "清单.csv", "txt"),
        ("BM 是商务经理的缩写", "a.txt", "txt"),
        ("MZ 区域说明", "a.txt", "txt"),
    ],
)
def test_the_name_decides_only_between_kinds_of_plain_text(
    content: str, name: str, kind: str
) -> None:
    assert extract(content.encode(), name).format == kind


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\xef\xbb\xbf", "\u3000\u3000\n".encode()])
def test_an_empty_file_is_said_to_be_empty(data: bytes) -> None:
    with pytest.raises(EmptyFile, match="文件是空的"):
        extract(data, "空.docx")


def test_a_lock_file_of_word_is_no_document() -> None:
    lock = b"\x06tangli" + bytes(48) + "唐莉".encode("utf-16-le") + bytes(103)
    with pytest.raises(UnsupportedFormat, match="临时文件"):
        extract(lock, "~$服务协议.docx")


@pytest.mark.parametrize("data", [WORD, SLIDES, BOOK])
def test_an_encrypted_office_file_asks_to_take_the_password_off(data: bytes) -> None:
    with pytest.raises(Encrypted, match="去掉密码"):
        extract(encrypted(data, "linghai2026"), "a.docx")


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        ("WordDocument", "请另存为 docx 后再上传"),
        ("PowerPoint Document", "请另存为 pptx 后再上传"),
        ("Workbook", "请另存为 xlsx 后再上传"),
    ],
)
def test_files_of_old_office_versions_are_to_be_saved_anew(stream: str, sentence: str) -> None:
    with pytest.raises(UnsupportedFormat, match=sentence):
        extract(ole_with_stream(stream), "旧文件.doc")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "图片"),
        (b"\xff\xd8\xff\xe0" + bytes(64), "图片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>", "图片"),
        (b"ID3\x04" + bytes(64), "音频"),
        (b"\0\0\0\x20ftypisom" + bytes(64), "视频"),
        (b"MZ\x90\0" + bytes(64), "可执行程序"),
        (b"Rar!\x1a\x07\0" + bytes(64), "压缩包"),
        (zip_bytes({"方案.docx": b"x", "资费.xlsx": b"y"}), "压缩包"),
        (zip_bytes({"OFD.xml": b"<OFD/>"}), "OFD"),
        (zip_bytes({"mimetype": b"application/vnd.oasis", "content.xml": b"<a/>"}), "OpenDocument"),
        (b"{\\rtf1\\ansi hello}", "RTF"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "mht"),
        (bytes(range(256)) * 8, "无法识别"),
    ],
)
def test_other_kinds_of_files_are_refused_by_name(data: bytes, sentence: str) -> None:
    with pytest.raises(UnsupportedFormat, match=sentence):
        extract(data, "附件.docx")


def test_templates_and_files_with_macros_are_read_like_documents() -> None:
    types = read_part(WORD, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert extract(with_parts(WORD, {"[Content_Types].xml": types}), "a.docm").format == "docx"


@pytest.mark.parametrize("data", [WORD, SLIDES, BOOK])
def test_a_truncated_office_file_is_said_to_be_damaged(data: bytes) -> None:
    with pytest.raises(Corrupt, match="另存"):
        extract(data[: len(data) // 2], "a.docx")


def test_a_missing_main_part_is_damage() -> None:
    with pytest.raises(Corrupt):
        extract(with_parts(WORD, {"word/document.xml": None}), "a.docx")


def test_a_file_over_the_limit_is_refused_before_it_is_opened() -> None:
    with pytest.raises(TooLarge, match="上限"):
        extract(WORD, "a.docx", Limits(max_bytes=1000))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_parts(WORD, {"word/media/zeros.bin": bytes(30 * 1024 * 1024)})
    with pytest.raises(TooLarge, match="解压后过大"):
        extract(bomb, "a.docx")


def test_many_megabytes_unpacked_are_refused_whatever_the_ratio() -> None:
    with pytest.raises(TooLarge):
        extract(WORD, "a.docx", Limits(max_unpacked=10_000))


def test_a_main_part_too_big_to_parse_is_refused() -> None:
    with pytest.raises(TooLarge, match="拆分"):
        extract(WORD, "a.docx", Limits(max_xml_part=1000))


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (WORD, "word/document.xml"),
        (SLIDES, "ppt/slides/slide1.xml"),
        (BOOK, "xl/worksheets/sheet1.xml"),
    ],
)
def test_entities_are_never_expanded(data: bytes, part: str) -> None:
    xml = read_part(data, part)
    xml = LAUGHS + xml[xml.index(b"?>") + 2 :] if xml.startswith(b"<?xml") else LAUGHS + xml
    with pytest.raises(Corrupt):
        extract(with_parts(data, {part: xml}), "a.docx")


def test_deep_nesting_is_damage_and_no_crash() -> None:
    body = b"<w:sdt><w:sdtContent>" * 3000 + b"</w:sdtContent></w:sdt>" * 3000
    xml = read_part(WORD, "word/document.xml").replace(b"<w:body>", b"<w:body>" + body)
    with pytest.raises(Corrupt):
        extract(with_parts(WORD, {"word/document.xml": xml}), "a.docx")


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd.txt", "passwd"),
        ("资费\n说明\x00.txt", "资费 说明"),
        ("C:\\文档\\回访记录.txt", "回访记录"),
        (".txt", ".txt"),
        ("", "未命名文件"),
        ("价格2.0版本说明.txt", "价格2.0版本说明"),
    ],
)
def test_a_name_is_data_and_a_title_of_last_resort(name: str, title: str) -> None:
    assert extract("这是一句完整的话，没有标题。".encode(), name).title == title


def test_a_name_of_255_characters_makes_a_title_of_bounded_length() -> None:
    assert extract("一句话。".encode(), "资" * 255 + ".txt").title == "资" * 200


def test_errors_carry_a_stable_code_and_a_sentence() -> None:
    with pytest.raises(UnsupportedFormat) as raised:
        extract(b"\x89PNG\r\n\x1a\n" + bytes(64), "a.png")
    assert raised.value.code == "unsupported_format"
    assert raised.value.message == str(raised.value)
