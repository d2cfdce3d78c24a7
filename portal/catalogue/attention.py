"""What an administrator should look at."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ProblemReport, ScheduledJob


@dataclass(frozen=True, slots=True)
class FailingJob:
    """A job whose last runs failed: what it is for, how many failed, and since when."""

    title: str
    failures: int
    since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Attention:
    """``problems`` counts the reported problems that nobody has answered."""

    failing_jobs: tuple[FailingJob, ...]
    problems: int


def attention(session: Session) -> Attention:
    """What needs an administrator now."""
    jobs = session.execute(
        sa.select(ScheduledJob.title, ScheduledJob.failures, ScheduledJob.failing_since)
        .where(ScheduledJob.failures > 0)
        .order_by(ScheduledJob.failing_since, ScheduledJob.name)
    )
    problems = session.scalar(
        sa.select(sa.func.count(ProblemReport.id)).where(ProblemReport.closed_at.is_(None))
    )
    return Attention(
        tuple(FailingJob(row.title, row.failures, row.failing_since) for row in jobs),
        problems or 0,
    )
