"""What administrators see of the scheduler."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.models import JobRun, RunState, ScheduledJob, User
from portal.timetable.lease import LAPSE_SECONDS, RENEW_SECONDS, current_lease
from portal.timetable.runs import COMMAND
from portal.timetable.types import JobView, Overview, RunFilter, RunView

SHOWN_RUNS = 30


def overview(session: Session, now: dt.datetime) -> Overview:
    """Every job with its last runs, and who holds the scheduler's lease."""
    lease = current_lease(session)
    heard = abs(now - lease.renewed_at).total_seconds() <= LAPSE_SECONDS + RENEW_SECONDS
    pauser, asker = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(ScheduledJob, pauser.name, asker.name)
        .outerjoin(pauser, pauser.id == ScheduledJob.paused_by)
        .outerjoin(asker, asker.id == ScheduledJob.asked_by)
        .order_by(ScheduledJob.name)
    ).all()
    jobs = tuple(
        JobView(
            name=job.name,
            title=job.title,
            every_seconds=job.every_seconds,
            daily_at=dt.time.fromisoformat(job.daily_at) if job.daily_at else None,
            next_at=job.next_at,
            paused_at=job.paused_at,
            paused_by=paused_by or "",
            waits_since=job.asked_at,
            asked_by=asked_by or "",
            failures=job.failures,
            failing_since=job.failing_since,
            runs=_last_runs(session, job, now),
        )
        for job, paused_by, asked_by in rows
    )
    return Overview(jobs, lease, bool(lease.holder) and heard)


def history(
    session: Session, wanted: RunFilter, now: dt.datetime, offset: int, limit: int
) -> tuple[list[RunView], int]:
    """Runs of all jobs, the newest first, and how many there are in all."""
    conditions = []
    if wanted.job:
        conditions.append(JobRun.job == wanted.job)
    if wanted.state:
        conditions.append(JobRun.outcome == wanted.state)
    total = session.scalar(sa.select(sa.func.count(JobRun.id)).where(*conditions)) or 0
    intervals = _intervals(session)
    rows = session.execute(
        _runs().where(*conditions).order_by(JobRun.id.desc()).offset(offset).limit(limit)
    )
    return [_view(run, asker, intervals.get(run.job), now) for run, asker in rows], total


def job_titles(session: Session) -> dict[str, str]:
    """What all jobs that have run are for, by name; the name itself for one that has gone."""
    rows = session.execute(
        sa.select(JobRun.job, sa.func.coalesce(ScheduledJob.title, JobRun.job))
        .distinct()
        .outerjoin(ScheduledJob, ScheduledJob.name == JobRun.job)
        .order_by(JobRun.job)
    )
    return dict(rows.all())


def _last_runs(session: Session, job: ScheduledJob, now: dt.datetime) -> tuple[RunView, ...]:
    rows = session.execute(
        _runs().where(JobRun.job == job.name).order_by(JobRun.id.desc()).limit(SHOWN_RUNS)
    )
    return tuple(_view(run, asker, job.every_seconds, now) for run, asker in rows)


def _runs() -> sa.Select[JobRun, str]:
    return sa.select(JobRun, User.name).outerjoin(User, User.id == JobRun.asked_by)


def _intervals(session: Session) -> dict[str, int | None]:
    rows = session.execute(sa.select(ScheduledJob.name, ScheduledJob.every_seconds)).all()
    return dict(rows)


def _view(run: JobRun, asker: str | None, interval: int | None, now: dt.datetime) -> RunView:
    state = RunState(run.outcome)
    seconds = run.seconds
    if state == RunState.RUNNING:
        seconds = max(0.0, (now - run.started_at).total_seconds())
    return RunView(
        id=run.id,
        job=run.job,
        state=state,
        started_at=run.started_at,
        seconds=seconds,
        counts=run.counts,
        detail=run.detail,
        asked_by=asker or "",
        by_command=run.runner.startswith(COMMAND),
        outlasted=interval is not None and seconds is not None and seconds > interval,
    )
