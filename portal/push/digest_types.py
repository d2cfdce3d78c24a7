"""What a digest says, without the words."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from portal.catalogue import DocumentSummary

MOST_ITEMS = 5


class Why(StrEnum):
    """Why a document stands in a digest."""

    SEARCH = "search"
    NEW = "new"
    NEW_AND_READ = "new-and-read"
    HOT = "hot"


class Task(StrEnum):
    """What waits for the person."""

    REVIEWS = "reviews"
    REQUESTS = "requests"
    SLOTS = "slots"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True)
class Item:
    """A document that matters and why: ``data`` is what the reason's sentence needs, by name."""

    document_id: int
    why: Why
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Due:
    """How much of one kind waits, how much of it is late, and for which industry if for one."""

    task: Task
    count: int
    late: int = 0
    industry: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What was chosen for one person on one night."""

    items: tuple[Item, ...] = ()
    due: tuple[Due, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The content as the database keeps it."""
        return {
            "items": [
                {"document": each.document_id, "why": each.why, "data": dict(each.data)}
                for each in self.items
            ],
            "due": [
                {
                    "task": each.task,
                    "count": each.count,
                    "late": each.late,
                    "industry": each.industry,
                }
                for each in self.due
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The content that :meth:`as_json` gave."""
        return cls(
            tuple(
                Item(each["document"], Why(each["why"]), each["data"]) for each in stored["items"]
            ),
            tuple(
                Due(Task(each["task"]), each["count"], each["late"], each["industry"])
                for each in stored["due"]
            ),
        )


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with the document as its reader may see it now."""

    document: DocumentSummary
    item: Item


@dataclass(frozen=True, slots=True)
class Issue:
    """A digest as it is shown. ``gone`` counts items that the person may no longer read."""

    id: int
    user_id: int
    name: str
    day: dt.date
    is_short: bool
    items: tuple[ShownItem, ...]
    due: tuple[Due, ...]
    gone: int = 0
