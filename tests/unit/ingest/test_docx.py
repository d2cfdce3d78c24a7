"""Word documents: every word a reader sees, once, under the right heading."""

from typing import Any

import pytest

from portal.ingest.errors import NoText
from portal.ingest.extract import extract
from portal.ingest.types import Extraction, Limits, Place

from . import builders
from .builders import W, docx_bytes, docx_from_body, paragraph


def text_of(extraction: Extraction) -> str:
    return "\n".join(section.text for section in extraction.sections)


def extract_body(body: str, **more: Any) -> Extraction:
    return extract(docx_from_body(body, **more), "方案.docx")


def test_headings_start_sections_and_the_text_before_them_goes_under_the_title() -> None:
    def fill(document: Any) -> None:
        document.add_heading("校园宽带项目建议书", 0)
        document.add_paragraph("岭海通信编制")
        document.add_heading("一、项目背景", 1)
        document.add_paragraph("学校现有出口带宽不足。")
        document.add_heading("二、建设方案", 1)
        document.add_heading("2.1 组网", 2)
        document.add_paragraph("采用双上联组网。")

    got = extract(docx_bytes(fill), "a.docx")
    assert got.title == "校园宽带项目建议书"
    assert [(s.place, s.heading, s.text) for s in got.sections] == [
        (Place("whole", None, ""), "校园宽带项目建议书", "校园宽带项目建议书\n岭海通信编制"),
        (Place("heading", 1, "一、项目背景"), "一、项目背景", "学校现有出口带宽不足。"),
        (Place("heading", 2, "二、建设方案"), "二、建设方案", "二、建设方案"),
        (Place("heading", 3, "2.1 组网"), "2.1 组网", "采用双上联组网。"),
    ]


def test_a_paragraph_with_an_outline_level_is_a_heading_whatever_its_style() -> None:
    body = (
        '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>报价说明</w:t></w:r></w:p>'
        + paragraph("含税价每月三千元。")
    )
    assert extract_body(body).sections[0].heading == "报价说明"


def test_merged_cells_are_given_once() -> None:
    def fill(document: Any) -> None:
        table = document.add_table(3, 3)
        table.cell(0, 0).merge(table.cell(0, 2)).text = "五月资费"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "专线"
        for row, speed, price in ((1, "100M", "1200元"), (2, "200M", "2100元")):
            table.cell(row, 1).text = speed
            table.cell(row, 2).text = price

    text = text_of(extract(docx_bytes(fill), "a.docx"))
    assert text == "五月资费\n专线 | 100M | 1200元\n200M | 2100元"


def test_a_table_inside_of_a_cell_is_read_with_the_cell() -> None:
    def fill(document: Any) -> None:
        cell = document.add_table(1, 2).cell(0, 1)
        cell.text = "附表"
        cell.add_table(1, 1).cell(0, 0).text = "端口费另计"

    assert "附表 端口费另计" in text_of(extract(docx_bytes(fill), "a.docx"))


