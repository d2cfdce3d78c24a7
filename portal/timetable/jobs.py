"""The jobs as a scheduler makes them known, and what it has to know of them."""

import datetime as dt
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import JobRun, ScheduledJob
from portal.timetable.schedule import Every
from portal.timetable.types import NewJob, Standing


def register(session: Session, jobs: Collection[NewJob], now: dt.datetime) -> None:
    """Make jobs known, and bring those that are known up to date."""
    rows = {row.name: row for row in session.scalars(sa.select(ScheduledJob))}
    for job in jobs:
        row = rows.get(job.name)
        if row is None:
            row = ScheduledJob(name=job.name, known_at=now, failures=0)
            session.add(row)
        row.title = job.title
        row.every_seconds = job.when.seconds if isinstance(job.when, Every) else None
        row.daily_at = None if isinstance(job.when, Every) else f"{job.when.at:%H:%M}"


def forget_others(session: Session, names: Collection[str]) -> None:
    """Forget jobs that this release no longer has; their runs stay in the history."""
    session.execute(sa.delete(ScheduledJob).where(ScheduledJob.name.not_in(names)))


def standings(session: Session) -> dict[str, Standing]:
    """Every known job's past and what was asked of it, by name."""
    last = (
        sa.select(JobRun.job, sa.func.max(JobRun.started_at).label("at"))
        .group_by(JobRun.job)
        .subquery()
    )
    rows = session.execute(
        sa.select(ScheduledJob, last.c.at).outerjoin(last, last.c.job == ScheduledJob.name)
    )
    return {
        row.name: Standing(
            name=row.name,
            known_at=row.known_at,
            succeeded_at=row.succeeded_at,
            started_at=started_at,
            failures=row.failures,
            is_paused=row.paused_at is not None,
            is_asked=row.asked_at is not None,
        )
        for row, started_at in rows
    }


def wishes(session: Session) -> dict[str, tuple[bool, bool]]:
    """For every job whether it is paused and whether it was asked for: one short query."""
    rows = session.execute(
        sa.select(ScheduledJob.name, ScheduledJob.paused_at, ScheduledJob.asked_at)
    )
    return {name: (paused is not None, asked is not None) for name, paused, asked in rows}


def set_next_times(session: Session, times: Mapping[str, dt.datetime | None]) -> None:
    """Note when jobs will run next; ``None`` for one that will not by itself."""
    for name, moment in times.items():
        session.execute(
            sa.update(ScheduledJob).where(ScheduledJob.name == name).values(next_at=moment)
        )
