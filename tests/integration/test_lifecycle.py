"""From draft to archive: who may do what, who is told, and who decides."""

import datetime as dt

import pytest

from portal.accounts import add_user
from portal.catalogue import DocumentNotFound, LifeCycleError, document_for, publish
from portal.catalogue.lifecycle import change_status
from portal.catalogue.review import own_unpublished, queue_for, reassign, remind, waiting_count
from portal.catalogue.transitions import Action
from portal.models import Role, Status
from portal.permissions import Part
from tests.conftest import Library
from tests.integration.cycle import NOW, ZONE, Cycle


@pytest.fixture
def cycle(library: Library) -> Cycle:
    return Cycle(library)


def test_it_works(cycle: Cycle) -> None:
    document = cycle.draft()
    assert cycle.submit(document) == "linwei"
    assert cycle.notices("linwei") == [("review-asked", {})]
    cycle.act("linwei", document, Action.PUBLISH, "写得清楚")
    assert cycle.notices("liujie") == [("published", {"comment": "写得清楚"})]
    assert cycle.steps(document) == [
        ("submit", "in-review", cycle.ids["liujie"]),
        ("publish", "published", cycle.ids["linwei"]),
    ]
    row = cycle.document(document)
    assert (row.status, row.published_at, row.steward_id) == (
        "published",
        NOW,
        cycle.ids["liujie"],
    )
    assert (row.reviewer_id, row.submitted_at) == (None, None)


