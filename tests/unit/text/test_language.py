"""What language a text is said to be in."""

import pytest

from portal.text.language import language_tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("校园宽带与学生套餐资费表", "zh-CN"),
        ("校園寬頻與學生套餐資費表", "zh-Hant"),
        ("中山大学", "zh-CN"),
        ("Campus broadband tariff", "en"),
        ("5G 专网 SLA", "zh-CN"),
        ("Enterprise private network SLA 专网 description and service levels", "en"),
        ("2026", ""),
        ("", ""),
        ("Прейскурант", ""),
    ],
)
def test_a_text_has_the_language_of_most_of_its_letters(text: str, tag: str) -> None:
    assert language_tag(text) == tag
