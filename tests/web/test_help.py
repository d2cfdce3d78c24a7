"""The help page, the hints beside the search box, and the tour that each person sees once."""

from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.catalogue import Viewer
from portal.models import Role, TaxonomyTerm, User
from portal.search import SearchRequest
from portal.services import Services
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor


@pytest.fixture
def newcomer(office: Stock) -> Visitor:
    """林若溪, who manages education and has not been here before."""
    with office.services.db.write() as session:
        person = session.scalars(sa.select(User).where(User.login == "linruoxi")).one()
        person.role, person.toured_at = Role.INDUSTRY_MANAGER, None
        person.industries = list(
            session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.code == "education"))
        )
    return Visitor(create_app(office.services.settings, office.services)).sign_in("linruoxi")


def has_tour(page: Answer) -> bool:
    return bool(page.all("dialog#tour"))


def test_the_help_page_tells_a_colleague_everything(manager: Visitor) -> None:
    page = manager.get("/help")
    assert page.status == 200
    assert "让资料来找您" in page.texts("h2")
    assert "/upload" in page.links(".topic a").values()


def test_a_guest_is_told_how_to_search_and_nothing_that_needs_signing_in(guest: Visitor) -> None:
    page = guest.get("/help")
    assert page.texts("h2")[0] == "怎么问，怎么找"
    assert "/upload" not in page.links("main a").values()


def test_help_is_one_press_away_from_every_page(manager: Visitor) -> None:
    for path in ("/", "/search?q=校园", "/notices"):
        assert manager.get(path).links(".foot a")["使用帮助"] == "/help"


@pytest.mark.parametrize("path", ["/", "/search?q=校园", "/search?q=没有这个词的资料"])
def test_hints_stand_where_one_searches(guest: Visitor, path: str) -> None:
    page = guest.get(path)
    assert "搜索小技巧" in page.texts(".hints summary")


def test_every_example_finds_something_in_the_sample_library(
    manager: Visitor, samples: Services
) -> None:
    examples = manager.get("/help").links(".examples a")
    assert len(examples) == 8
    for text, url in examples.items():
        assert parse_qs(urlsplit(url).query)["q"] == [text]
        found = samples.search.search(SearchRequest(text), Viewer.operator())
        assert found.total > 0, text
        assert not found.relaxed, text


def test_the_tour_meets_a_newcomer_and_does_not_come_back(newcomer: Visitor) -> None:
    assert has_tour(newcomer.get("/"))
    assert newcomer.submit("/help/tour").status == 204
    assert not has_tour(newcomer.get("/"))


def test_the_tour_can_be_taken_again_from_the_help_page(newcomer: Visitor) -> None:
    newcomer.submit("/help/tour")
    again = newcomer.get("/help").links(".page-acts a")["再看一遍首页导览"]
    assert has_tour(newcomer.get(again))


def test_a_guest_has_no_tour_to_finish(guest: Visitor) -> None:
    assert guest.submit("/help/tour").status == 303
