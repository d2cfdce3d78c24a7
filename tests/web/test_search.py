"""The results page."""

import pytest

from tests.web.visitor import Visitor, within


def test_a_hit_shows_marked_words_and_leads_to_its_place(guest: Visitor) -> None:
    page = guest.get("/search?q=校园 宽带 学年价")
    assert page.status == 200
    first = page.all(".hit")[0]
    assert within(first, "h2").text().strip() == "校园宽带与学生套餐资费表"
    assert "宽带" in {mark.text() for mark in first.css("p mark")} | {
        mark.text().replace("校园", "") for mark in first.css("p mark")
    }
    pill = within(first, ".hit-foot a")
    assert pill.text().strip() == "工作表“宿舍宽带”"
    assert (pill.attributes["href"] or "").endswith("#s1")


def test_a_hit_says_kind_version_unit_author_and_how_long_ago(guest: Visitor) -> None:
    page = guest.get("/search?q=平安校园建议书")
    meta = page.all(".hit .meta")[0]
    words = [span.text() for span in meta.css("span > span")]
    assert words[:4] == ["项目建议书", "v1", "云澜分公司", "周敏"]
    assert words[4].endswith(("天前", "个月前", "年前"))
    assert within(meta, "time").attributes["title"] == "2026-09-04 09:30"


def test_the_total_and_the_time_taken_are_shown(guest: Visitor) -> None:
    status = guest.get("/search?q=回访").texts(".found #count")[0]
    assert status.startswith("25 份文档 · ")
    assert status.endswith("毫秒")


def test_a_filter_narrows_and_its_chip_removes_it(guest: Visitor) -> None:
    everything = guest.get("/search?q=校园")
    narrowed = guest.get(everything.links(".sidebar .choice")["方案呈现1"])
    assert narrowed.texts(".hit h2") == ["区县教育局平安校园建议书"]
    chip = narrowed.links(".found .tap")["去掉筛选 阶段：方案呈现"]
    assert guest.get(chip).texts(".hit h2") == everything.texts(".hit h2")


def test_values_of_one_facet_widen_and_facets_combine(guest: Visitor) -> None:
    both = guest.get("/search?stage=solution&stage=presentation&kind=proposal&kind=tariff")
    assert set(both.texts(".hit h2")) == {"区县教育局平安校园建议书", "校园宽带与学生套餐资费表"}
    assert len(both.links(".found .tap")) == 4


def test_a_chosen_value_is_marked_and_toggles_off(guest: Visitor) -> None:
    page = guest.get("/search?q=校园&stage=presentation")
    chosen = page.all(".sidebar .choice[aria-current=true]")
    assert [within(node, "span").text() for node in chosen] == ["方案呈现"]
    assert "stage" not in (chosen[0].attributes["href"] or "")


def test_a_filter_typed_as_a_word_is_shown_as_chosen(guest: Visitor) -> None:
    page = guest.get("/search?q=校园 阶段:方案呈现")
    assert page.texts(".found .chip") == ["阶段：方案呈现"]
    assert page.texts(".hit h2") == ["区县教育局平安校园建议书"]


def test_the_search_box_keeps_words_and_filters(guest: Visitor) -> None:
    page = guest.get("/search?q=校园&stage=solution&sort=newest")
    kept = {node.attributes["name"]: node.attributes["value"] for node in page.all(".search input")}
    assert kept == {"q": "校园", "stage": "solution", "sort": "newest"}


def test_newest_first_can_be_chosen_and_is_marked(guest: Visitor) -> None:
    page = guest.get(guest.get("/search?q=校园").links(".sorts a")["最新"])
    assert page.texts(".sorts [aria-current]") == ["最新"]
    assert page.texts(".hit h2")[0] == "区县教育局平安校园建议书"


def test_filters_without_words_list_the_newest_first(guest: Visitor) -> None:
    page = guest.get("/search?industry=finance")
    assert page.texts(".hit h2")[0] == "第 25 号网点客户回访话术"
    assert page.texts(".sorts a") == ["最新", "最热"]
    assert page.texts(".sorts [aria-current]") == ["最新"]
    assert page.all(".hit .pill") == []


