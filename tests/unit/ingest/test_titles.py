"""A title is what an author wrote, not what a program filled in."""

import pytest

from portal.ingest.extract.titles import choose_title, is_real_title


@pytest.mark.parametrize(
    "junk",
    [
        "PowerPoint 演示文稿",
        "PowerPoint Presentation",
        "演示文稿1",
        "Microsoft Word - 方案终稿.doc",
        "文档1",
        "无标题",
        "无标题文档",
        "Untitled",
        "untitled-1",
        "工作簿1",
        "Sheet1",
        "幻灯片 1",
        "方案.docx",
        "……",
        "123",
        " ",
    ],
)
def test_what_programs_fill_in_is_no_title(junk: str) -> None:
    assert not is_real_title(junk)


@pytest.mark.parametrize(
    "title", ["校园宽带资费方案", "文档管理办法", "5G 专线", "无线覆盖方案", "Document Center 手册"]
)
def test_what_people_write_is_a_title(title: str) -> None:
    assert is_real_title(title)


def test_the_best_real_title_wins_and_the_name_is_last() -> None:
    assert choose_title(["文档1", "", "合同范本"], "a.docx") == "合同范本"
    assert choose_title(["文档1", ""], "框架合同.docx") == "框架合同"
