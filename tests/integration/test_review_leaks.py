"""What waits for review is seen by its author, its reviewer and the administrators alone."""

import datetime as dt

import pytest

from portal.catalogue import DocumentNotFound, Viewer, document_for, documents_for, newest_for
from portal.catalogue.transitions import Action
from portal.jobs import catch_up
from portal.models import Visibility
from portal.recommend import refresh_newest
from portal.search import SearchRequest
from tests.conftest import Library
from tests.integration.cycle import Cycle

SECRET = "隐泉计划"
ALL = ("liujie", "zhangqi", "heping", "linwei", "chenhao", "admin")
WORKING = {"liujie", "linwei", "admin"}


@pytest.fixture
def cycle(library: Library) -> Cycle:
    return Cycle(library)


def seers(cycle: Cycle, document: int) -> set[str]:
    """Who sees anything of the document in any way; every way must agree."""
    catch_up(cycle.services)
    refresh_newest(cycle.services.db)
    viewers = {login: cycle.viewer(login) for login in ALL} | {"visitor": Viewer.anonymous()}
    return {name for name, viewer in viewers.items() if sees(cycle, viewer, document)}


def sees(cycle: Cycle, viewer: Viewer, document: int) -> bool:
    search = cycle.services.search
    page = search.search(SearchRequest(SECRET), viewer)
    counted = sum(facet.count for facet in page.facets["industry"])
    suggested = [each.text for each in search.suggest(SECRET[:2], viewer)]
    with cycle.services.db.read() as session:
        listed = bool(documents_for(session, viewer, [document]))
        newest = {each.id for each in newest_for(session, viewer, "education")}
        try:
            opened = bool(document_for(session, viewer, document))
        except DocumentNotFound:
            opened = False
    assert listed == opened
    assert (document in {hit.document.id for hit in page.hits}) == (page.total > 0) == opened
    assert bool(counted) == opened
    assert opened or not any(SECRET in text for text in suggested)
    assert opened or document not in newest
    return opened


def test_it_opens_step_by_step(cycle: Cycle) -> None:
    document = cycle.draft(text=f"# {SECRET}资费\n\n{SECRET}的价格。")
    assert seers(cycle, document) == {"liujie", "admin"}
    cycle.submit(document)
    assert seers(cycle, document) == WORKING
    cycle.act("linwei", document, Action.RETURN, "再改改")
    assert seers(cycle, document) == {"liujie", "admin"}
    cycle.submit(document)
    cycle.act("linwei", document, Action.PUBLISH)
    assert seers(cycle, document) == {*ALL, "visitor"}
    cycle.act("liujie", document, Action.ARCHIVE)
    assert seers(cycle, document) == {"liujie", "admin"}


def test_a_units_document_stays_in_the_unit_and_with_its_reviewer(cycle: Cycle) -> None:
    text = f"# {SECRET}底价\n\n{SECRET}的底价。"
    document = cycle.draft(text=text, visibility=Visibility.UNIT)
    cycle.submit(document)
    assert seers(cycle, document) == WORKING
    cycle.now += dt.timedelta(hours=1)
    cycle.act("linwei", document, Action.PUBLISH)
    assert seers(cycle, document) == {"liujie", "zhangqi", "admin"}