def _text_box(words: str) -> str:
    content = f"<w:txbxContent>{paragraph(words)}</w:txbxContent>"
    drawing = (
        '<w:drawing><wp:inline><a:graphic><a:graphicData uri="wps"><wps:wsp><wps:txbx>'
        f"{content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    fallback = f"<w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>"
    return (
        "<w:p><w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps">{drawing}</mc:Choice>'
        f"<mc:Fallback>{fallback}</mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


def test_a_certificate_made_of_text_boxes_is_read_each_box_once() -> None:
    got = extract_body(_text_box("荣誉证书") + _text_box("授予刘洁同志年度服务之星称号"))
    assert text_of(got) == "荣誉证书\n授予刘洁同志年度服务之星称号"


def test_a_text_box_of_old_word_versions_is_read() -> None:
    content = f"<w:txbxContent>{paragraph('旧版文本框')}</w:txbxContent>"
    shape = f"<v:shape><v:textbox>{content}</v:textbox></v:shape>"
    body = f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    assert text_of(extract_body(body)) == "旧版文本框"


def test_content_controls_are_read_in_place() -> None:
    control = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
    inline = control.format("<w:r><w:t>云澜分公司</w:t></w:r>")
    body = (
        paragraph("甲方：", inner=inline)
        + control.format(paragraph("乙方：南屿港务集团"))
        + paragraph("签订地点：云澜市")
    )
    assert text_of(extract_body(body)) == "甲方：云澜分公司\n乙方：南屿港务集团\n签订地点：云澜市"


@pytest.mark.parametrize(
    ("relation", "reference", "label"),
    [
        ("footnotes", "footnoteReference", "脚注"),
        ("endnotes", "endnoteReference", "尾注"),
        ("comments", "commentReference", "批注"),
    ],
)
def test_notes_and_comments_follow_the_paragraph_that_calls_them(
    relation: str, reference: str, label: str
) -> None:
    element = relation[:-1]
    part = (
        f'<w:{relation} {W}><w:{element} w:id="7">{paragraph("以书面通知为准")}</w:{element}>'
        f'<w:{element} w:id="8">{paragraph("没有被引用")}</w:{element}></w:{relation}>'
    )
    body = paragraph("资费可能调整", inner=f'<w:r><w:{reference} w:id="7"/></w:r>')
    got = extract_body(body + paragraph("下一段"), parts={relation: part})
    assert text_of(got) == f"资费可能调整\n{label}：以书面通知为准\n下一段"


def test_headers_and_footers_are_given_once_at_the_end_without_page_numbers() -> None:
    parts = {
        "header1": f"<w:hdr {W}>{paragraph('岭海通信 内部资料')}</w:hdr>",
        "header2": f"<w:hdr {W}>{paragraph('岭海通信 内部资料')}</w:hdr>",
        "footer1": f"<w:ftr {W}>{paragraph('第 3 页 共 12 页')}{paragraph('请勿外传')}</w:ftr>",
    }
    got = extract_body(paragraph("正文内容"), parts=parts)
    assert got.sections[-1].place.label == "页眉和页脚"
    assert got.sections[-1].text == "岭海通信 内部资料\n请勿外传"


def test_tracked_deletions_are_out_and_insertions_are_in() -> None:
    body = paragraph(
        "月租",
        inner="<w:del><w:r><w:delText>九十九元</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>七十九元</w:t></w:r></w:ins>",
    )
    assert text_of(extract_body(body)) == "月租七十九元"


def test_field_codes_are_out_and_their_results_are_in() -> None:
    body = paragraph(
        "截止日期：",
        inner='<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> DATE \\@ "yyyy" </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2026年</w:t></w:r>'
        "<w:hyperlink><w:r><w:t>详见官网</w:t></w:r></w:hyperlink>",
    )
    assert text_of(extract_body(body)) == "截止日期：2026年详见官网"


def test_the_table_of_contents_is_left_out_because_it_repeats_the_headings() -> None:
    contents = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{paragraph('一、背景 3')}</w:sdtContent></w:sdt>"
    )
    assert text_of(extract_body(contents + paragraph("正文"))) == "正文"


def test_the_words_of_a_chart_are_read() -> None:
    c = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    chart = (
        f"<c:chartSpace {c} {a}><c:chart><c:title><c:tx><c:rich><a:p><a:r><a:t>各市收入</a:t></a:r>"
        "</a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart><c:ser><c:tx><c:strRef><c:strCache>"
        '<c:pt idx="0"><c:v>专线收入</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat><c:strRef>'
        '<c:strCache><c:pt idx="0"><c:v>云澜</c:v></c:pt><c:pt idx="1"><c:v>清浦</c:v></c:pt>'
        "</c:strCache></c:strRef></c:cat></c:ser></c:barChart></c:plotArea></c:chart></c:chartSpace>"
    )
    body = (
        "<w:p><w:r><w:drawing><wp:inline><a:graphic><a:graphicData>"
        '<c:chart r:id="chart"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
    )
    got = extract_body(body, parts={"chart": chart})
    assert text_of(got) == "各市收入\n专线收入\n云澜 | 清浦"


def test_a_long_document_without_headings_is_cut_between_paragraphs() -> None:
    sentence = "客户经理应当在每月五日前完成对所辖客户的回访并登记意见。"

    def fill(document: Any) -> None:
        for number in range(150):
            document.add_paragraph(f"{number}号。{sentence}")

    got = extract(docx_bytes(fill), "回访要求.docx")
    assert len(got.sections) > 2
    assert [s.place for s in got.sections[:2]] == [
        Place("whole", 1, "第 1 段"),
        Place("whole", 2, "第 2 段"),
    ]
    assert all(len(s.text) <= 1500 and s.text.endswith("。") for s in got.sections)


def test_headings_without_a_heading_style_are_known_by_their_numbers() -> None:
    def fill(document: Any) -> None:
        for line in (
            "服务协议",
            "第一条 服务内容",
            "提供专线接入。",
            "第二条 费用",
            "每月两千元。",
        ):
            document.add_paragraph(line)

    got = extract(docx_bytes(fill), "协议.docx")
    assert [s.heading for s in got.sections] == ["服务协议", "第一条 服务内容", "第二条 费用"]


def test_an_explicit_page_break_is_not_a_page() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("上半部分")
        document.add_page_break()
        document.add_paragraph("下半部分")

    got = extract(docx_bytes(fill), "a.docx")
    assert [s.text for s in got.sections] == ["上半部分\n下半部分"]


def test_a_very_long_section_is_cut_and_keeps_its_heading() -> None:
    body = paragraph("附则", "Heading1") + paragraph("本条款适用于全部在网客户。") * 50
    got = extract(docx_from_body(body), "a.docx", Limits(max_section_chars=200))
    assert len(got.sections) > 2
    assert {s.heading for s in got.sections} == {"附则"}


def test_a_document_of_pictures_only_says_that_it_needs_ocr() -> None:
    with pytest.raises(NoText, match="需要 OCR"):
        extract(docx_bytes(), "扫描件.docx")


def test_the_strict_variant_of_the_standard_reads_the_same() -> None:
    data = docx_bytes(lambda document: document.add_paragraph("严格模式文档"))
    xml = builders.read_part(data, "word/document.xml").replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert text_of(extract(builders.with_parts(data, {"word/document.xml": xml}), "a.docx")) == (
        "严格模式文档"
    )
