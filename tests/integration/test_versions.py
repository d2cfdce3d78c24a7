"""New versions, older ones again, and who is told of which difference."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.catalogue import DocumentNotFound, LifeCycleError, Viewer, document_for
from portal.catalogue.life import life_of
from portal.catalogue.lifecycle import change_status
from portal.catalogue.revisions import (
    adopt_draft,
    decide_version,
    restore_version,
    withdraw_version,
)
from portal.catalogue.transitions import Action
from portal.catalogue.versions import sections_for, versions_for
from portal.db import utcnow
from portal.jobs import catch_up
from portal.models import Document, Status, Version
from portal.search import SearchRequest
from tests.conftest import Library
from tests.integration.cycle import NOW, TEXT, ZONE, Cycle

SECOND = TEXT.replace("六十元", "五十元")
THIRD = TEXT.replace("六十元", "四十元")
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def cycle(library: Library) -> Cycle:
    return Cycle(library)


def texts(cycle: Cycle, viewer: Viewer, document: int) -> str:
    with cycle.services.db.read() as session:
        view = document_for(session, viewer, document)
    return "\n".join(section.text for section in view.sections)


def numbers(cycle: Cycle, login: str, document: int) -> list[int]:
    with cycle.services.db.read() as session:
        return [each.number for each in versions_for(session, cycle.viewer(login), document)]


def found(cycle: Cycle, login: str, words: str) -> list[int]:
    catch_up(cycle.services)
    page = cycle.services.search.search(SearchRequest(words), cycle.viewer(login))
    return [hit.document.id for hit in page.hits if not page.relaxed]


def decide(cycle: Cycle, document: int, number: int, comment: str = "", *, accept: bool) -> None:
    with cycle.services.db.write() as session:
        viewer = cycle.viewer("linwei")
        decide_version(session, viewer, document, number, cycle.now, comment, accept=accept)


def restore(cycle: Cycle, login: str, document: int, number: int) -> None:
    with cycle.services.db.write() as session:
        restore_version(session, cycle.viewer(login), document, number, cycle.now)


def test_a_draft_simply_goes_on_with_its_new_version(cycle: Cycle) -> None:
    document = cycle.draft()
    assert cycle.revise("liujie", document, SECOND, "降价").status == "added"
    assert "五十元" in texts(cycle, cycle.viewer("liujie"), document)
    assert numbers(cycle, "liujie", document) == [2, 1]
    assert cycle.notices("linwei") == []


def test_only_the_current_version_is_found(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    assert found(cycle, "heping", "六十元") == [document]
    cycle.revise("linwei", document, SECOND)
    assert found(cycle, "heping", "五十元") == [document]
    assert found(cycle, "heping", "六十元") == []
    restore(cycle, "liujie", document, 1)
    assert found(cycle, "heping", "六十元") == [document]
    assert found(cycle, "heping", "五十元") == []


def test_an_authors_new_version_waits_while_readers_keep_the_old(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.revise("liujie", document, SECOND)
    assert "六十元" in texts(cycle, cycle.viewer("heping"), document)
    assert numbers(cycle, "heping", document) == [1]
    assert numbers(cycle, "linwei", document) == [2, 1]
    assert cycle.notices("linwei") == [("review-asked", {"version": 2})]
    assert found(cycle, "liujie", "五十元") == []
    decide(cycle, document, 2, accept=True)
    assert "五十元" in texts(cycle, cycle.viewer("heping"), document)
    assert numbers(cycle, "heping", document) == [2, 1]
    assert cycle.notices("liujie") == [("published", {"version": 2})]
    assert cycle.document(document).status == Status.PUBLISHED


def test_a_returned_version_stays_with_those_who_work_on_it(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.revise("liujie", document, SECOND)
    with pytest.raises(LifeCycleError, match="comment"):
        decide(cycle, document, 2, accept=False)
    decide(cycle, document, 2, "价格还没有批", accept=False)
    assert cycle.notices("liujie") == [("returned", {"version": 2, "comment": "价格还没有批"})]
    assert numbers(cycle, "heping", document) == [1]
    assert numbers(cycle, "liujie", document) == [2, 1]
    with cycle.services.db.read() as session:
        life = life_of(session, cycle.viewer("liujie"), document, NOW, ZONE)
    assert life.returned == "价格还没有批"
    with pytest.raises(LifeCycleError, match="version"):
        restore(cycle, "liujie", document, 2)


def test_a_version_that_was_not_read_is_not_decided_on(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.revise("liujie", document, SECOND)
    cycle.revise("liujie", document, THIRD)
    with pytest.raises(LifeCycleError, match="changed"):
        decide(cycle, document, 2, accept=True)
    decide(cycle, document, 3, accept=True)
    assert "四十元" in texts(cycle, cycle.viewer("heping"), document)
    assert numbers(cycle, "heping", document) == [3, 1]


def test_a_proposed_version_can_be_taken_back(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.revise("liujie", document, SECOND)
    with cycle.services.db.write() as session:
        withdraw_version(session, cycle.viewer("liujie"), document, NOW)
    with pytest.raises(LifeCycleError, match="way"):
        decide(cycle, document, 2, accept=True)
    assert cycle.document(document).proposed_number is None


def test_readers_neither_bring_nor_restore_nor_read_hidden_versions(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.revise("liujie", document, SECOND)
    with pytest.raises(LifeCycleError, match="part"):
        cycle.revise("heping", document, THIRD)
    with pytest.raises(LifeCycleError, match="part"):
        restore(cycle, "heping", document, 1)
    with cycle.services.db.read() as session, pytest.raises(LifeCycleError, match="version"):
        sections_for(session, cycle.viewer("heping"), document, 2)


def test_a_draft_in_review_takes_no_new_version(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.submit(document)
    with pytest.raises(LifeCycleError, match="way"):
        cycle.revise("liujie", document, SECOND)
    hidden = cycle.draft(text=THIRD)
    with pytest.raises(DocumentNotFound):
        cycle.revise("heping", hidden, SECOND)


def test_the_drafts_of_what_is_published_now_stay_hidden(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.revise("liujie", document, SECOND)
    cycle.submit(document)
    cycle.act("linwei", document, Action.PUBLISH)
    assert numbers(cycle, "heping", document) == [2]
    assert numbers(cycle, "liujie", document) == [2, 1]


def test_everyone_who_downloaded_an_older_version_is_told_the_difference(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.download("heping", document, NOW + HOUR)
    cycle.revise("linwei", document, SECOND)
    cycle.download("zhangqi", document, utcnow())
    cycle.now = utcnow()
    cycle.revise("linwei", document, THIRD)
    assert cycle.notices("heping") == [
        ("new-version", {"from": 1, "to": 2}),
        ("new-version", {"from": 1, "to": 3}),
    ]
    assert cycle.notices("zhangqi") == [("new-version", {"from": 2, "to": 3})]
    assert cycle.notices("chenhao") == []


def test_a_restored_version_is_told_but_not_to_who_has_it(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.download("heping", document, NOW + HOUR)
    cycle.revise("linwei", document, SECOND)
    cycle.download("zhangqi", document, utcnow())
    cycle.now = utcnow()
    restore(cycle, "liujie", document, 1)
    assert [data for _, data in cycle.notices("zhangqi")] == [{"from": 2, "to": 1}]
    assert [data for _, data in cycle.notices("heping")] == [{"from": 1, "to": 2}]
    assert cycle.steps(document)[-1] == ("restore-version", "published", cycle.ids["liujie"])


def test_the_same_bytes_are_no_new_version(cycle: Cycle) -> None:
    document = cycle.draft()
    outcome = cycle.revise("liujie", document, TEXT)
    assert (outcome.status, outcome.document_id) == ("duplicate", document)
    assert numbers(cycle, "liujie", document) == [1]


def test_a_successor_takes_over_and_downloaders_are_told(cycle: Cycle) -> None:
    old = cycle.draft(publish=True)
    new = cycle.draft(text="# 新资费\n\n每月五十元。", publish=True)
    cycle.download("heping", old, NOW)
    with cycle.services.db.write() as session:
        change_status(session, cycle.viewer("liujie"), old, Action.SUPERSEDE, NOW, successor_id=new)
    assert cycle.notices("heping") == [("new-version", {"successor": new})]
    assert found(cycle, "heping", "校园宽带") == []
    with cycle.services.db.read() as session:
        life = life_of(session, cycle.viewer("heping"), old, NOW, ZONE)
        assert life.was_superseded
        assert life.successor is not None
        assert life.successor.id == new
        after = life_of(session, cycle.viewer("heping"), new, NOW, ZONE)
        assert [each.id for each in after.predecessors] == [old]
    cycle.act("liujie", old, Action.RESTORE)
    assert cycle.document(old).superseded_by_id is None


def test_a_chain_leads_to_its_end(cycle: Cycle) -> None:
    chain = [
        cycle.draft(text=f"# 资费 {year} 年\n\n{year} 年的价格。", publish=True)
        for year in (2024, 2025, 2026)
    ]
    for old, new in ((chain[0], chain[1]), (chain[1], chain[2])):
        with cycle.services.db.write() as session:
            change_status(
                session, cycle.viewer("liujie"), old, Action.SUPERSEDE, NOW, successor_id=new
            )
    with cycle.services.db.read() as session:
        life = life_of(session, cycle.viewer("heping"), chain[0], NOW, ZONE)
    assert life.successor is not None
    assert life.successor.id == chain[2]


@pytest.mark.parametrize("which", ["itself", "draft", "nothing"])
def test_only_another_published_document_takes_over(cycle: Cycle, which: str) -> None:
    old = cycle.draft(publish=True)
    draft = cycle.draft(text="# 草稿\n\n还没有写完。")
    successor = {"itself": old, "draft": draft, "nothing": 999}[which]
    with pytest.raises(LifeCycleError, match="document"), cycle.services.db.write() as session:
        change_status(
            session, cycle.viewer("liujie"), old, Action.SUPERSEDE, NOW, successor_id=successor
        )
    assert cycle.document(old).status == Status.PUBLISHED


def test_a_draft_becomes_the_next_version_of_another_document(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    draft = cycle.draft(text=SECOND)
    catch_up(cycle.services)
    with cycle.services.db.write() as session:
        adopt_draft(session, cycle.viewer("liujie"), draft, document, NOW, "降价")
    assert numbers(cycle, "liujie", document) == [2, 1]
    with cycle.services.db.read() as session:
        assert session.get(Document, draft) is None
        assert session.scalar(sa.select(sa.func.count(Version.id))) == 2
    decide(cycle, document, 2, accept=True)
    assert found(cycle, "heping", "五十元") == [document]


def test_a_draft_is_not_adopted_by_what_its_author_may_not_change(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    draft = cycle.draft("heping", text=SECOND)
    with pytest.raises(LifeCycleError, match="part"), cycle.services.db.write() as session:
        adopt_draft(session, cycle.viewer("heping"), draft, document, NOW)
    assert cycle.document(draft).status == Status.DRAFT