def test_a_returned_document_goes_round_again(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.submit(document)
    cycle.act("linwei", document, Action.RETURN, "请补上退订条款")
    assert cycle.notices("liujie") == [("returned", {"comment": "请补上退订条款"})]
    assert cycle.submit(document) == "linwei"
    assert [kind for kind, _ in cycle.notices("linwei")] == ["review-asked", "review-asked"]
    cycle.act("liujie", document, Action.WITHDRAW)
    assert cycle.document(document).status == Status.DRAFT


def test_returning_needs_words(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.submit(document)
    with pytest.raises(LifeCycleError, match="comment"):
        cycle.act("linwei", document, Action.RETURN, "  ")
    assert cycle.document(document).status == Status.IN_REVIEW


def test_nobody_publishes_their_own(cycle: Cycle) -> None:
    document = cycle.draft()
    with pytest.raises(LifeCycleError, match="part"):
        cycle.act("liujie", document, Action.PUBLISH)
    cycle.submit(document)
    with pytest.raises(LifeCycleError, match="part"):
        cycle.act("liujie", document, Action.PUBLISH)
    assert cycle.document(document).status == Status.IN_REVIEW


def test_the_manager_of_an_industry_publishes_an_own_document_of_it(cycle: Cycle) -> None:
    own = cycle.draft("linwei", "education")
    cycle.act("linwei", own, Action.PUBLISH)
    assert cycle.document(own).status == Status.PUBLISHED
    foreign = cycle.draft("linwei", "government", text="# 政务专线\n\n政务外网双路由。")
    with pytest.raises(LifeCycleError, match="part"):
        cycle.act("linwei", foreign, Action.PUBLISH)
    assert cycle.submit(foreign, "linwei") == "chenhao"


@pytest.mark.parametrize("industry", ["finance", ""], ids=["没有经理的行业", "没有行业"])
def test_what_no_manager_answers_for_waits_for_the_administrators(
    cycle: Cycle, industry: str
) -> None:
    document = cycle.draft(industry=industry)
    assert cycle.submit(document) == ""
    assert cycle.notices("admin") == [("review-asked", {})]
    with cycle.services.db.read() as session:
        assert waiting_count(session, cycle.viewer("admin")) == 1
        assert waiting_count(session, cycle.viewer("linwei")) == 0
    cycle.act("admin", document, Action.PUBLISH)
    assert cycle.document(document).status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("action", "status"),
    [(Action.ARCHIVE, Status.ARCHIVED), (Action.WITHDRAW, None), (Action.RETURN, None)],
)
def test_only_the_ways_of_the_table_are_open(
    cycle: Cycle, action: Action, status: Status | None
) -> None:
    document = cycle.draft(publish=True)
    if status is None:
        with pytest.raises(LifeCycleError, match="way"):
            cycle.act("liujie", document, action, "因为")
        assert cycle.document(document).status == Status.PUBLISHED
    else:
        cycle.act("liujie", document, action)
        assert cycle.document(document).status == status


def test_what_one_may_not_read_cannot_be_touched(cycle: Cycle) -> None:
    document = cycle.draft()
    for login in ("zhangqi", "heping", "linwei", "chenhao"):
        with pytest.raises(DocumentNotFound):
            cycle.act(login, document, Action.PUBLISH)
    cycle.submit(document)
    with pytest.raises(DocumentNotFound):
        cycle.act("chenhao", document, Action.PUBLISH)


def test_a_colleague_who_reads_may_not_archive(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    for login in ("zhangqi", "heping", "chenhao"):
        assert cycle.parts(login, document) == frozenset()
        with pytest.raises(LifeCycleError, match="part"):
            cycle.act(login, document, Action.ARCHIVE)
    assert cycle.parts("linwei", document) == {Part.MANAGER}


def test_an_archived_document_is_out_of_sight_until_it_is_restored(cycle: Cycle) -> None:
    document = cycle.draft(publish=True)
    cycle.act("liujie", document, Action.ARCHIVE)
    with cycle.services.db.read() as session:
        with pytest.raises(DocumentNotFound):
            document_for(session, cycle.viewer("heping"), document)
        assert document_for(session, cycle.viewer("liujie"), document).summary.id == document
    cycle.act("liujie", document, Action.RESTORE)
    row = cycle.document(document)
    assert (row.status, row.published_at) == (Status.PUBLISHED, NOW)


def test_what_was_read_is_what_is_decided_on(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.submit(document)
    with pytest.raises(LifeCycleError, match="changed"), cycle.services.db.write() as session:
        change_status(session, cycle.viewer("linwei"), document, Action.PUBLISH, NOW, version=2)
    assert cycle.document(document).status == Status.IN_REVIEW


def test_the_command_line_publishes_by_the_same_table(cycle: Cycle) -> None:
    document = cycle.draft()
    for _ in range(2):
        with cycle.services.db.write() as session:
            publish(session, document)
    assert cycle.steps(document) == [("publish", "published", None)]
    cycle.act("liujie", document, Action.ARCHIVE)
    with pytest.raises(LifeCycleError, match="way"), cycle.services.db.write() as session:
        publish(session, document)


def test_the_longest_waiting_comes_first_and_only_to_its_reviewer(cycle: Cycle) -> None:
    first = cycle.draft()
    second = cycle.draft(text="# 智慧校园\n\n校门口的监控。")
    cycle.submit(second)
    cycle.now = NOW + dt.timedelta(hours=3)
    cycle.submit(first)
    later = NOW + dt.timedelta(days=2, hours=1)
    with cycle.services.db.read() as session:
        queue = queue_for(session, cycle.viewer("linwei"), later, ZONE)
        assert [(item.document.id, item.is_late) for item in queue] == [
            (second, True),
            (first, False),
        ]
        assert queue_for(session, cycle.viewer("chenhao"), later, ZONE) == []
        assert queue_for(session, cycle.viewer("heping"), later, ZONE) == []
        every = queue_for(session, cycle.viewer("admin"), later, ZONE)
        assert [item.reviewer for item in every] == ["林薇", "林薇"]
        assert len(own_unpublished(session, cycle.viewer("liujie"))) == 2


def test_of_two_managers_the_one_with_less_to_do_is_asked(cycle: Cycle) -> None:
    other = cycle.draft("linwei", "healthcare", text="# 云影像\n\n影像专线。")
    cycle.submit(other, "linwei")
    assert cycle.document(other).reviewer_id is None
    with cycle.services.db.write() as session:
        cycle.ids["second"] = add_user(
            session,
            login="second",
            name="第二位",
            role=Role.INDUSTRY_MANAGER,
            unit="hq",
            industries=("education",),
        ).id
    asked = [
        cycle.submit(cycle.draft(text=f"# 资费{number}\n\n第 {number} 号资费。"))
        for number in range(2)
    ]
    assert asked == ["linwei", "second"]


def test_a_review_is_handed_on_and_the_wait_goes_on(cycle: Cycle) -> None:
    document = cycle.draft()
    cycle.submit(document)
    with cycle.services.db.write() as session:
        reassign(session, cycle.viewer("linwei"), document, cycle.ids["chenhao"], NOW)
    assert cycle.notices("chenhao") == [("review-asked", {})]
    assert cycle.document(document).submitted_at == NOW
    with pytest.raises(DocumentNotFound):
        cycle.act("linwei", document, Action.PUBLISH)
    cycle.act("chenhao", document, Action.PUBLISH)
    assert cycle.document(document).status == Status.PUBLISHED


@pytest.mark.parametrize("chosen", ["liujie", "heping", "admin"])
def test_only_another_manager_can_take_a_review_over(cycle: Cycle, chosen: str) -> None:
    document = cycle.draft()
    cycle.submit(document)
    with pytest.raises(LifeCycleError, match="person"), cycle.services.db.write() as session:
        reassign(session, cycle.viewer("linwei"), document, cycle.ids[chosen], NOW)
    assert cycle.document(document).reviewer_id == cycle.ids["linwei"]


def test_the_reviewer_is_reminded_once_after_two_working_days(cycle: Cycle) -> None:
    cycle.now = dt.datetime(2026, 11, 6, 8, tzinfo=dt.UTC)  # Friday, 16:00 in Shanghai
    document = cycle.draft()
    cycle.submit(document)
    with cycle.services.db.write() as session:
        assert remind(session, dt.datetime(2026, 11, 10, 7, 59, tzinfo=dt.UTC), ZONE) == 0
    for _ in range(2):
        with cycle.services.db.write() as session:
            remind(session, dt.datetime(2026, 11, 10, 8, tzinfo=dt.UTC), ZONE)
    assert cycle.notices("linwei")[1:] == [("review-asked", {"reminder": True})]
    cycle.act("linwei", document, Action.RETURN, "再改改")
    cycle.now = dt.datetime(2026, 11, 11, 8, tzinfo=dt.UTC)
    cycle.submit(document)
    with cycle.services.db.write() as session:
        assert remind(session, dt.datetime(2026, 11, 13, 8, tzinfo=dt.UTC), ZONE) == 1
