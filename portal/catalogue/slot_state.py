"""How a slot of the knowledge map stands: pure functions of its rule and the moment."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

DUE_BEFORE = dt.timedelta(days=14)
"""How long before its deadline a slot is due."""

SOURCE_GRACE = dt.timedelta(days=7)
"""How long after its source changed a slot may stay as it is; it is due from the change on."""


class SlotState(StrEnum):
    """Whether what a slot holds can be relied on."""

    FILLED = "filled"
    DUE = "due"
    OVERDUE = "overdue"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Content:
    """When a slot's document last changed, and when somebody last vouched for it."""

    changed_at: dt.datetime
    checked_at: dt.datetime

    @property
    def fresh_at(self) -> dt.datetime:
        """The later of the two: since then its age counts."""
        return max(self.changed_at, self.checked_at)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a slot is to be looked at again.

    ``refresh_days`` counts from when its document was fresh, ``None`` for never by time.
    ``source_changed_at`` is when the document it follows last changed, ``None`` without one.
    """

    refresh_days: int | None = None
    source_changed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A slot's state, and by when it must be looked at: ``None`` where nothing asks for it.

    ``by_source`` says that its source's change, not its age, set the deadline.
    """

    state: SlotState
    deadline: dt.datetime | None = None
    by_source: bool = False


EMPTY = Standing(SlotState.EMPTY)
"""How a slot stands that nothing stands in."""


def standing(content: Content | None, rule: Rule, now: dt.datetime) -> Standing:
    """How a slot with this content (``None``: no document that may be shown) stands at a time.

    Times are aware. A slot is due in the 14 days before its deadline and overdue from it on.
    """
    if content is None:
        return EMPTY
    asked = [
        (deadline, by_source)
        for deadline, by_source in (
            (_age_deadline(content, rule), False),
            (_source_deadline(content, rule), True),
        )
        if deadline is not None
    ]
    if not asked:
        return Standing(SlotState.FILLED)
    deadline, by_source = min(asked)
    return Standing(_state(deadline, now), deadline, by_source)


def _age_deadline(content: Content, rule: Rule) -> dt.datetime | None:
    if rule.refresh_days is None:
        return None
    return content.fresh_at + dt.timedelta(days=rule.refresh_days)


def _source_deadline(content: Content, rule: Rule) -> dt.datetime | None:
    if rule.source_changed_at is None or rule.source_changed_at <= content.fresh_at:
        return None
    return rule.source_changed_at + SOURCE_GRACE


def _state(deadline: dt.datetime, now: dt.datetime) -> SlotState:
    if now >= deadline:
        return SlotState.OVERDUE
    return SlotState.DUE if now >= deadline - DUE_BEFORE else SlotState.FILLED
