"""The scheduler: which job runs when. Each job is one idempotent function and is recorded."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from portal.db import utcnow
from portal.models import Document, JobRun, OutboxEntry
from portal.recommend import refresh_newest
from portal.search import querylog
from portal.services import Services

KEPT_RUNS = 200
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A function of the services that returns a sentence on what it did, and how often it runs."""

    run: Callable[[Services], str]
    every_seconds: int


def _newest(services: Services) -> str:
    with services.db.write() as session:
        return f"{refresh_newest(session)} entries"


def _reconcile(services: Services) -> str:
    """Ask for indexing anew when index and database disagree on how many documents there are."""
    with services.db.read() as session:
        waiting = session.scalar(
            sa.select(sa.func.count(OutboxEntry.id)).where(OutboxEntry.done_at.is_(None))
        )
        expected = session.scalar(sa.select(sa.func.count(Document.id))) or 0
    found = services.search.documents()
    if waiting or found == expected:
        return f"{found} of {expected} documents indexed, {waiting} waiting"
    with services.db.write() as session:
        ids = session.scalars(sa.select(Document.id)).all()
        session.add_all(OutboxEntry(document_id=item, created_at=utcnow()) for item in ids)
    return f"index had {found} of {expected} documents: all are indexed again"


def _purge(services: Services) -> str:
    """Forget old records of what was indexed, which jobs ran and what was searched for."""
    with services.db.write() as session:
        newest = session.scalar(sa.select(sa.func.max(JobRun.id))) or 0
        connection = session.connection()
        runs = connection.execute(sa.delete(JobRun).where(JobRun.id <= newest - KEPT_RUNS))
        done = connection.execute(sa.delete(OutboxEntry).where(OutboxEntry.done_at.is_not(None)))
        searches = querylog.purge_searches(session, utcnow() - querylog.KEPT)
    return f"{runs.rowcount} runs, {done.rowcount} outbox entries, {searches} searches"


JOBS: Mapping[str, Job] = {
    "newest": Job(_newest, 60),
    "reconcile": Job(_reconcile, 600),
    "purge": Job(_purge, 24 * 3600),
}


def run_job(services: Services, name: str) -> bool:
    """Run a job now and record it; return whether it succeeded. ``KeyError`` for no such job.

    A job that raises is logged and recorded and harms no other.
    """
    job = JOBS[name]
    started_at, started = utcnow(), time.perf_counter()
    try:
        outcome, detail = "ok", job.run(services)
    except Exception as error:
        _log.exception("job %s failed", name)
        outcome, detail = "failed", f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    with services.db.write() as session:
        session.add(
            JobRun(job=name, started_at=started_at, seconds=seconds, outcome=outcome, detail=detail)
        )
    _log.info("job %s: %s (%s) in %.2f s", name, outcome, detail, seconds)
    return outcome == "ok"


def run_scheduler(services: Services, stop: threading.Event) -> None:
    """Run every job at its interval, and once at the start, until told to stop."""
    scheduler = BackgroundScheduler(timezone=services.settings.timezone)
    for name, job in JOBS.items():
        scheduler.add_job(
            run_job,
            IntervalTrigger(seconds=job.every_seconds),
            args=(services, name),
            id=name,
            next_run_time=utcnow(),
            # A run that was missed is made up once, and never runs beside itself.
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)
