"""Names found by their beginning and by their sound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.names import HEADING, TITLE, NameTable, encode_name, name_columns, plain
from portal.text import fold, segmenter

NAMES = (
    "项目建议书",
    "智慧校园整体方案",
    "一、建设背景",
    "中国建设银行项目建议书 2026",
    "5G专线 方案",
    "2.1 组网方案",
    "ISO-27001 认证",
    "網絡切片資費",
)


def table_of(*names: str) -> NameTable:
    words = segmenter()
    return NameTable(b"".join(encode_name(name, TITLE, words) for name in names))


@pytest.fixture(scope="module")
def table() -> NameTable:
    return table_of(*NAMES)


def by_letters(table: NameTable, letters: str) -> set[str]:
    return {table.text(int(position)) for position in table.find_letters(letters)}


def by_text(table: NameTable, text: str) -> set[str]:
    return {table.text(int(position)) for position in table.find_text(text)}


@pytest.mark.parametrize("letters", ["xmjys", "xiangmujys", "xiangmujianyishu", "xmjianyi", "xmj"])
def test_full_pinyin_initials_and_mixtures_find_a_word(table: NameTable, letters: str) -> None:
    assert by_letters(table, letters) == {"项目建议书", "项目建议书2026"}


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("yinhang", {"银行项目建议书2026"}),
        ("yinxing", set()),
        ("5gzx", {"5g专线方案"}),
        ("iso27", {"iso27001认证"}),
        ("wlqp", {"网络切片资费"}),
        ("zhgjsyh", {"中国建设银行项目建议书2026"}),
        ("mu", set()),
    ],
)
def test_a_word_is_found_by_how_it_sounds(table: NameTable, letters: str, found: set[str]) -> None:
    assert by_letters(table, letters) == found


def test_a_word_is_found_by_how_it_begins(table: NameTable) -> None:
    assert by_text(table, "建设") == {"建设背景", "建设银行项目建议书2026"}
    assert by_text(table, "项目建议书2026") == {"项目建议书2026"}
    assert by_text(table, "议书") == set()


def test_no_name_runs_on_into_the_next(table: NameTable) -> None:
    assert by_text(table, "项目建议书智慧") == set()
    assert by_letters(table, "xmjyszhxy") == set()
    assert by_letters(table, "xiangmujianyishuzhihui") == set()


def test_a_name_begins_behind_its_numbering(table: NameTable) -> None:
    (place,) = (p for p in table.find_text("建设") if table.text(int(p)) == "建设背景")
    assert table.begins[place]
    assert all(table.begins[p] for p in table.find_text("组网"))
    assert all(table.begins[p] for p in table.find_text("5g"))


def test_the_title_stands_with_the_first_section_alone() -> None:
    words = segmenter()
    first = name_columns("校园宽带资费", 1, "一、适用范围", words)
    second = name_columns("校园宽带资费", 2, "二、资费标准", words)
    assert first["names"].decode() == "校园宽带资费\n一、适用范围"
    assert second["names"].decode() == "\n二、资费标准"
    assert NameTable(first["name_codes"]).kinds.tolist() == [TITLE, HEADING]
    assert NameTable(second["name_codes"]).kinds.tolist() == [HEADING]


def test_a_heading_that_repeats_the_title_is_left_out() -> None:
    columns = name_columns("校园宽带资费（2026 秋）", 1, "校园宽带资费", segmenter())
    assert NameTable(columns["name_codes"]).kinds.tolist() == [TITLE]


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_name_is_found_by_its_own_beginning(names: list[str]) -> None:
    words = segmenter()
    kept = [name for name in names if encode_name(name, TITLE, words)]
    table = NameTable(b"".join(encode_name(name, TITLE, words) for name in names))
    assert len(table) == len(kept)
    for number, name in enumerate(kept):
        beginning = plain(fold(name)[:60])[:6]
        assert number in table.owner[table.find_text(beginning)]


@given(st.text(alphabet="abcxyz校园建 '", max_size=50))
def test_any_letters_get_an_answer(letters: str) -> None:
    table = table_of(*NAMES)
    for places in (
        table.find_letters(plain(fold(letters))),
        table.find_text(plain(fold(letters))),
    ):
        assert set(table.owner[places].tolist()) <= set(range(len(NAMES)))
