"""The table of the life cycle: every way in it, and no way beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.transitions import (
    TRANSITIONS,
    Action,
    actions_from,
    find_transition,
    parts_of,
)
from portal.models import Role, Status
from portal.permissions import DECIDERS, OWNERS, PUBLISHERS, Part

STATUSES = st.sampled_from(list(Status))
ACTIONS = st.sampled_from(list(Action))
PARTS = st.frozensets(st.sampled_from(list(Part)))


def test_no_step_from_a_status_leads_to_two() -> None:
    assert len({(row.source, row.action) for row in TRANSITIONS}) == len(TRANSITIONS)


def test_every_step_leads_to_another_status() -> None:
    assert [row for row in TRANSITIONS if row.source == row.target] == []


def test_every_status_can_be_reached_and_left() -> None:
    assert {row.source for row in TRANSITIONS} == set(Status)
    assert {row.target for row in TRANSITIONS} | {Status.DRAFT} == set(Status)


@given(STATUSES, PARTS)
def test_what_is_offered_is_what_the_table_allows(status: Status, parts: frozenset[Part]) -> None:
    offered = set(actions_from(status, parts))
    for action in Action:
        row = find_transition(status, action)
        assert (action in offered) == (row is not None and bool(row.parts & parts))


@given(STATUSES, ACTIONS)
def test_a_stranger_may_do_nothing(status: Status, action: Action) -> None:
    assert actions_from(status, frozenset()) == ()


@given(st.lists(ACTIONS, max_size=12))
def test_nothing_is_published_unless_somebody_else_or_a_publisher_did_it(
    steps: list[Action],
) -> None:
    """Whoever is only author and steward cannot bring an own draft before readers."""
    alone, status = frozenset({Part.AUTHOR, Part.STEWARD}), Status.DRAFT
    for step in steps:
        row = find_transition(status, step)
        if row is not None and row.parts & alone:
            status = row.target
    assert status in (Status.DRAFT, Status.IN_REVIEW)


def test_only_publishing_and_restoring_open_a_document() -> None:
    opening = {row.action for row in TRANSITIONS if row.target == Status.PUBLISHED}
    assert opening == {Action.PUBLISH, Action.RESTORE}
    for row in TRANSITIONS:
        if row.action == Action.PUBLISH:
            assert row.parts == (DECIDERS if row.source == Status.IN_REVIEW else PUBLISHERS)
        if row.action == Action.SUBMIT:
            assert row.parts == OWNERS


def part(
    user: int = 1,
    role: Role = Role.ACCOUNT_MANAGER,
    mine: tuple[int, ...] = (),
    steward: int | None = None,
    reviewer: int | None = None,
) -> frozenset[Part]:
    """What a person is to a document of person 1 that is about industries 5 and 6."""
    return parts_of(
        user_id=user,
        role=role,
        user_industries=mine,
        author_id=1,
        steward_id=steward,
        reviewer_id=reviewer,
        document_industries=(5, 6),
    )


def test_nobody_reviews_their_own_document() -> None:
    assert part(user=1, reviewer=1) == {Part.AUTHOR}
    assert part(user=2, reviewer=2) == {Part.REVIEWER}


def test_a_manager_is_one_of_the_documents_industries() -> None:
    assert part(user=2, role=Role.INDUSTRY_MANAGER, mine=(6,)) == {Part.MANAGER}
    assert part(user=2, role=Role.INDUSTRY_MANAGER, mine=(7,)) == frozenset()
    assert part(user=2, role=Role.ACCOUNT_MANAGER, mine=(6,)) == frozenset()
    assert part(user=1, role=Role.INDUSTRY_MANAGER, mine=(5,)) == {Part.AUTHOR, Part.MANAGER}


@pytest.mark.parametrize("role", list(Role))
def test_only_an_administrator_is_one(role: Role) -> None:
    assert (Part.ADMINISTRATOR in part(user=3, role=role)) == (role == Role.ADMINISTRATOR)


def test_somebody_who_is_not_signed_in_is_nothing() -> None:
    nobody = parts_of(
        user_id=None,
        role="",
        user_industries=(),
        author_id=1,
        steward_id=None,
        reviewer_id=None,
        document_industries=(5,),
    )
    assert nobody == frozenset()
