"""Blanks of Word and PowerPoint files: found across runs, filled in as plain text."""

import datetime as dt
import io
import zipfile

import docx
import pptx
import pytest

from portal.ingest import Limits
from portal.ingest.templates import Copy, blanks, clean_value, fill

NOW = dt.datetime(2026, 11, 20, 1, 30, tzinfo=dt.UTC)


def copy(**values: str) -> Copy:
    return Copy("恒泽医院建议书", values, author_id=1, by="刘洁", now=NOW)


def letter(*runs: str) -> bytes:
    """A Word file whose one paragraph is cut into these runs, the second one bold."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for number, run in enumerate(runs):
        paragraph.add_run(run).bold = number == 1
    document.sections[0].header.paragraphs[0].text = "致{{客户名称}}"
    document.add_table(1, 1).cell(0, 0).text = "报价有效期至{{截止日期}}"
    return saved(document)


def deck() -> bytes:
    presentation = pptx.Presentation()
    for number in range(1, 12):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = f"{{{{客户名称}}}}方案之{number}"
        slide.placeholders[1].text = f"第 {{{{序号{number}}}}} 页"
    return saved(presentation)


def saved(file: object) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)  # type: ignore[attr-defined]  # two libraries, one method
    return buffer.getvalue()


def text(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]


def test_blanks_are_found_in_text_header_and_tables() -> None:
    data = letter("{{ 客户名称 }}您好，", "{{产品}}", "月租{{月租}}元。")
    assert set(blanks(data, Limits())) == {"客户名称", "产品", "月租", "截止日期"}


def test_a_blank_that_office_cut_into_runs_is_one_blank() -> None:
    data = letter("尊敬的{{客", "户名", "称}}：您好，{{客户名称}}。")
    assert "客户名称" in blanks(data, Limits())
    filled = docx.Document(io.BytesIO(fill(data, copy(客户名称="恒泽医院"), Limits())))
    runs = filled.paragraphs[0].runs
    assert [run.text for run in runs] == ["尊敬的恒泽医院", "", "：您好，恒泽医院。"]
    assert filled.sections[0].header.paragraphs[0].text == "致恒泽医院"


def test_what_is_left_open_stays_a_blank() -> None:
    data = letter("{{客户名称}}的月租为", "{{月租}}", "元")
    assert text(fill(data, copy(月租="5200", 客户名称=" "), Limits()))[0] == (
        "{{客户名称}}的月租为5200元"
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "{% for x in range(10**9) %}x{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{{7*7}}",
        "{{ config.SECRET_KEY }}",
        "{{{{客户名称}}}}",
    ],
)
def test_nothing_in_a_template_is_evaluated(hostile: str) -> None:
    data = letter(hostile)
    names = blanks(data, Limits())
    assert text(fill(data, copy(), Limits()))[0] == hostile
    # Whatever stands between the braces is a name like any other.
    filled = text(fill(data, copy(**dict.fromkeys(names, "甲")), Limits()))[0]
    assert "49" not in filled
    assert "class" not in filled or "class" in hostile


@pytest.mark.parametrize("value", ["<w:p>&amp;</w:p>", "{{客户名称}}", "a\x00b\u202ec", "甲" * 999])
def test_a_value_is_text_and_never_markup(value: str) -> None:
    data = letter("{{客户名称}}")
    assert text(fill(data, copy(客户名称=value), Limits()))[0] == clean_value(value)


def test_slides_are_filled_in_their_order() -> None:
    data = deck()
    names = blanks(data, Limits())
    assert names[:3] == ("客户名称", "序号1", "序号2")
    assert names[-1] == "序号11"
    filled = pptx.Presentation(
        io.BytesIO(fill(data, copy(客户名称="恒泽医院", 序号2="二"), Limits()))
    )
    assert filled.slides[10].shapes.title.text == "恒泽医院方案之11"
    assert filled.slides[1].placeholders[1].text == "第 二 页"


def test_every_other_part_stays_byte_for_byte() -> None:
    data = letter("{{客户名称}}")
    before, after = (
        zipfile.ZipFile(io.BytesIO(each))
        for each in (data, fill(data, copy(客户名称="恒泽医院"), Limits()))
    )
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert before.namelist() == after.namelist()
    assert changed == {"word/document.xml", "word/header1.xml", "docProps/core.xml"}


def test_the_copy_says_who_made_it_and_when() -> None:
    properties = docx.Document(io.BytesIO(fill(letter("甲"), copy(), Limits()))).core_properties
    assert properties.title == "恒泽医院建议书"
    assert properties.last_modified_by == "刘洁"
    assert properties.modified == NOW
