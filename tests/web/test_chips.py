"""How a question was read is shown, and every condition is a link away from gone."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.search.query import FIELD_NAMES, tokens
from tests.web.visitor import Answer, Visitor

PREFIX = "去掉筛选 "


def chips(page: Answer) -> dict[str, str]:
    links = page.links(".found .tap")
    return {name.removeprefix(PREFIX): url for name, url in links.items()}


def asked(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


@pytest.mark.parametrize(
    ("typed", "chip", "left"),
    [
        ('校园 "學年價"', "“學年價” 原样", "校园"),
        ('校园 -过期 -"已 停用"', "不含 过期", '校园 -"已 停用"'),
        ('校园 -过期 -"已 停用"', "不含 已 停用", "校园 -过期"),
        ("标题:校园 宽带", "标题含 校园", "宽带"),
        ('title:"智慧 校园" 方案', "标题含 智慧 校园", "方案"),
        ("方案 作者:linruoxi", "作者：linruoxi", "方案"),
        ("方案 after:2026-01-01", "2026-01-01 起", "方案"),
        ("方案 之前：2030-06-30", "截至 2030-06-30", "方案"),
        ("方案 after:2025-01-01 after:2026-01-01", "2026-01-01 起", "方案"),
    ],
)
def test_a_condition_that_was_typed_is_a_chip(
    guest: Visitor, typed: str, chip: str, left: str
) -> None:
    page = guest.get(f"/search?q={typed}&sort=newest")
    assert page.status == 200
    assert asked(chips(page)[chip]) == {"q": [left], "sort": ["newest"]}
    assert chip not in chips(guest.get(chips(page)[chip]))


def test_a_filter_that_was_typed_can_be_dropped_and_joined(guest: Visitor) -> None:
    page = guest.get("/search?q=校园 阶段:方案呈现 -过期&industry=education")
    assert list(chips(page)) == ["行业：教育", "阶段：方案呈现", "不含 过期"]
    dropped = chips(page)["阶段：方案呈现"]
    assert asked(dropped) == {"q": ["校园 -过期"], "industry": ["education"]}
    (more,) = [url for name, url in page.links(".sidebar .choice").items() if "方案整合" in name]
    widened = guest.get(more)
    assert {"阶段：方案呈现", "阶段：方案整合"} <= set(chips(widened))
    assert widened.all("#q")[0].attributes["value"] == "校园 -过期"


def test_without_conditions_there_are_no_chips(guest: Visitor) -> None:
    assert chips(guest.get("/search?q=校园 宽带 OR 专线")) == {}


def test_words_of_which_one_will_do_are_named(guest: Visitor) -> None:
    page = guest.get("/search?q=建议书 OR 合同 校园")
    assert page.texts(".reading")[0].startswith("有其一即可：建议书、")
    assert "合同" in page.texts(".reading")[0]
    assert guest.get("/search?q=校园 出口").all(".reading") == []


def test_formats_and_years_are_filters_with_names(guest: Visitor) -> None:
    page = guest.get("/search?q=校园 宽带&format=xlsx&year=2026")
    assert page.texts(".hit h2") == ["校园宽带与学生套餐资费表"]
    assert list(chips(page)) == ["格式：XLSX", "年份：2026 年"]
    groups = dict(zip(page.texts(".sidebar .facet h2"), page.all(".sidebar .facet"), strict=True))
    assert "PPTX" in groups["格式"].text()
    assert "2026 年" in groups["年份"].text()


@pytest.mark.parametrize("query", ["format=exe", "year=now", "format=pdf&stage=nowhere"])
def test_a_format_or_year_that_is_none_is_explained(guest: Visitor, query: str) -> None:
    page = guest.get(f"/search?{query}")
    assert page.status == 400
    wrong = {"format=exe": "docx", "year=now": "四位数字"}.get(query, "contract")
    assert wrong in page.text
    assert "“格式”没有代码 pdf" not in page.text


def test_few_answers_offer_those_with_most_of_the_words(guest: Visitor) -> None:
    page = guest.get("/search?q=校园 宽带 学年价")
    most = page.links(".after-hits a")["显示包含大部分词语的资料"]
    wider = guest.get(most)
    assert len(wider.all(".hit")) >= len(page.all(".hit"))
    assert wider.texts(".notice") == []
    assert asked(chips(wider)["包含大部分词语"]) == {"q": ["校园 宽带 学年价"]}
    assert "显示包含大部分词语的资料" not in wider.links(".after-hits a")


def test_one_word_or_many_answers_offer_nothing_wider(guest: Visitor) -> None:
    for query in ("宽带", "回访 网点"):
        assert "显示包含大部分词语的资料" not in guest.get(f"/search?q={query}").text


def test_the_hottest_can_come_first(guest: Visitor) -> None:
    page = guest.get(guest.get("/search?q=校园").links(".sorts a")["最热"])
    assert page.texts(".sorts [aria-current]") == ["最热"]
    assert len(page.all(".hit")) > 1


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(['"', "-", "OR", '-"', "title:", "after:2026-01-01", "行业:教育", "：", "－"]),
)


@given(parts=st.lists(PIECES, max_size=6))
def test_what_was_typed_can_be_put_together_again(parts: list[str]) -> None:
    read = list(tokens(" ".join(parts)))
    again = list(tokens(" ".join(token.typed for token in read)))
    assert [(each.kind, each.value) for each in again] == [(each.kind, each.value) for each in read]
    assert {token.kind for token in read} <= {"text", "phrase", "excluded", *FIELD_NAMES.values()}
