"""Filters, counts, pages and order over the sample library."""

import dataclasses

import pytest

from portal.catalogue import Viewer
from portal.models import FACETS
from portal.search import BadRequest, ResultPage, SearchRequest
from portal.services import Services

EVERYTHING = Viewer.operator()


def ask(services: Services, text: str = "", **more: str) -> ResultPage:
    filters = {facet: tuple(codes.split(",")) for facet, codes in more.items()}
    return services.search.search(SearchRequest(text, filters), EVERYTHING)


def counts(found: ResultPage, facet: str) -> dict[str, int]:
    return {row.code: row.count for row in found.facets[facet]}


def pages(services: Services, request: SearchRequest) -> list[list[int]]:
    """Document numbers, page by page."""
    first = services.search.search(request, EVERYTHING)
    found = [first]
    for number in range(2, first.pages + 1):
        asked = dataclasses.replace(request, page=number)
        found.append(services.search.search(asked, EVERYTHING))
    assert {page.total for page in found} == {first.total}
    return [[hit.document.id for hit in page.hits] for page in found]


def test_it_works(samples: Services) -> None:
    found = ask(samples, "校园 宽带 资费")
    assert found.hits[0].document.title.startswith("校园宽带与学生套餐资费表")
    assert found.total == len(found.hits) or found.pages > 1
    assert found.took_ms > 0


@pytest.mark.parametrize("text", ["", "专线", "客户 回访", "资费 专线 医院"])
@pytest.mark.parametrize("facet", FACETS)
def test_a_count_is_what_choosing_it_gives(samples: Services, text: str, facet: str) -> None:
    open_question = ask(samples, text)
    relaxed = open_question.relaxed or open_question.substring
    for code, count in list(counts(open_question, facet).items())[:6]:
        narrowed = ask(samples, text, **{facet: code})
        if relaxed or narrowed.relaxed or narrowed.substring:
            continue  # fewer words had to do
        assert narrowed.total == count
        assert all(code in hit.document.keys[facet] for hit in narrowed.hits)
    assert counts(open_question, facet)


def test_values_of_one_facet_widen_and_facets_narrow(samples: Services) -> None:
    education, healthcare = (
        ask(samples, industry=code).total for code in ("education", "healthcare")
    )
    both = ask(samples, industry="education,healthcare")
    assert max(education, healthcare) < both.total <= education + healthcare
    tariffs = ask(samples, industry="education,healthcare", kind="tariff")
    assert 0 < tariffs.total < both.total


def test_a_chosen_facet_still_counts_its_other_values(samples: Services) -> None:
    chosen = ask(samples, "专线", industry="education")
    assert counts(chosen, "industry") == counts(ask(samples, "专线"), "industry")
    assert [row.code for row in chosen.facets["industry"] if row.selected] == ["education"]


def test_a_chosen_value_without_answers_is_still_shown(samples: Services) -> None:
    found = ask(samples, "水肥一体化 柑橘", industry="finance", kind="contract")
    assert counts(found, "industry")["finance"] == 0 or found.total > 0
    assert any(row.selected for row in found.facets["industry"])


@pytest.mark.parametrize("size", [1, 7, 10, 100])
@pytest.mark.parametrize("sort", ["relevance", "newest", "hottest"])
@pytest.mark.parametrize("text", ["", "专线 资费", "客户"])
def test_every_document_stands_on_one_page_once(
    samples: Services, text: str, sort: str, size: int
) -> None:
    if size == 1 and text == "":
        size = 9
    request = SearchRequest(text, sort=sort, page_size=size)  # type: ignore[arg-type]
    found = pages(samples, request)
    numbers = [number for page in found for number in page]
    total = samples.search.search(request, EVERYTHING).total
    assert len(numbers) == len(set(numbers)) == total
    assert all(len(page) == size for page in found[:-1])
    assert found == pages(samples, request)


def test_an_empty_question_gives_everything_newest_first(samples: Services) -> None:
    found = ask(samples)
    dates = [hit.document.published_at for hit in found.hits]
    assert found.total == 102
    assert dates == sorted(dates, reverse=True, key=str)


def test_newest_first_within_an_answer(samples: Services) -> None:
    request = SearchRequest("专线", sort="newest", page_size=100)
    hits = samples.search.search(request, EVERYTHING).hits
    dates = [str(hit.document.published_at) for hit in hits]
    assert dates == sorted(dates, reverse=True)
    assert {hit.document.id for hit in hits} == {
        hit.document.id
        for hit in samples.search.search(SearchRequest("专线", page_size=100), EVERYTHING).hits
    }


def test_past_the_end_is_the_last_page(samples: Services) -> None:
    request = SearchRequest("专线", page_size=10)
    last = samples.search.search(dataclasses.replace(request, page=10_000), EVERYTHING)
    assert last.page == last.pages
    assert [hit.document.id for hit in last.hits] == pages(samples, request)[-1]
    nothing = samples.search.search(SearchRequest("xyzzyq", page=7), EVERYTHING)
    assert (nothing.total, nothing.page, nothing.pages, nothing.hits) == (0, 1, 1, ())


def test_traditional_and_full_width_questions_find_simplified_text(samples: Services) -> None:
    plain = [hit.document.id for hit in ask(samples, "校园宽带 SD-WAN 资费").hits]
    written = [hit.document.id for hit in ask(samples, "校園寬帶　ＳＤ－ＷＡＮ　資費").hits]
    assert plain == written


def test_a_simplified_question_finds_traditional_text(samples: Services) -> None:
    found = ask(samples, "港资连锁餐饮 客户回访话术")
    assert found.hits[0].document.title == "港資連鎖餐飲客戶回訪話術（繁體）"
    assert "港資" in "".join(span.text for span in found.hits[0].title if span.marked)


def test_words_that_no_document_holds_together_are_relaxed(samples: Services) -> None:
    found = ask(samples, "校园宽带 资费 柑橘 水肥一体化")
    assert found.relaxed
    assert found.total > 0


def test_a_word_left_out_is_in_no_answer(samples: Services) -> None:
    everything = ask(samples, "专线").total
    without = samples.search.search(SearchRequest("专线 -银行", page_size=100), EVERYTHING)
    assert 0 < without.total < everything
    held = ask(samples, "专线 银行").hits[0].document.id
    assert held not in {hit.document.id for hit in without.hits}


def test_either_of_two_words_finds_the_documents_of_both(samples: Services) -> None:
    either = ask(samples, "柑橘 OR 马拉松").total
    assert either >= max(ask(samples, "柑橘").total, ask(samples, "马拉松").total)


def test_a_piece_of_a_word_is_found_where_no_word_is(samples: Services) -> None:
    found = ask(samples, "edcap")
    assert found.substring
    assert found.hits[0].document.title.startswith("南屿港 5G RedCap")


@pytest.mark.parametrize(
    "request_",
    [
        SearchRequest("专线", {"industry": ("school",)}),
        SearchRequest("专线", {"colour": ("red",)}),
        SearchRequest("专线", page=0),
        SearchRequest("专线", page_size=0),
        SearchRequest("专线", page_size=101),
        SearchRequest("专线", sort="oldest"),  # type: ignore[arg-type]
        SearchRequest("行业:学校"),
    ],
)
def test_a_question_of_the_wrong_form_is_refused_in_a_sentence(
    samples: Services, request_: SearchRequest
) -> None:
    with pytest.raises(BadRequest) as caught:
        samples.search.search(request_, EVERYTHING)
    assert len(str(caught.value)) > 5
