"""What the scheduler does: which process holds it, the jobs it knows, and their runs."""

import datetime as dt
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class RunState(StrEnum):
    """How a run stands: at work, or how it ended.

    ``INTERRUPTED`` is a run whose process ended before it did.
    """

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class SchedulerLease(Base):
    """The right to run jobs: one row, held by one process at a time.

    ``beat`` grows with every renewal. Whoever stands by takes over when it has seen the same beat
    for too long by its own steady clock, so that no wall clock decides. ``holder`` is empty when
    the last one let go in order.
    """

    __tablename__ = "scheduler_lease"

    name: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    holder: Mapped[str] = mapped_column(sa.String(96))
    beat: Mapped[int] = mapped_column(sa.BigInteger)
    since: Mapped[dt.datetime]
    renewed_at: Mapped[dt.datetime]


class ScheduledJob(Base):
    """A job as the scheduler knows it, and what administrators asked of it.

    Either ``every_seconds`` or ``daily_at`` (HH:MM in the portal's time zone) is set. ``known_at``
    is when the job first appeared: what was due before was not missed. ``failures`` counts the
    runs since the last good one, ``failing_since`` is the first of them.
    """

    __tablename__ = "scheduled_jobs"

    name: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    every_seconds: Mapped[int | None]
    daily_at: Mapped[str | None] = mapped_column(sa.String(5))
    known_at: Mapped[dt.datetime]
    next_at: Mapped[dt.datetime | None]
    paused_at: Mapped[dt.datetime | None]
    paused_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[dt.datetime | None]
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    succeeded_at: Mapped[dt.datetime | None]
    failures: Mapped[int]
    failing_since: Mapped[dt.datetime | None]


class JobRun(Base):
    """One run of a job, written when it starts and completed when it ends.

    ``runner`` is the process; ``alive_at`` is when that last said that it is at work on it.
    ``asked_by`` is the administrator who wanted it now. ``counts`` is what it counted, ``detail``
    what went wrong.
    """

    __tablename__ = "job_runs"
    __table_args__ = (sa.Index("ix_job_runs_job_id", "job", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(sa.String(48))
    runner: Mapped[str] = mapped_column(sa.String(96))
    asked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    started_at: Mapped[dt.datetime]
    alive_at: Mapped[dt.datetime]
    seconds: Mapped[float | None]
    outcome: Mapped[str] = mapped_column(sa.String(16), index=True)
    counts: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    detail: Mapped[str] = mapped_column(sa.Text)
