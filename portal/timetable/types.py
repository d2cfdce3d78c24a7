"""Values that cross the timetable's boundary."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.models import RunState
from portal.timetable.schedule import When


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds the scheduler's lease; ``holder`` is empty while nobody does."""

    holder: str
    beat: int
    since: dt.datetime
    renewed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as its scheduler makes it known."""

    name: str
    title: str
    when: When


@dataclass(frozen=True, slots=True)
class Standing:
    """What a scheduler has to know of a job: its past, and what was asked."""

    name: str
    known_at: dt.datetime
    succeeded_at: dt.datetime | None
    started_at: dt.datetime | None
    failures: int
    is_paused: bool
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended: what it counted, or what went wrong."""

    state: RunState
    counts: Mapping[str, int]
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RunView:
    """One run as administrators see it; ``seconds`` so far where it is still at work.

    ``outlasted`` says that it took longer than the job's interval.
    """

    id: int
    job: str
    state: RunState
    started_at: dt.datetime
    seconds: float | None
    counts: Mapping[str, Any]
    detail: str
    asked_by: str
    by_command: bool
    outlasted: bool


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as administrators see it; ``runs`` are the last ones, the newest first.

    Either ``every_seconds`` or ``daily_at`` is set. ``waits_since`` is when it was asked for and
    no scheduler has begun it yet; ``paused_by`` and ``asked_by`` are names.
    """

    name: str
    title: str
    every_seconds: int | None
    daily_at: dt.time | None
    next_at: dt.datetime | None
    paused_at: dt.datetime | None
    paused_by: str
    waits_since: dt.datetime | None
    asked_by: str
    failures: int
    failing_since: dt.datetime | None
    runs: tuple[RunView, ...]

    @property
    def running(self) -> RunView | None:
        """The run that is at work."""
        return next((run for run in self.runs if run.state == RunState.RUNNING), None)

    @property
    def last(self) -> RunView | None:
        """The last run that ended."""
        return next((run for run in self.runs if run.state != RunState.RUNNING), None)


@dataclass(frozen=True, slots=True)
class Overview:
    """All jobs, and who runs them. ``is_alive`` says that the holder has been heard of lately."""

    jobs: tuple[JobView, ...]
    lease: Lease
    is_alive: bool


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs to show; an empty value leaves out nothing."""

    job: str = ""
    state: str = ""
