"""How long a published document counts as current, and who is told when it no longer does."""

import datetime as dt

import pytest

from portal.catalogue import LifeCycleError, documents_for
from portal.catalogue.transitions import Action
from portal.catalogue.validity import (
    confirm,
    hand_over,
    post_overdue,
    review_periods,
    set_review_periods,
)
from tests.conftest import Library
from tests.integration.cycle import NOW, Cycle

DAY = dt.timedelta(days=1)


@pytest.fixture
def cycle(library: Library) -> Cycle:
    return Cycle(library)


@pytest.mark.parametrize(
    ("kind", "days"), [("tariff", 30), ("proposal", 180), ("case", 730), ("", 365)]
)
def test_each_kind_has_its_period(cycle: Cycle, kind: str, days: int) -> None:
    document = cycle.draft(kind=kind, publish=True)
    assert cycle.document(document).review_due_at == NOW + days * DAY


def test_administrators_change_the_periods_and_old_dates_stay(cycle: Cycle) -> None:
    before = cycle.draft(publish=True)
    with cycle.services.db.write() as session:
        set_review_periods(session, {"tariff": 10})
    after = cycle.draft(text="# 新资费\n\n每月五十元。", publish=True)
    assert cycle.document(before).review_due_at == NOW + 30 * DAY
    assert cycle.document(after).review_due_at == NOW + 10 * DAY


@pytest.mark.parametrize(("kind", "days"), [("tariff", 0), ("tariff", 3651), ("unknown", 5)])
def test_a_period_that_makes_no_sense_is_refused(cycle: Cycle, kind: str, days: int) -> None:
    with pytest.raises(LifeCycleError, match="days"), cycle.services.db.write() as session:
        set_review_periods(session, {"case": 20, kind: days})
    with cycle.services.db.read() as session:
        assert review_periods(session)["case"] == 730


def test_lists_mark_what_is_overdue(cycle: Cycle) -> None:
    cycle.now = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    old = cycle.draft(publish=True)
    cycle.now = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
    new = cycle.draft(text="# 新资费\n\n每月五十元。", publish=True)
    with cycle.services.db.read() as session:
        found = documents_for(session, cycle.viewer("heping"), [old, new])
    assert (found[old].is_overdue, found[new].is_overdue) == (True, False)


def test_the_steward_is_told_once_for_each_date(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    late = NOW + 30 * DAY
    with cycle.services.db.write() as session:
        assert post_overdue(session, late - dt.timedelta(seconds=1)) == 0
    for _ in range(2):
        with cycle.services.db.write() as session:
            post_overdue(session, late)
    assert cycle.notices("liujie") == [("review-due", {})]
    with cycle.services.db.write() as session:
        assert confirm(session, cycle.viewer("liujie"), document, late) == late + 30 * DAY
        assert post_overdue(session, late + DAY) == 0
        assert post_overdue(session, late + 31 * DAY) == 1


def test_what_is_archived_is_nobodys_duty(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.act("liujie", document, Action.ARCHIVE)
    with cycle.services.db.write() as session:
        assert post_overdue(session, NOW + 400 * DAY) == 0
        with pytest.raises(LifeCycleError, match="way"):
            confirm(session, cycle.viewer("liujie"), document, NOW)


def test_a_reader_cannot_confirm(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    with pytest.raises(LifeCycleError, match="part"), cycle.services.db.write() as session:
        confirm(session, cycle.viewer("heping"), document, NOW + DAY)
    assert cycle.document(document).review_due_at == NOW + 30 * DAY


def test_the_new_steward_keeps_it_and_is_told(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    with cycle.services.db.write() as session:
        hand_over(session, cycle.viewer("liujie"), document, " heping ", NOW)
    with cycle.services.db.write() as session:
        confirm(session, cycle.viewer("heping"), document, NOW + DAY)
        post_overdue(session, NOW + 40 * DAY)
    assert cycle.notices("heping") == [("review-due", {})]
    assert cycle.notices("liujie") == []


def test_a_steward_must_exist(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    with pytest.raises(LifeCycleError, match="person"), cycle.services.db.write() as session:
        hand_over(session, cycle.viewer("liujie"), document, "nobody", NOW)
    assert cycle.document(document).steward_id == cycle.ids["liujie"]