def test_pages_together_show_every_document_once(guest: Visitor) -> None:
    address, titles = "/search?q=回访", list[str]()
    for _ in range(3):
        page = guest.get(address)
        titles += page.texts(".hit h2")
        address = page.links(".pager a").get("下一页", "")
    assert address == ""
    assert len(titles) == len(set(titles)) == 25


def test_a_page_past_the_end_shows_the_last(guest: Visitor) -> None:
    page = guest.get("/search?q=回访&page=1000000000")
    assert page.status == 200
    assert page.texts(".pager [aria-current=page]") == ["3"]
    assert len(page.all(".hit")) == 5


def test_when_no_document_has_all_words_the_page_says_so(guest: Visitor) -> None:
    page = guest.get("/search?q=云影像 回访话术")
    assert page.texts(".notice:not([hidden])") == [
        "没有文档包含全部词语，以下为包含大部分词语的结果。"
    ]
    assert page.all(".hit") != []


def test_an_empty_answer_says_what_to_do(guest: Visitor) -> None:
    page = guest.get("/search?q=量子恐龙&industry=finance")
    assert page.status == 200
    assert "没有找到与“量子恐龙”有关的文档" in page.texts(".empty h2")
    assert page.links(".empty a")["去掉全部筛选"].endswith("恐龙") is False
    assert "industry" not in page.links(".empty a")["去掉全部筛选"]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("/search?stage=方案", "solution"),
        ("/search?industry=education&industry=nowhere", "healthcare"),
        ("/search?sort=oldest", "newest"),
        ("/search?page=0", "页码应是从 1 开始的整数。"),
        ("/search?page=-1", "页码应是从 1 开始的整数。"),
        ("/search?page=abc", "页码应是从 1 开始的整数。"),
        ("/search?page=" + "9" * 4000, "页码应是从 1 开始的整数。"),
        ("/search?page=٣", "页码应是从 1 开始的整数。"),
        ("/search?q=行业:火星", "火星"),
    ],
)
def test_a_bad_value_is_explained(guest: Visitor, address: str, says: str) -> None:
    page = guest.get(address)
    assert page.status == 400
    assert says in page.text


@pytest.mark.parametrize(
    "question",
    [
        "%ED%A0%80",
        "%00%01%1F校园",
        "校" * 10_000,
        "校园 " * 2_000,
        "%22",
        "-",
        "OR",
        "a:b:c",
        "%F0%9F%98%80",
        "%E2%80%AE校园",
        "《》！？",
    ],
)
def test_any_text_gets_an_answer(guest: Visitor, question: str) -> None:
    assert guest.get(f"/search?q={question}").status == 200


def test_what_was_typed_is_never_markup(guest: Visitor) -> None:
    page = guest.get("/search?q=<script>alert(1)</script>\"'")
    assert "<script>alert" not in page.html
    assert page.all("#q")[0].attributes["value"] == "<script>alert(1)</script>\"'"


def test_a_draft_is_labelled_for_its_author_and_hidden_from_others(
    manager: Visitor, colleague: Visitor
) -> None:
    mine = manager.get("/search?q=组网建议书草稿")
    assert mine.texts(".hit h2")[0] == "网点组网建议书草稿"
    assert mine.texts(".hit .tag") == ["草稿"]
    assert "网点组网建议书草稿" not in colleague.get("/search?q=组网建议书草稿").texts(".hit h2")


def test_a_document_of_one_unit_is_labelled_there_and_hidden_elsewhere(
    manager: Visitor, colleague: Visitor
) -> None:
    mine = colleague.get("/search?q=专线底价授权")
    assert mine.texts(".hit h2")[0] == "云澜专线底价授权"
    assert mine.texts(".hit .tag")[0] == "仅本单位可见"
    assert "云澜专线底价授权" not in manager.get("/search?q=专线底价授权").texts(".hit h2")
