"""A word that stands only where a reader may not look weighs as one that stands nowhere."""

from dataclasses import replace

import pytest

from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.models import Visibility
from portal.search import ResultPage, SearchRequest
from portal.services import Services
from tests.conftest import Library

HIDDEN, NOWHERE = "qz7781", "qz9902"
TEXTS = (
    "校园宽带资费说明\n\n宽带按学年计费，资费见附表。",
    "宽带安装须知\n\n上门安装宽带前请预约。",
    "资费公示\n\n套餐资费每季度公示一次。",
    "宽带故障处理\n\n先重启光猫，再报修。",
    "专线资费折扣\n\n资费折扣由经理审批，宽带客户另议。",
    "医院专线方案\n\n双路由专线，宽带备份。",
    "会议纪要\n\n讨论了资费和宽带的推广。",
    "回访话术\n\n询问宽带使用情况。",
)


@pytest.fixture
def shelf(library: Library) -> Services:
    """Documents for everyone, and one for its author alone."""
    author = library.person("zhangqi")
    for number, text in enumerate(TEXTS):
        library.put(text, f"{number}.txt", Filing(author, publish=True))
    hidden = Filing(author, publish=True, visibility=Visibility.AUTHOR)
    library.put(f"内部底价\n\n{HIDDEN} 宽带 资费 底价。", "底价.txt", hidden)
    return library.services


def answer(services: Services, text: str) -> ResultPage:
    found = services.search.search(SearchRequest(text), Viewer.anonymous())
    return replace(found, request=SearchRequest(""), query=replace(found.query), took_ms=0.0)


@pytest.mark.parametrize("common_from", [0, 2000])
@pytest.mark.parametrize(
    "words", ["{}", "宽带 {}", "宽带 资费 {}", "宽带 资费 专线 {}", "如何办理{}宽带"]
)
def test_what_is_answered_does_not_tell_that_it_stands_anywhere(
    shelf: Services, monkeypatch: pytest.MonkeyPatch, words: str, common_from: int
) -> None:
    # In a large library very common words are passed over where there are rarer ones.
    monkeypatch.setattr("portal.search.match.COMMON_FROM", common_from)
    hidden, nowhere = (answer(shelf, words.format(word)) for word in (HIDDEN, NOWHERE))
    told = [
        (
            each.total,
            each.relaxed,
            each.substring,
            each.counts,
            [(h.document.id, h.score) for h in each.hits],
        )
        for each in (hidden, nowhere)
    ]
    assert told[0] == told[1]


def test_its_reader_finds_it(shelf: Services) -> None:
    found = shelf.search.search(SearchRequest(f"宽带 {HIDDEN}"), Viewer.operator())
    assert [hit.document.title for hit in found.hits] == ["内部底价"]
