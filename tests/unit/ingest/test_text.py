"""Markdown and plain text."""

from portal.ingest.extract import extract
from portal.ingest.types import Extraction, Place


def markdown(text: str) -> Extraction:
    return extract(text.encode(), "手册.md")


def plain(text: str, name: str = "说明.txt") -> Extraction:
    return extract(text.encode(), name)


def test_markdown_headings_start_sections() -> None:
    got = markdown("# 光猫操作手册\n\n概述。\n\n## 开通步骤\n\n1. 接通电源\n2. 等待指示灯\n")
    assert (got.format, got.title) == ("md", "光猫操作手册")
    assert [(s.place, s.text) for s in got.sections] == [
        (Place("heading", 1, "光猫操作手册"), "概述。"),
        (Place("heading", 2, "开通步骤"), "接通电源\n等待指示灯"),
    ]


def test_markdown_front_matter_gives_the_title_and_no_text() -> None:
    got = markdown("---\ntitle: 投诉处理指引\nauthor: 陈浩\n---\n\n先致歉，再核实。\n")
    assert got.title == "投诉处理指引"
    assert [s.text for s in got.sections] == ["先致歉，再核实。"]


def test_markdown_tables_are_rows() -> None:
    got = markdown("|带宽|月租|\n|--|--:|\n|100M|**1200** 元|\n")
    assert got.sections[0].text == "带宽 | 月租\n100M | 1200 元"


def test_markdown_marks_are_gone_and_their_words_stay() -> None:
    got = markdown(
        "请看[资费页](https://a.cn)与`ping`命令 ![拓扑图](x.png)，~~旧价~~<br>新价\n\n    代码块\n"
    )
    assert got.sections[0].text == "请看资费页与ping命令 拓扑图，旧价\n新价\n代码块"


def test_a_markdown_paragraph_typed_over_lines_is_one() -> None:
    assert markdown("客户经理应在两小时\n内回访。\nUse the test\ncase.\n").sections[0].text == (
        "客户经理应在两小时内回访。Use the test case."
    )


def test_html_inside_of_markdown_gives_its_words_only() -> None:
    got = markdown("<div align=center><b>宣传单</b></div>\n\n办理即送。\n")
    assert got.sections[0].text == "宣传单\n办理即送。"


def test_chinese_headings_of_plain_text_start_sections() -> None:
    got = plain("专线开通流程\n\n一、受理\n客户经理录入工单。\n二、勘察\n两个工作日内完成。\n")
    assert got.title == "专线开通流程"
    assert [(s.place, s.text) for s in got.sections[1:]] == [
        (Place("heading", 1, "一、受理"), "客户经理录入工单。"),
        (Place("heading", 2, "二、勘察"), "两个工作日内完成。"),
    ]


def test_headings_in_lenticular_brackets_and_chapters_count() -> None:
    got = plain("【开场】\n您好。\n【结束】\n再见。\n第三章 附则\n无。")
    assert [s.heading for s in got.sections] == ["【开场】", "【结束】", "第三章 附则"]


def test_a_numbered_sentence_is_not_a_heading() -> None:
    got = plain("一、客户应当按月缴费。\n二、逾期加收违约金。\n")
    assert [s.place for s in got.sections] == [Place("whole", None, "")]


def test_long_plain_text_is_cut_by_size() -> None:
    got = plain("客户反映网络卡顿，经查为光衰过大。\n" * 200)
    assert [s.place.label for s in got.sections] == ["第 1 段", "第 2 段", "第 3 段"]


def test_one_endless_line_is_cut_after_its_sentences() -> None:
    got = plain("套餐外流量按每兆零点三元计费。" * 400)
    assert all(s.text.endswith("。") and len(s.text) <= 1500 for s in got.sections)


def test_a_long_first_line_is_no_title() -> None:
    assert (
        plain("客户经理应在接到投诉后两小时内回访，并登记结果。", "回访规定.txt").title
        == "回访规定"
    )


def test_white_space_is_tidied_and_invisible_characters_go() -> None:
    got = plain("\u3000\u3000月租：\t  99\xa0元\u200b\x00\r\n\r\n\r\n备注", "a.txt")
    assert got.sections[0].text == "月租： 99 元\n备注"
