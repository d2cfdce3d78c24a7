"""A section's text as paragraphs and tables."""

from portal.web.body import Paragraph, Table, blocks


def test_lines_are_paragraphs() -> None:
    assert blocks("第一段。\n\n  第二段。\n") == [Paragraph("第一段。"), Paragraph("第二段。")]


def test_lines_of_cells_are_a_table_between_paragraphs() -> None:
    assert blocks("说明\n产品 | 月租 | 备注\n专线 | 5200 | 含税\n完") == [
        Paragraph("说明"),
        Table(("产品", "月租", "备注"), (("专线", "5200", "含税"),)),
        Paragraph("完"),
    ]


def test_empty_cells_keep_their_columns() -> None:
    assert blocks("甲 |  | 乙\n| 丙 |") == [Table((), (("甲", "", "乙"), ("", "丙", "")))]


def test_short_rows_are_filled_up() -> None:
    assert blocks("甲 | 乙\n丙 | 丁 | 戊") == [Table((), (("甲", "乙", ""), ("丙", "丁", "戊")))]


def test_two_columns_are_a_form_without_header() -> None:
    assert blocks("联系人 | 周敏\n电话 | 内线 8021") == [
        Table((), (("联系人", "周敏"), ("电话", "内线 8021")))
    ]


def test_a_bar_inside_a_word_is_text() -> None:
    assert blocks("A|B 口径\n") == [Paragraph("A|B 口径")]


def test_a_first_line_that_repeats_the_heading_is_left_out() -> None:
    assert blocks("组网方案\n每校一条专线。\n组网方案", ("组网方案",)) == [
        Paragraph("每校一条专线。"),
        Paragraph("组网方案"),
    ]


def test_nothing_is_nothing() -> None:
    assert blocks(" \n\n") == []
