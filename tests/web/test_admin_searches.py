"""What administrators see of what people searched for, and how it gets there."""

import dataclasses
import re
from functools import cached_property

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.catalogue.activity import hotness
from portal.models import Document, ReaderEvent, Search, SearchOpen, TaxonomyTerm, User
from tests.web.stock import Stock
from tests.web.visitor import Visitor

LIST = "/admin/searches"
FREQUENT = "/admin/searches?list=frequent"


class Office:
    """A portal that one test has to itself, and the people in it."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        self.app = create_app(stock.services.settings, stock.services)

    @cached_property
    def manager(self) -> Visitor:
        return Visitor(self.app).sign_in("linruoxi")

    @cached_property
    def colleague(self) -> Visitor:
        return Visitor(self.app).sign_in("zhoumin")

    @cached_property
    def administrator(self) -> Visitor:
        return Visitor(self.app).sign_in("guanliyuan")

    def searches(self) -> list[Search]:
        with self.stock.services.db.read() as session:
            return list(session.scalars(sa.select(Search).order_by(Search.id)))

    def opens(self) -> list[SearchOpen]:
        with self.stock.services.db.read() as session:
            return list(session.scalars(sa.select(SearchOpen).order_by(SearchOpen.id)))

    def events(self) -> list[tuple[str, str]]:
        with self.stock.services.db.read() as session:
            rows = session.execute(
                sa.select(ReaderEvent.kind, Document.title)
                .join(Document, Document.id == ReaderEvent.document_id)
                .order_by(ReaderEvent.id)
            )
            return [(kind, title) for kind, title in rows]

    def hot(self) -> dict[int, float]:
        with self.stock.services.db.read() as session:
            return hotness(session)


@pytest.fixture
def at_work(office: Stock) -> Office:
    return Office(office)


# ---------- what leaves a trace ----------


def test_a_search_is_logged_with_its_answer(at_work: Office) -> None:
    at_work.manager.get("/search?q=校园 宽带&stage=solution")
    (row,) = at_work.searches()
    assert (row.text, row.filters) == ("校园 宽带", {"stage": ["solution"]})
    assert row.hits >= 1
    assert row.took_ms > 0
    assert row.person == f"user-{row.user_id}"


def test_a_search_without_an_industry_counts_for_the_persons_first(at_work: Office) -> None:
    with at_work.stock.services.db.write() as session:
        found = sa.select(TaxonomyTerm).where(TaxonomyTerm.code.in_(("finance", "education")))
        person = session.scalars(sa.select(User).where(User.login == "linruoxi")).one()
        person.industries = list(session.scalars(found))
    at_work.manager.get("/search?q=校园")
    at_work.manager.get("/search?q=校园&industry=healthcare")
    assert [row.industry for row in at_work.searches()] == ["education", "healthcare"]


def test_pages_orders_and_reloads_are_the_same_search(at_work: Office) -> None:
    for address in ("", "&page=2", "&sort=newest", "&page=3", ""):
        at_work.manager.get(f"/search?q=回访{address}")
    assert len(at_work.searches()) == 1


def test_a_page_further_on_asked_for_first_is_not_logged(at_work: Office) -> None:
    at_work.manager.get("/search?q=回访&page=2")
    assert at_work.searches() == []


def test_narrowing_is_the_same_question(at_work: Office) -> None:
    at_work.manager.get("/search?q=校园")
    at_work.manager.get("/search?q=校园&stage=solution")
    first, second = at_work.searches()
    assert second.question_id == first.id
    assert second.errand_at == first.at


def test_the_industry_typed_as_a_word_counts_as_chosen(at_work: Office) -> None:
    at_work.manager.get("/search?q=校园 行业:教育")
    assert [row.industry for row in at_work.searches()] == ["education"]


def test_what_is_fetched_ahead_or_only_probed_is_no_search(at_work: Office) -> None:
    at_work.manager.get("/search?q=校园", {"Sec-Purpose": "prefetch;prerender"})
    at_work.manager.ask("HEAD", "/search?q=校园")
    at_work.manager.get("/search")
    at_work.manager.get("/search?stage=nowhere")
    assert at_work.searches() == []


def test_programs_searches_are_logged_too(at_work: Office) -> None:
    at_work.manager.get("/api/v1/search?q=校园")
    at_work.manager.get("/api/v1/search?q=校园&page=2")
    assert [row.text for row in at_work.searches()] == ["校园"]


def test_opening_a_result_is_logged_once_with_its_place(at_work: Office) -> None:
    page = at_work.manager.get("/search?q=校园 宽带 学年价")
    links = list(page.links(".hit h2 a").values())
    at_work.manager.get(links[0])
    at_work.manager.get(links[0])
    (opened,) = at_work.opens()
    assert opened.document_id == at_work.stock.ids["校园宽带资费表.xlsx"]
    assert (opened.position, opened.ordinal) == (1, 1)
    assert opened.find_seconds is not None
    assert 0 <= opened.find_seconds < 60


def test_positions_count_over_all_pages(at_work: Office) -> None:
    at_work.manager.get("/search?q=回访")
    links = at_work.manager.get("/search?q=回访&page=2").links(".hit h2 a")
    at_work.manager.get(list(links.values())[1])
    assert [opened.position for opened in at_work.opens()] == [12]


def test_a_passed_on_link_opens_and_logs_nothing(at_work: Office) -> None:
    link = next(iter(at_work.manager.get("/search?q=校园").links(".hit h2 a").values()))
    assert at_work.colleague.get(link).status == 200
    assert at_work.opens() == []


@pytest.mark.parametrize(
    "mark", ["x", ".", "..", "a.b.c", "a.1.2.3", "校园", "%ED%A0%80", "x" * 4000, "a.999999999999"]
)
def test_a_mark_that_says_nothing_does_no_harm(at_work: Office, mark: str) -> None:
    assert at_work.manager.get(f"/documents/1?from={mark}").status == 200
    assert at_work.opens() == []


def test_a_guest_is_followed_from_question_to_document(office: Stock) -> None:
    settings = dataclasses.replace(office.services.settings, anonymous_reading=True)
    services = dataclasses.replace(office.services, settings=settings)
    guest = Visitor(create_app(settings, services))
    guest.get(next(iter(guest.get("/search?q=校园").links(".hit h2 a").values())))
    with services.db.read() as session:
        search = session.scalars(sa.select(Search)).one()
        assert session.scalars(sa.select(SearchOpen)).one().search_id == search.id
        assert session.scalar(sa.select(sa.func.count(ReaderEvent.id))) == 0
    assert search.person.startswith("visitor-")
    assert search.user_id is None


def test_reading_and_downloading_make_a_document_hot(at_work: Office) -> None:
    document = at_work.stock.ids["平安校园建议书.docx"]
    for _ in range(5):
        at_work.manager.get(f"/documents/{document}")
    read = at_work.hot()[document]
    at_work.manager.get(f"/documents/{document}/original")
    assert at_work.events() == [
        ("view", "区县教育局平安校园建议书"),
        ("download", "区县教育局平安校园建议书"),
    ]
    assert at_work.hot()[document] - read == pytest.approx(1.585, abs=1e-3)


def test_ones_own_documents_stay_cold(at_work: Office) -> None:
    at_work.colleague.get(f"/documents/{at_work.stock.ids['平安校园建议书.docx']}")
    assert at_work.hot() == {}


def test_a_document_that_may_not_be_read_leaves_no_trace(at_work: Office) -> None:
    at_work.manager.get(f"/documents/{at_work.stock.ids['面谈记录.md']}")
    assert at_work.events() == []


def test_a_log_that_cannot_be_written_is_not_the_readers_problem(
    at_work: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for table in ("search_opens", "searches"):
        with at_work.stock.services.db.engine.begin() as connection:
            connection.execute(sa.text(f"DROP TABLE {table}"))
    page = at_work.manager.get("/search?q=校园绝密项目")
    assert page.status == 200
    assert at_work.manager.get("/documents/1?from=abc.1").status == 200
    assert "the trace of a request was not written: " in caplog.text
    assert "绝密" not in caplog.text


# ---------- the page ----------


def test_nothing_to_show_is_said_honestly(at_work: Office) -> None:
    page = at_work.administrator.get(LIST)
    assert page.status == 200
    assert page.texts(".empty h2") == ["这段时间里还没有人搜索"]
    assert page.texts(".figures dd") == ["0", "0", "0", "—"]


def test_when_every_search_found_something_the_page_says_so(at_work: Office) -> None:
    at_work.manager.get("/search?q=校园")
    assert at_work.administrator.get(LIST).texts(".empty h2") == ["每次搜索都有结果"]


def test_searches_in_vain_are_listed_with_how_often_by_whom_and_industry(at_work: Office) -> None:
    at_work.manager.get("/search?q=量子恐龙")
    at_work.colleague.get("/search?q=量子恐龍&industry=finance")
    at_work.colleague.get("/search?q=火星基站")
    at_work.manager.get("/search?q=校园")
    page = at_work.administrator.get(LIST)
    assert page.texts("tbody th a") == ["量子恐龍", "火星基站"]
    first = page.texts("tbody tr")[0]
    assert first == "量子恐龍 行业：金融保险 2 2 金融保险 1 今天 加同义词"
    assert page.texts(".figures dd") == ["4", "2", "3 75%", "—"]


def test_a_listed_search_is_repeated_by_its_link(at_work: Office) -> None:
    at_work.colleague.get('/search?q="量子 恐龙"&industry=finance')
    link = at_work.administrator.get(LIST).links("tbody th a")['"量子 恐龙"']
    again = at_work.administrator.get(link)
    assert again.all("#q")[0].attributes["value"] == '"量子 恐龙"'
    assert again.texts(".empty h2") != []


def test_a_search_in_vain_leads_to_its_synonyms(at_work: Office) -> None:
    at_work.manager.get("/search?q=量子恐龙")
    link = at_work.administrator.get(LIST).links(".act a")["加同义词"]
    assert at_work.administrator.get(link).all("#words")[0].attributes["value"] == "量子恐龙"


def test_what_was_typed_is_never_markup(at_work: Office) -> None:
    at_work.manager.get("/search?q=<script>alert(1)</script>")
    page = at_work.administrator.get(LIST)
    assert "<script>alert" not in page.html
    assert at_work.administrator.get(FREQUENT).texts("tbody th a") == ["<script>alert(1)</script>"]


def test_the_most_frequent_come_with_results_and_openings(at_work: Office) -> None:
    page = at_work.manager.get("/search?q=平安校园建议书")
    at_work.manager.get(next(iter(page.links(".hit h2 a").values())))
    at_work.colleague.get("/search?q=平安校园建议书")
    at_work.colleague.get("/search?q=火星基站")
    listed = at_work.administrator.get(FREQUENT)
    row = listed.texts("tbody tr")[0]
    assert re.fullmatch(r"平安校园建议书 2 2 \d+ 50% — 今天", row), row
    assert re.fullmatch(r"\d+ 秒", listed.texts(".figures dd")[3])


def test_many_searches_come_in_pages(at_work: Office) -> None:
    for number in range(23):
        at_work.manager.get(f"/search?q=qzxv{number}wj")
    first = at_work.administrator.get(LIST)
    second = at_work.administrator.get(first.links(".pager a")["下一页"])
    texts = first.texts("tbody th a") + second.texts("tbody th a")
    assert len(texts) == len(set(texts)) == 23


@pytest.mark.parametrize("tail", ["?list=secrets", "?page=0", "?page=2", "?page=x"])
def test_a_list_or_page_that_is_not_there_is_not_found(at_work: Office, tail: str) -> None:
    assert at_work.administrator.get(LIST + tail).status == 404
