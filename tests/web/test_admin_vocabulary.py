"""The page on which administrators keep synonyms and the lexicon."""

import itertools

import pytest

from portal.app import create_app
from portal.catalogue import vocabulary
from portal.catalogue.vocabulary import load_vocabulary
from portal.db import utcnow
from portal.services import Services, build_services
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

SYNONYMS = "/admin/vocabulary"
WORDS = "/admin/vocabulary?list=words"


@pytest.fixture
def keeper(office_visitor: Visitor) -> Visitor:
    """An administrator of a portal that this test alone changes."""
    return office_visitor.sign_in("guanliyuan")


def entries(page: Answer) -> list[str]:
    return [text.replace("等于", "") for text in page.texts(".entry-words")]


def known(services: Services) -> tuple[str, ...]:
    with services.db.read() as session:
        return load_vocabulary(session).words


def test_it_lists_the_synonyms_that_came_with_the_portal(keeper: Visitor) -> None:
    page = keeper.get(SYNONYMS)
    assert page.status == 200
    assert "集客=集团客户=政企客户" in entries(page)
    assert set(page.texts(".entry .quiet")) == {"系统自带"}
    assert page.texts(".tabs a") == [f"同义词 {len(entries(page))}", "词典 0"]


def test_synonyms_are_added_with_who_and_when_and_removed_again(keeper: Visitor) -> None:
    added = keeper.submit("/admin/vocabulary/synonyms", words="布线、綜合佈線")
    assert (added.status, added.location) == (303, "/admin/vocabulary")
    page = keeper.get(SYNONYMS)
    assert page.texts(".done")[0].startswith("已添加“布线、綜合佈線”。")
    assert entries(page)[0] == "布线=綜合佈線"
    assert page.texts(".entry .quiet")[0] == "管理员 · 今天"
    form = page.all(".entries form")[0].attributes["action"] or ""
    assert keeper.submit(form).status == 303
    page = keeper.get(SYNONYMS)
    assert "布线=綜合佈線" not in entries(page)
    assert page.texts(".done span") == ["已移除“布线 = 綜合佈線”。"]


def test_what_was_removed_by_mistake_is_put_back(keeper: Visitor) -> None:
    page = keeper.get(SYNONYMS)
    first = entries(page)[0]
    keeper.submit(page.all(".entries form")[0].attributes["action"] or "")
    undo = keeper.get(SYNONYMS).all(".done form")[0]
    field = undo.css_first("input[name=words]")
    assert field is not None
    keeper.submit(undo.attributes["action"] or "", words=field.attributes["value"] or "")
    assert entries(keeper.get(SYNONYMS))[0] == first


def test_removing_what_is_gone_is_no_error(keeper: Visitor) -> None:
    assert keeper.submit("/admin/vocabulary/synonyms/2147483647/remove").status == 303
    assert keeper.get(SYNONYMS).all(".done") == []


@pytest.mark.parametrize(
    ("chosen", "words", "says"),
    [
        ("synonyms", "", "请先填写词语。"),
        ("synonyms", "布线", "至少要有两个不同的词"),
        ("synonyms", "布线 = 线", "“线”只有一个字"),
        ("synonyms", "布线 = " + "长" * 40, "一个词最多 32 个字"),
        ("synonyms", "词" * 900, "一个词最多 32 个字"),
        ("synonyms", "布线 = <b>", "不会出现的符号"),
        ("synonyms", "集团客户 集客", "已经互为同义词"),
        ("synonyms", "、".join(f"同义词{number}" for number in range(20)), "请分成几组"),
        ("words", "", "请先填写词语。"),
        ("words", "网", "“网”只有一个字"),
        ("words", "长" * 33, "一个词最多 32 个字"),
        ("words", "5G专网", "词典只收汉字词语"),
        ("words", "项目建议书", "词典里已经有“项目建议书”"),
    ],
)
def test_what_makes_no_sense_is_explained_and_kept_in_the_form(
    keeper: Visitor, chosen: str, words: str, says: str
) -> None:
    page = keeper.submit(f"/admin/vocabulary/{chosen}", words=words)
    assert page.status == 422
    assert says in page.texts("[role=alert]")[0]
    box = page.all("#words")[0].attributes
    assert box["value"] == words
    assert box["aria-invalid"] == "true"
    assert "words-problem" in (box["aria-describedby"] or "")


def test_a_new_word_waits_for_the_index_and_says_so(keeper: Visitor, office: Stock) -> None:
    keeper.submit("/admin/vocabulary/words", words="雪亮工程")
    page = keeper.get(WORDS)
    assert known(office.services) == ("雪亮工程",)
    assert page.texts(".entry-words") == ["雪亮工程重建后起作用"]
    assert "索引正在后台重建" in page.texts("main > .notice")[0]
    with office.services.search.store.writing():
        office.services.indexer().prepare()
    page = keeper.get(WORDS)
    assert page.texts(".entry-words") == ["雪亮工程"]
    assert page.all("main > .notice") == []


def test_removing_a_word_waits_for_the_index_too(keeper: Visitor, office: Stock) -> None:
    keeper.submit("/admin/vocabulary/words", words="雪亮工程")
    with office.services.search.store.writing():
        office.services.indexer().prepare()
    keeper.submit(keeper.get(WORDS).all(".entries form")[0].attributes["action"] or "")
    page = keeper.get(WORDS)
    assert page.texts(".empty h2") == ["词典里还没有词"]
    assert page.all("main > .notice") != []


def test_synonyms_do_not_touch_the_index(keeper: Visitor) -> None:
    keeper.submit("/admin/vocabulary/synonyms", words="布线、综合布线")
    assert keeper.get(SYNONYMS).all("main > .notice") == []


def test_synonyms_work_from_the_next_question_on(keeper: Visitor, office: Stock) -> None:
    assert keeper.get("/search?q=宝典").all(".hit") == []
    keeper.submit("/admin/vocabulary/synonyms", words="宝典 = 回访")
    another_process = build_services(office.services.settings)
    visitor = Visitor(create_app(another_process.settings, another_process))
    page = visitor.sign_in("linruoxi").get("/search?q=宝典")
    assert "第 25 号网点客户回访话术" in page.texts(".hit h2") or len(page.all(".hit")) == 10
    another_process.db.dispose()


def test_a_long_list_comes_in_pages(keeper: Visitor, office: Stock) -> None:
    with office.services.db.write() as session:
        for first, second in itertools.islice(itertools.product("甲乙丙丁戊己庚辛", repeat=2), 60):
            vocabulary.add_word(session, f"{first}{second}机房", 1, utcnow())
    page = keeper.get(WORDS)
    assert len(page.all(".entry")) == 50
    assert len(keeper.get(page.links(".pager a")["下一页"]).all(".entry")) == 10


@pytest.mark.parametrize("tail", ["?list=secrets", "?page=0", "?page=99", "?page=x"])
def test_a_list_or_page_that_is_not_there_is_not_found(keeper: Visitor, tail: str) -> None:
    assert keeper.get(SYNONYMS + tail).status == 404


def test_whoever_comes_from_a_search_in_vain_finds_its_words_in_the_form(keeper: Visitor) -> None:
    page = keeper.get('/admin/vocabulary?words=量子"加密')
    assert page.all("#words")[0].attributes["value"] == '量子"加密'
