"""What a person types is read as meant, and nothing typed is an error but an unknown value."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import FACETS
from portal.search import BadRequest
from portal.search.query import FIELD_NAMES, MAX_LENGTH, MAX_WORDS, Language, parse, tokens
from portal.search.types import FORMATS, Query, Word
from portal.text import fold

anything = st.text(st.characters(exclude_categories=()), max_size=80)
pieces = st.lists(
    st.sampled_from(
        ['"', "-", ":", "OR", "|", " ", "　", "校园", "宽带", "行业:", "industry:education", "：",
         "阶段:", "教育", "没有的", "-\"", "\"\"", "a", "5G", "\n", "\x00", "\ud800", "ﷺ", "的"]
    ),
    max_size=20,
).map("".join)  # fmt: skip


def read(text: str, language: Language) -> Query:
    return parse(text, {}, language)


def words(query: Query) -> list[tuple[str, ...]]:
    return [word.options for word in query.words]


def test_it_works(language: Language) -> None:
    query = read('校园 宽带 "学生套餐" -过期 行业:教育', language)
    assert words(query) == [("校园",), ("宽带",)]
    assert query.phrases == ("学生套餐",)
    assert query.excluded == ("过期",)
    assert query.filters == {"industry": ("education",)}
    assert query.needles == ("学生套餐", "校园", "宽带")


def test_an_empty_question_asks_for_everything(language: Language) -> None:
    for text in ("", "   ", "　\n"):
        query = read(text, language)
        assert (query.words, query.phrases, query.filters) == ((), (), {})
        assert not query.has_text


def test_a_sentence_is_cut_into_words(language: Language) -> None:
    assert words(read("校园宽带的资费是多少？", language)) == [("校园宽带",), ("资费",)]


@pytest.mark.parametrize("written", ["校園寬帶　資費", "校园宽带 资费", "校园宽带 资费 资费"])
def test_spelling_and_repetition_do_not_matter(written: str, language: Language) -> None:
    assert words(read(written, language)) == [("校园宽带",), ("资费",)]


@pytest.mark.parametrize("joint", ["OR", "or", "|", "ＯＲ", "｜"])
def test_either_of_two_words(joint: str, language: Language) -> None:
    assert words(read(f"专线 {joint} 宽带", language)) == [("专线", "宽带")]


def test_either_of_three_words_beside_another(language: Language) -> None:
    query = read("医院 专线 OR 宽带 OR 云主机 资费", language)
    assert words(query) == [("医院",), ("专线", "宽带", "云主机"), ("资费",)]


def test_or_at_the_edge_is_a_word_or_nothing(language: Language) -> None:
    assert words(read("OR 专线", language)) == [("or",), ("专线",)]
    assert words(read("专线 OR", language)) == [("专线",)]


def test_left_out_words_and_phrases(language: Language) -> None:
    query = read('资费 -内部 -"底价 授权"', language)
    assert words(query) == [("资费",)]
    assert query.excluded == ("内部", "底价 授权")


def test_a_hyphen_within_a_word_leaves_nothing_out(language: Language) -> None:
    query = read("SD-WAN 组网", language)
    assert words(query) == [("sd-wan",), ("组网",)]
    assert query.excluded == ()


def test_a_phrase_is_exact_but_for_spelling(language: Language) -> None:
    assert read('"ＳＤ－ＷＡＮ 組網"', language).phrases == ("sd-wan 组网",)


@pytest.mark.parametrize(
    "written",
    ["行业:教育", "行业：教育", "industry:education", "Industry:Education", '行业:"教育"',
     "industry:教育", "行業:教育"],
)  # fmt: skip
def test_a_field_is_named_in_english_or_chinese(written: str, language: Language) -> None:
    query = read(written, language)
    assert query.filters == {"industry": ("education",)}
    assert not query.has_text


@pytest.mark.parametrize(
    ("written", "facet", "code"),
    [
        ("阶段:方案整合", "stage", "solution"),
        ("工作类型:资费制定", "work_type", "tariff-design"),
        ("工作类别:tariff-design", "work_type", "tariff-design"),
        ("库:合作伙伴库", "library", "partners"),
        ("类型:模板", "kind", "template"),
        ("产品:云与IDC", "product", "cloud"),
        ('work_type:"Customer sales"', "work_type", "customer-sales"),
    ],
)
def test_every_facet_has_its_field(written: str, facet: str, code: str, language: Language) -> None:
    assert read(written, language).filters == {facet: (code,)}


def test_values_of_one_facet_add_up_with_those_chosen_beside(language: Language) -> None:
    query = parse("行业:教育 行业:医疗卫生", {"industry": ("government", "education")}, language)
    assert query.filters == {"industry": ("government", "education", "healthcare")}


def test_a_colon_after_no_field_is_text(language: Language) -> None:
    query = read("联系人:张伟 http://portal.example/a 时间:8:30", language)
    assert query.filters == {}
    assert ("联系人",) in words(query)


@pytest.mark.parametrize("name", [n for n in sorted(FIELD_NAMES) if FIELD_NAMES[n] in FACETS])
def test_an_unknown_value_lists_the_valid_ones(name: str, language: Language) -> None:
    with pytest.raises(BadRequest) as caught:
        read(f"{name}:没有这个值", language)
    for term in language.taxonomy.terms[FIELD_NAMES[name]]:
        assert f"{term.code}（{term.zh}）" in str(caught.value)
    assert "没有这个值" in str(caught.value)
    assert caught.value.field == FIELD_NAMES[name]


def test_an_unknown_format_lists_the_valid_ones(language: Language) -> None:
    with pytest.raises(BadRequest, match="docx、pptx、xlsx、pdf、html、md、txt、image"):
        read("格式:wps", language)
    assert read("format:PDF", language).filters == {"format": ("pdf",)}
    assert len(FORMATS) == 8


def test_title_author_and_days_are_fields_too(language: Language) -> None:
    query = read("标题:校园宽带 作者:LinWei after:2026-01-01 之前:2026-06-30 年份:2026", language)
    assert (query.titles, query.authors) == (("校园宽带",), ("linwei",))
    assert (query.after, query.before) == (dt.date(2026, 1, 1), dt.date(2026, 6, 30))
    assert query.filters == {"year": ("2026",)}


@pytest.mark.parametrize("written", ["after:昨天", "before:2026-02-30", "year:26", "年份:二〇二六"])
def test_a_malformed_date_is_named(written: str, language: Language) -> None:
    with pytest.raises(BadRequest) as caught:
        read(written, language)
    assert written.split(":")[1] in str(caught.value)


def test_a_synonym_stands_beside_the_word_that_was_typed(language: Language) -> None:
    knowing = dataclasses.replace(language, synonyms={"互联网专线": ("宽带专线",)})
    assert words(read("医院互联网专线资费", knowing)) == [
        ("医院",),
        ("互联网专线", "宽带专线"),
        ("资费",),
    ]


@pytest.mark.parametrize("asked", ["校园宽带多少钱？", "专线中断怎么处理", "什么是等保"])
def test_a_question_in_a_sentence_is_known_for_one(asked: str, language: Language) -> None:
    assert read(asked, language).is_question
    assert not read("校园宽带 资费表", language).is_question


def test_an_unknown_chosen_code_lists_the_valid_ones(language: Language) -> None:
    with pytest.raises(BadRequest, match=r"“school”.*education（教育）"):
        parse("校园", {"industry": ("school",)}, language)


@pytest.mark.parametrize("written", ['"校园', '校园"', '"', '""', '校园 "宽带 资费', '-"', "-"])
def test_unbalanced_quotes_are_read_as_well_as_can_be(written: str, language: Language) -> None:
    query = read(written, language)
    assert all(needle.strip('" ') == needle for needle in query.needles + query.excluded)
    if "校园" in written:
        assert ("校园",) in words(query) or "校园" in query.phrases


def test_ten_thousand_characters_are_read_and_bounded(language: Language) -> None:
    text = "校园宽带资费表 智慧医疗方案 " * (MAX_LENGTH // 14) + "x" * MAX_LENGTH
    query = read(text, language)
    assert len(query.words) <= MAX_WORDS
    assert "x" * 64 not in query.needles
    assert len(read(" ".join(f"词{n}" for n in range(5000)), language).words) == MAX_WORDS
    assert len(read('"' * MAX_LENGTH, language).words) == 0


@given(anything | pieces)
def test_nothing_typed_is_an_error_but_an_unknown_value(language: Language, text: str) -> None:
    try:
        query = read(text, language)
    except BadRequest:
        return
    assert all(fold(needle) == needle for needle in query.needles)
    assert all(needle.strip() for needle in query.needles + query.excluded)
    assert all(word.options for word in query.words)


@given(anything | pieces)
def test_what_was_read_reads_the_same_again(language: Language, text: str) -> None:
    try:
        query = read(text, language)
    except BadRequest:
        return
    assert read(text, language) == query
    assert all(isinstance(word, Word) for word in query.words)


@given(anything | pieces)
def test_pieces_stand_in_what_was_typed(text: str) -> None:
    for token in tokens(text):
        assert token.typed.strip()
        assert token.typed in text
