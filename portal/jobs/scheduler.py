"""The scheduler: one process that holds the lease runs every job when it is due."""

import datetime as dt
import logging
import threading
import time
from collections.abc import Mapping

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy.exc import SQLAlchemyError

from portal import timetable
from portal.db import utcnow
from portal.jobs.registry import JOBS, Job
from portal.jobs.running import execute, run_by_command, runner_name
from portal.services import Services
from portal.timetable.lease import LAPSE_SECONDS, RENEW_SECONDS

LOOK_SECONDS = 1.0
# Whoever had to wait so long for the database has not seen what happened meanwhile.
PATIENCE_SECONDS = 2.0
JUMP_SECONDS = 5.0
# Its multiples, without the whole numbers, lie as far apart as so many numbers can.
GOLDEN_RATIO = (1 + 5**0.5) / 2
_log = logging.getLogger(__name__)


def run_job(services: Services, name: str) -> bool:
    """Run a job now, in this process, and record it; return whether it succeeded.

    Raises ``KeyError`` for no such job and :class:`~portal.jobs.running.JobBusy` while the job is
    at work elsewhere. A job that raises is logged and recorded.
    """
    return run_by_command(services, name, JOBS[name])


def run_scheduler(
    services: Services, stop: threading.Event, jobs: Mapping[str, Job] = JOBS
) -> None:
    """Stand by until the lease is free, then run the jobs at their times, until told to stop."""
    me = runner_name(timetable.SCHEDULER)
    while not stop.is_set():
        if _stand_by(services, me, stop):
            _log.info("scheduler %s holds the lease", me)
            _Lead(services, me, jobs, stop).run()
            _log.info("scheduler %s no longer holds the lease", me)


def _stand_by(services: Services, me: str, stop: threading.Event) -> bool:
    """Return ``True`` with the lease taken, or ``False`` when told to stop."""
    watcher = timetable.Watcher()
    while not stop.is_set():
        try:
            with services.db.read() as session:
                lease = timetable.current_lease(session)
            if watcher.is_abandoned(lease.holder, lease.beat, time.monotonic()):
                asked = time.monotonic()
                with services.db.write() as session:
                    waited = time.monotonic() - asked
                    if waited < PATIENCE_SECONDS and timetable.take(session, me, lease, utcnow()):
                        return True
        except SQLAlchemyError:
            _log.exception("the scheduler cannot read its lease")
        stop.wait(LOOK_SECONDS)
    return False


class Apart(BaseTrigger):  # type: ignore[misc]
    """Every so many seconds, at moments that no job of another place has.

    Jobs that are due at the start would otherwise meet again each minute, and all of them at once
    keep readers waiting where one does not.
    """

    def __init__(self, seconds: int, place: int) -> None:
        self._seconds = seconds
        self._phase = place * GOLDEN_RATIO % 1 * seconds

    def get_next_fire_time(
        self, _previous: dt.datetime | None, now: dt.datetime
    ) -> dt.datetime | None:
        """The first of its moments after ``now``, in the same zone."""
        periods = (now.timestamp() - self._phase) // self._seconds + 1
        return dt.datetime.fromtimestamp(periods * self._seconds + self._phase, now.tzinfo)


