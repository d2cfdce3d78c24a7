"""Running one job and recording it."""

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from portal import timetable
from portal.audit import Actor, Origin, Way, acting
from portal.db import Database, utcnow
from portal.jobs.registry import Job
from portal.models import RunState
from portal.monitor.metrics import JOB_RUNS, JOB_SECONDS
from portal.services import Services

ALIVE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class JobBusy(RuntimeError):
    """The job is at work in another process, so that this run was not begun."""


def runner_name(kind: str) -> str:
    """A name for this process that no other has: what it is, host, number, and a random part."""
    return f"{kind}{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def run_by_command(services: Services, name: str, job: Job) -> bool:
    """Run a job in this process and record it; return whether it succeeded.

    Raises :class:`JobBusy` while it is at work elsewhere.
    """
    me, now = runner_name(timetable.COMMAND), utcnow()
    with services.db.write() as session:
        timetable.register(session, [timetable.NewJob(name, job.title, job.when)], now)
        session.flush()
        run_id = timetable.begin(session, name, me, now)
    if run_id is None:
        raise JobBusy(name)
    with _kept_alive(services.db, me):
        return execute(services, name, job, run_id)


def execute(services: Services, name: str, job: Job, run_id: int) -> bool:
    """Do what has been begun, and record how it ended; return whether it succeeded.

    A job that raises is logged and recorded and harms no other.
    """
    started = time.perf_counter()
    state, counts, detail = RunState.OK, {}, ""
    try:
        with acting(lambda: Origin(Actor(), Way.JOB, name)):
            counts = dict(job.run(services))
    except Exception as error:
        _log.exception("job %s failed", name)
        state, detail = RunState.FAILED, f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - started
    JOB_RUNS.labels(name, str(state)).inc()
    JOB_SECONDS.labels(name).observe(seconds)
    with services.db.write() as session:
        timetable.finish(
            session, run_id, timetable.Result(state, counts, detail, seconds), utcnow()
        )
    _log.info("job %s: %s %s in %.2f s", name, state, counts, seconds)
    return state == RunState.OK


@contextlib.contextmanager
def _kept_alive(db: Database, me: str) -> Iterator[None]:
    done = threading.Event()

    def say_so() -> None:
        while not done.wait(ALIVE_SECONDS):
            try:
                with db.write() as session:
                    timetable.keep_alive(session, me, utcnow())
            except SQLAlchemyError:
                _log.exception("could not say that a job is at work")

    thread = threading.Thread(target=say_so, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
