"""The life cycle: which step leads from which status to which, and who may take it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.models import Status
from portal.permissions import (
    DECIDERS,
    KEEPERS,
    OWNERS,
    PUBLISHERS,
    Part,
    Permission,
    Scope,
    scope_of,
)


class Action(StrEnum):
    """A step that changes the status of a document."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    PUBLISH = "publish"
    RETURN = "return"
    ARCHIVE = "archive"
    SUPERSEDE = "supersede"
    RESTORE = "restore"


class Step(StrEnum):
    """A step that leaves the status as it is."""

    NEW_VERSION = "new-version"
    PROPOSE_VERSION = "propose-version"
    ACCEPT_VERSION = "accept-version"
    RETURN_VERSION = "return-version"
    WITHDRAW_VERSION = "withdraw-version"
    RESTORE_VERSION = "restore-version"
    REASSIGN = "reassign"
    CONFIRM = "confirm"
    HAND_OVER = "hand-over"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table: ``parts`` may take ``action`` from ``source`` to ``target``."""

    source: Status
    action: Action
    target: Status
    parts: frozenset[Part]


TRANSITIONS = (
    Transition(Status.DRAFT, Action.SUBMIT, Status.IN_REVIEW, OWNERS),
    Transition(Status.RETURNED, Action.SUBMIT, Status.IN_REVIEW, OWNERS),
    Transition(Status.IN_REVIEW, Action.WITHDRAW, Status.DRAFT, OWNERS),
    Transition(Status.IN_REVIEW, Action.RETURN, Status.RETURNED, DECIDERS),
    Transition(Status.IN_REVIEW, Action.PUBLISH, Status.PUBLISHED, DECIDERS),
    Transition(Status.DRAFT, Action.PUBLISH, Status.PUBLISHED, PUBLISHERS),
    Transition(Status.RETURNED, Action.PUBLISH, Status.PUBLISHED, PUBLISHERS),
    Transition(Status.PUBLISHED, Action.ARCHIVE, Status.ARCHIVED, KEEPERS),
    Transition(Status.PUBLISHED, Action.SUPERSEDE, Status.SUPERSEDED, KEEPERS),
    Transition(Status.ARCHIVED, Action.RESTORE, Status.PUBLISHED, KEEPERS),
    Transition(Status.SUPERSEDED, Action.RESTORE, Status.PUBLISHED, KEEPERS),
)
_TABLE = {(row.source, row.action): row for row in TRANSITIONS}


def find_transition(status: Status, action: Action) -> Transition | None:
    """The row for an action from a status, or ``None`` where there is no such way."""
    return _TABLE.get((status, action))


def actions_from(status: Status, parts: frozenset[Part]) -> tuple[Action, ...]:
    """What someone with these parts may do to a document of this status, in table order."""
    return tuple(row.action for row in TRANSITIONS if row.source == status and row.parts & parts)


def parts_of(
    *,
    user_id: int | None,
    role: str,
    user_industries: Iterable[int],
    author_id: int,
    steward_id: int | None,
    reviewer_id: int | None,
    document_industries: Iterable[int],
) -> frozenset[Part]:
    """What a person is to a document; industries are numbers of taxonomy terms.

    Whoever a document waits for is its reviewer only if somebody else wrote it: nobody approves
    their own, unless as administrator or as manager of one of its industries.
    """
    industries = set(user_industries) & set(document_industries)
    scope = scope_of(Permission.MANAGE_DOCUMENTS, role)
    found = {
        Part.AUTHOR: user_id == author_id,
        Part.STEWARD: user_id is not None and user_id == steward_id,
        Part.REVIEWER: user_id is not None and user_id == reviewer_id and user_id != author_id,
        Part.MANAGER: scope == Scope.OWN_INDUSTRIES and bool(industries),
        Part.ADMINISTRATOR: scope == Scope.ALL,
    }
    return frozenset(part for part, holds in found.items() if holds)
