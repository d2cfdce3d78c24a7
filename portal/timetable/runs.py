"""Runs of jobs: written when they begin, kept alive, completed when they end."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import JobRun, NoticeKind, Role, RunState, ScheduledJob, User
from portal.notices import post
from portal.timetable.lease import is_held_by
from portal.timetable.schedule import MAX_TRIES
from portal.timetable.types import Result

SILENCE = dt.timedelta(minutes=1)
"""A run whose process has said nothing for so long, or something impossible, is lost."""
KEPT_RUNS = 500
"""So many runs of each job are kept."""
LONGEST_DETAIL = 4000
LOST = "runner gone"
SCHEDULER = "scheduler@"
COMMAND = "command@"


def begin(session: Session, name: str, runner: str, now: dt.datetime) -> int | None:
    """Write down that a run begins; return its number, or ``None`` where it must not.

    It must not while the job is at work elsewhere. A scheduler's run also needs the lease, and a
    job that is not paused, unless an administrator asked for it. Whatever asked, one run serves it.
    """
    # Locked until the commit: of two that begin at once, the second sees the first one's run.
    job = session.scalars(
        sa.select(ScheduledJob).where(ScheduledJob.name == name).with_for_update()
    ).one()
    if runner.startswith(SCHEDULER):
        unwanted = job.paused_at is not None and job.asked_at is None
        if unwanted or not is_held_by(session, runner):
            return None
    interrupt_lost(session, runner, now)
    if session.scalar(_at_work().where(JobRun.job == name).limit(1)) is not None:
        return None
    run = JobRun(
        job=name,
        runner=runner,
        asked_by=job.asked_by if job.asked_at else None,
        started_at=now,
        alive_at=now,
        outcome=RunState.RUNNING,
        counts={},
        detail="",
    )
    job.asked_at = job.asked_by = None
    session.add(run)
    session.flush()
    return run.id


def finish(session: Session, run_id: int, result: Result, now: dt.datetime) -> None:
    """Write down how a run ended; tell the administrators when a run of failures begins."""
    run = session.get_one(JobRun, run_id)
    run.outcome, run.seconds, run.alive_at = result.state, result.seconds, now
    run.counts, run.detail = dict(result.counts), result.detail[:LONGEST_DETAIL]
    job = session.get(ScheduledJob, run.job)
    if job is None:
        return
    if result.state == RunState.OK:
        job.succeeded_at, job.failures, job.failing_since = run.started_at, 0, None
        return
    _count_failure(job, run)
    _tell(session, job, run, now)


def keep_alive(session: Session, runner: str, now: dt.datetime) -> None:
    """Say that a process is still at work on its runs."""
    session.execute(
        sa.update(JobRun)
        .where(JobRun.runner == runner, JobRun.outcome == RunState.RUNNING)
        .values(alive_at=now)
    )


def interrupt_lost(
    session: Session, me: str, now: dt.datetime, *, is_new_holder: bool = False
) -> int:
    """Mark the runs whose process has gone, never those of ``me``; return how many.

    When a scheduler has just taken the lease, runs of other schedulers are over, however lately
    they were heard of.
    """
    lost = 0
    for run in session.scalars(
        sa.select(JobRun).where(JobRun.outcome == RunState.RUNNING, JobRun.runner != me)
    ):
        replaced = is_new_holder and run.runner.startswith(SCHEDULER)
        if replaced or abs(now - run.alive_at) > SILENCE:
            _interrupt(session, run, now)
            lost += 1
    return lost


def purge_runs(session: Session) -> int:
    """Forget all but the last runs of each job; return how many."""
    gone = 0
    for job in session.scalars(sa.select(JobRun.job).distinct()).all():
        oldest = session.scalar(
            sa.select(JobRun.id)
            .where(JobRun.job == job)
            .order_by(JobRun.id.desc())
            .offset(KEPT_RUNS)
            .limit(1)
        )
        if oldest is not None:
            old = sa.delete(JobRun).where(JobRun.job == job, JobRun.id <= oldest)
            gone += session.connection().execute(old).rowcount
    return gone


def _at_work() -> sa.Select[int]:
    return sa.select(JobRun.id).where(JobRun.outcome == RunState.RUNNING)


def _interrupt(session: Session, run: JobRun, now: dt.datetime) -> None:
    run.outcome, run.detail = RunState.INTERRUPTED, LOST
    # Where a clock was put back in between, no length is known.
    run.seconds = max(0.0, (run.alive_at - run.started_at).total_seconds())
    job = session.get(ScheduledJob, run.job)
    if job is None:
        return
    _count_failure(job, run)
    if job.failures >= MAX_TRIES:
        _tell(session, job, run, now)


def _count_failure(job: ScheduledJob, run: JobRun) -> None:
    job.failures += 1
    job.failing_since = job.failing_since or run.started_at


def _tell(session: Session, job: ScheduledJob, run: JobRun, now: dt.datetime) -> None:
    administrators = session.scalars(
        sa.select(User.id).where(User.role == Role.ADMINISTRATOR, User.deactivated_at.is_(None))
    )
    since = job.failing_since or run.started_at
    post(
        session,
        NoticeKind.JOB_FAILED,
        administrators.all(),
        now,
        key=f"job-failed:{job.name}:{since:%Y%m%dT%H%M%S}",
        data={"job": job.title.removesuffix("。"), "name": job.name, "state": run.outcome},
    )
