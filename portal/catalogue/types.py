"""Values that cross the catalogue's boundary."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from portal.models import Visibility
from portal.permissions import READERS, Audience, Permission, scope_of

EVERYONE = "everyone"


class Colleague(Protocol):
    """What decides what a person may read: a user of the database is one."""

    @property
    def id(self) -> int:
        """The number of the user."""

    @property
    def role(self) -> str:
        """One of the roles."""

    @property
    def unit_id(self) -> int:
        """The number of the organisation unit."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is reading: the audiences this reader belongs to.

    ``audiences`` is ``None`` for a reader who sees everything (administrators, the command line).
    ``user_id`` is ``None`` for a visitor who is not signed in.
    """

    audiences: frozenset[str] | None
    user_id: int | None = None

    @classmethod
    def of(cls, user: Colleague) -> Self:
        """The viewer that a signed-in person is."""
        if scope_of(Permission.READ_EVERYTHING, user.role):
            return cls(None, user.id)
        return cls(
            frozenset({EVERYONE, unit_audience(user.unit_id), author_audience(user.id)}), user.id
        )

    @classmethod
    def anonymous(cls) -> Self:
        """A visitor who may read only what everyone may read."""
        return cls(frozenset({EVERYONE}))

    @classmethod
    def operator(cls) -> Self:
        """The person at the machine's command line, who sees everything."""
        return cls(None)


def unit_audience(unit_id: int) -> str:
    """The audience of all colleagues of one organisation unit."""
    return f"unit-{unit_id}"


def author_audience(user_id: int) -> str:
    """The audience that is one person."""
    return f"user-{user_id}"


def audiences_of(
    *,
    published: bool,
    visibility: str,
    author_id: int,
    unit_id: int,
    others: Iterable[int | None] = (),
) -> set[str]:
    """The audiences that may read a document; its author always belongs to them.

    ``others`` are the people who work on it besides: its steward, and whom it waits for.
    """
    audiences = {author_audience(user_id) for user_id in (author_id, *others) if user_id}
    readers = READERS[Visibility(visibility)] if published else frozenset()
    if Audience.EVERYONE in readers:
        audiences.add(EVERYONE)
    if Audience.UNIT in readers:
        audiences.add(unit_audience(unit_id))
    return audiences


@dataclass(frozen=True, slots=True)
class SectionView:
    """One page, slide, sheet or headed part as a person reads it; ``ordinal`` is its anchor."""

    ordinal: int
    place_kind: str
    place_number: int | None
    place_label: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document as a list shows it. ``keys`` maps each facet to codes in taxonomy order.

    ``is_overdue`` once a published document should have been checked and was not.
    """

    id: int
    title: str
    status: str
    visibility: str
    format: str
    version: int
    author: str
    author_login: str
    unit_zh: str
    unit_en: str
    published_at: dt.datetime | None
    keys: Mapping[str, tuple[str, ...]]
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as its own page shows it. ``size`` is in bytes."""

    summary: DocumentSummary
    file_name: str
    media_type: str
    size: int
    sha256: str
    created_at: dt.datetime
    notices: tuple[str, ...]
    sections: tuple[SectionView, ...]
