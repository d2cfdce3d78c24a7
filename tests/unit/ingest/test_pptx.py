"""Slides: what is on each one, in the order in which it is read."""

from typing import Any

import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from portal.ingest.errors import NoText
from portal.ingest.extract import extract
from portal.ingest.types import Extraction, Place

from .builders import pptx_bytes, read_part, with_parts

TITLE_AND_BODY, TITLE_ONLY, BLANK = 1, 5, 6


def slide_of(presentation: Any, layout: int = BLANK) -> Any:
    return presentation.slides.add_slide(presentation.slide_layouts[layout])


def box(shapes: Any, text: str, left: float, top: float) -> None:
    shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(0.5)).text_frame.text = text


def extract_slides(fill: Any, **more: Any) -> Extraction:
    return extract(pptx_bytes(fill, **more), "汇报.pptx")


def test_a_slide_is_a_section_with_its_title_text_and_notes() -> None:
    def fill(presentation: Any) -> None:
        slide = slide_of(presentation, TITLE_AND_BODY)
        slide.shapes.title.text = "智慧园区方案"
        slide.placeholders[1].text = "五项能力\n三种部署"
        slide.notes_slide.notes_text_frame.text = "先讲案例再讲价格"

    got = extract_slides(fill)
    assert got.title == "智慧园区方案"
    assert got.sections[0].place == Place("slide", 1, "智慧园区方案")
    assert got.sections[0].text == "五项能力\n三种部署\n备注：先讲案例再讲价格"


def test_shapes_are_read_by_position_and_not_by_file_order() -> None:
    def fill(presentation: Any) -> None:
        shapes = slide_of(presentation).shapes
        box(shapes, "页脚说明文字。", 1, 6)
        box(shapes, "右栏：客户收益。", 5, 2.1)
        box(shapes, "左栏：方案内容。", 1, 2)
        box(shapes, "首行：总体目标。", 1, 1)

    lines = extract_slides(fill).sections[0].text.split("\n")
    assert lines == ["首行：总体目标。", "左栏：方案内容。", "右栏：客户收益。", "页脚说明文字。"]


def test_groups_are_read_together_and_may_nest() -> None:
    def fill(presentation: Any) -> None:
        shapes = slide_of(presentation).shapes
        group = shapes.add_group_shape()
        box(group.shapes, "组内第二行。", 1, 3)
        inner = group.shapes.add_group_shape()
        box(inner.shapes, "组内第一行。", 1, 1)
        box(shapes, "组外。", 5, 2)

    lines = extract_slides(fill).sections[0].text.split("\n")
    assert lines == ["组内第一行。", "组内第二行。", "组外。"]


def test_tables_are_rows_and_merged_cells_are_given_once() -> None:
    def fill(presentation: Any) -> None:
        frame = slide_of(presentation).shapes.add_table(2, 2, 0, 0, Inches(4), Inches(2))
        frame.table.cell(0, 0).merge(frame.table.cell(0, 1))
        frame.table.cell(0, 0).text = "专线资费"
        frame.table.cell(1, 0).text = "100M"
        frame.table.cell(1, 1).text = "1200元"

    section = extract_slides(fill).sections[0]
    assert (section.heading, section.text) == ("专线资费", "100M | 1200元")


def test_a_chart_gives_its_title_series_and_categories() -> None:
    def fill(presentation: Any) -> None:
        data = CategoryChartData()
        data.categories = ["一季度", "二季度"]
        data.add_series("专线收入", (1.2, 2.3))
        frame = slide_of(presentation).shapes.add_chart(
            XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(3), data
        )
        frame.chart.has_title = True
        frame.chart.chart_title.text_frame.text = "收入走势：上升。"

    assert extract_slides(fill).sections[0].text == "收入走势：上升。\n专线收入\n一季度 | 二季度"


def test_smartart_gives_the_words_of_its_boxes() -> None:
    def fill(presentation: Any) -> None:
        slide_of(presentation, TITLE_ONLY).shapes.title.text = "实施步骤"

    data = pptx_bytes(fill)
    frame = (
        b'<p:graphicFrame><a:graphic><a:graphicData><dgm:relIds r:dm="rId77" '
        b'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"/>'
        b"</a:graphicData></a:graphic></p:graphicFrame></p:spTree>"
    )
    model = (
        '<dgm:dataModel xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><dgm:ptLst>'
        "<dgm:pt><dgm:t><a:p><a:r><a:t>现场勘察</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt type='pres'><dgm:t><a:p><a:r><a:t>布局用</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt><dgm:t><a:p><a:r><a:t>开通测试</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "</dgm:ptLst></dgm:dataModel>"
    ).encode()
    relation = (
        b'<Relationship Id="rId77" Target="../diagrams/data1.xml" Type="http://schemas.'
        b'openxmlformats.org/officeDocument/2006/relationships/diagramData"/></Relationships>'
    )
    slide, rels = "ppt/slides/slide1.xml", "ppt/slides/_rels/slide1.xml.rels"
    changed = with_parts(
        data,
        {
            slide: read_part(data, slide).replace(b"</p:spTree>", frame),
            rels: read_part(data, rels).replace(b"</Relationships>", relation),
            "ppt/diagrams/data1.xml": model,
        },
    )
    assert extract(changed, "a.pptx").sections[0].text == "现场勘察\n开通测试"


def test_hidden_slides_are_kept() -> None:
    def fill(presentation: Any) -> None:
        slide_of(presentation, TITLE_ONLY).shapes.title.text = "公开页"
        hidden = slide_of(presentation, TITLE_ONLY)
        hidden.shapes.title.text = "备用报价页"
        hidden._element.set("show", "0")

    assert [s.heading for s in extract_slides(fill).sections] == ["公开页", "备用报价页"]


def test_slides_come_in_the_order_of_the_show() -> None:
    def fill(presentation: Any) -> None:
        for title in ("第二页", "第一页"):
            slide_of(presentation, TITLE_ONLY).shapes.title.text = title
        ids = presentation.slides._sldIdLst
        ids.insert(0, ids[1])

    assert [s.place.label for s in extract_slides(fill).sections] == ["第一页", "第二页"]


def test_an_empty_slide_leaves_a_gap_in_the_numbers() -> None:
    def fill(presentation: Any) -> None:
        slide_of(presentation)
        slide_of(presentation, TITLE_ONLY).shapes.title.text = "谢谢聆听"

    assert [s.place.number for s in extract_slides(fill).sections] == [2]


def test_the_title_that_powerpoint_gives_by_itself_is_no_title() -> None:
    def fill(presentation: Any) -> None:
        slide_of(presentation, TITLE_ONLY).shapes.title.text = "云主机产品介绍"

    assert extract_slides(fill, title="PowerPoint 演示文稿").title == "云主机产品介绍"


def test_slides_of_pictures_only_need_ocr() -> None:
    with pytest.raises(NoText, match="需要 OCR"):
        extract_slides(slide_of)