class _Lead:
    """What the holder of the lease does until it loses the lease or is told to stop."""

    def __init__(
        self, services: Services, me: str, jobs: Mapping[str, Job], stop: threading.Event
    ) -> None:
        self._services = services
        self._db = services.db
        self._me = me
        self._jobs = jobs
        self._stop = stop
        self._renewed = time.monotonic()
        self._offset = _clock_offset()
        self._paused: dict[str, bool] = {}
        self._next: dict[str, dt.datetime | None] = {}
        self._lock = threading.Lock()
        self._at_work: set[str] = set()
        self._scheduler = BackgroundScheduler(
            timezone=services.settings.timezone,
            # One thread for each job: one that hangs keeps no other waiting.
            executors={"default": ThreadPoolExecutor(max(1, len(jobs)))},
        )

    def run(self) -> None:
        """Run the jobs; let the lease go at the end, where it is still held."""
        holds = True
        try:
            self._begin()
            while holds and not self._stop.is_set():
                holds = self._look()
                self._stop.wait(LOOK_SECONDS)
        finally:
            self._scheduler.shutdown(wait=False)
            # What is at work is finished under the lease, so that nobody begins it beside.
            while holds and self._at_work:
                holds = self._renew_in_time()
                threading.Event().wait(LOOK_SECONDS / 5)
            if holds:
                with self._db.write() as session:
                    timetable.release(session, self._me, utcnow())

    def _begin(self) -> None:
        now = utcnow()
        with self._db.write() as session:
            known = [
                timetable.NewJob(name, job.title, job.when) for name, job in self._jobs.items()
            ]
            timetable.register(session, known, now)
            timetable.forget_others(session, self._jobs.keys())
            session.flush()
            lost = timetable.interrupt_lost(session, self._me, now, is_new_holder=True)
        if lost:
            _log.warning("%d runs had been interrupted", lost)
        self._plan()
        self._scheduler.start()

    def _plan(self) -> None:
        """Set when each job runs next, from its past and the present time."""
        with self._db.read() as session:
            standings = timetable.standings(session)
        now, zone = utcnow(), self._services.settings.timezone
        for place, (name, job) in enumerate(self._jobs.items()):
            standing = standings[name]
            self._paused[name] = standing.is_paused
            due = timetable.first_time(
                job.when,
                now,
                zone,
                known_at=standing.known_at,
                succeeded_at=standing.succeeded_at,
                started_at=standing.started_at,
                failures=standing.failures,
            )
            self._scheduler.add_job(
                self._run,
                self._trigger(job, place),
                args=(name,),
                id=name,
                next_run_time=None if standing.is_paused else due,
                replace_existing=True,
                # A run that was missed is made up once, and never runs beside itself.
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )

    def _trigger(self, job: Job, place: int) -> BaseTrigger:
        zone = self._services.settings.timezone
        if isinstance(job.when, timetable.Every):
            return Apart(job.when.seconds, place)
        return CronTrigger(hour=job.when.at.hour, minute=job.when.at.minute, timezone=zone)

    def _look(self) -> bool:
        """Renew the lease, follow the clock and what was asked; return whether it is held."""
        if not self._renew_in_time():
            return False
        if abs(_clock_offset() - self._offset) > JUMP_SECONDS:
            _log.warning("the clock was put forward or back: all jobs are planned anew")
            self._offset = _clock_offset()
            self._plan()
        try:
            with self._db.read() as session:
                wishes = timetable.wishes(session)
        except SQLAlchemyError:
            _log.exception("the scheduler cannot read what was asked of it")
            return True
        if any(wishes[name][0] != self._paused[name] for name in self._jobs if name in wishes):
            self._plan()
        for name, (_paused, is_asked) in wishes.items():
            if is_asked and name in self._jobs and name not in self._at_work:
                self._scheduler.add_job(
                    self._run, args=(name,), id=f"{name} now", replace_existing=True
                )
        return True

    def _renew_in_time(self) -> bool:
        """Renew the lease when it is time; ``False`` when it is lost or could not be renewed."""
        clock = time.monotonic()
        if clock - self._renewed < RENEW_SECONDS:
            return True
        try:
            with self._db.write() as session:
                if not timetable.renew(session, self._me, utcnow()):
                    return False
                timetable.keep_alive(session, self._me, utcnow())
                timetable.interrupt_lost(session, self._me, utcnow())
                timetable.set_next_times(session, self._changed_times())
            self._renewed = clock
        except SQLAlchemyError:
            _log.exception("the scheduler cannot renew its lease")
        return time.monotonic() - self._renewed < LAPSE_SECONDS

    def _changed_times(self) -> dict[str, dt.datetime | None]:
        """When jobs run next, for those of which that is news."""
        times = {}
        for name in self._jobs:
            job = self._scheduler.get_job(name)
            moment = job.next_run_time if job is not None else None
            if name not in self._next or self._next[name] != moment:
                times[name] = self._next[name] = moment
        return times

    def _run(self, name: str) -> None:
        with self._lock:
            if name in self._at_work:
                return
            self._at_work.add(name)
        try:
            with self._db.write() as session:
                run_id = timetable.begin(session, name, self._me, utcnow())
            if run_id is not None:
                execute(self._services, name, self._jobs[name], run_id)
        except SQLAlchemyError:
            _log.exception("job %s could not be recorded", name)
        finally:
            with self._lock:
                self._at_work.discard(name)


def _clock_offset() -> float:
    """How far the wall clock is ahead of the steady one, in seconds."""
    return time.time() - time.monotonic()
