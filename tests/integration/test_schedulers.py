"""Schedulers as processes of their own: one works, one stands by, and a kill -9 loses nothing."""

import datetime as dt
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal import timetable
from portal.accounts import add_user
from portal.db import utcnow
from portal.models import JobRun, Role, RunState, ScheduledJob
from portal.services import Services
from portal.timetable import RunFilter
from tests.integration.command import Command, environment, wait_until

# The product's scheduler with jobs that a test can watch: "quick" each second, "slow" until it is
# killed, "broken" always raises, "nightly" once a day.
PROGRAM = """
import datetime as dt, signal, threading, time
from config import Settings
from portal.jobs.registry import Daily, Every, Job
from portal.jobs.scheduler import run_scheduler
from portal.services import build_services

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())

def slow(services):
    time.sleep(600)
    return {}

def broken(services):
    raise OSError("disk full")

jobs = {
    "quick": Job(lambda services: {"entries": 1}, Every(1), "quick"),
    "slow": Job(slow, Every(1), "slow"),
    "broken": Job(broken, Every(1), "broken"),
    "nightly": Job(lambda services: {"entries": 2}, Daily(dt.time(0, 0)), "nightly"),
}
run_scheduler(build_services(Settings.from_env()), stop, jobs)
"""


class Machines:
    """Schedulers on one database."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self._program = folder / "jobs.py"
        self._program.write_text(PROGRAM, encoding="utf-8")
        self.processes: list[subprocess.Popen[str]] = []

    def start(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, str(self._program)],
            env=environment(self.services.settings.data_dir, {})
            | {"PYTHONPATH": str(Path(__file__).parents[2])},
            text=True,
        )
        self.processes.append(process)
        return process

    def holder(self) -> str:
        with self.services.db.read() as session:
            return timetable.current_lease(session).holder

    def runs(self, job: str, state: str = "") -> list[timetable.RunView]:
        with self.services.db.read() as session:
            return timetable.history(session, RunFilter(job, state), utcnow(), 0, 500)[0]


@pytest.fixture
def machines(services: Services, tmp_path: Path) -> Iterator[Machines]:
    made = Machines(services, tmp_path)
    yield made
    for process in made.processes:
        process.kill()
        process.wait()


def test_one_works_one_stands_by_and_takes_over_within_30_seconds_of_a_kill(
    machines: Machines,
) -> None:
    first = machines.start()
    wait_until(lambda: len(machines.runs("quick", "ok")) >= 2)
    holder = machines.holder()
    assert f":{first.pid}:" in holder
    second = machines.start()
    wait_until(lambda: len(machines.runs("slow")) == 1)
    first.kill()
    killed = time.monotonic()
    wait_until(lambda: f":{second.pid}:" in machines.holder())
    assert time.monotonic() - killed < 30
    seen = len(machines.runs("quick", "ok"))
    wait_until(lambda: len(machines.runs("quick", "ok")) > seen)
    # What the first one was at when it died is known to be interrupted, and is made up.
    wait_until(lambda: len(machines.runs("slow")) == 2)
    assert [run.state for run in machines.runs("slow")] == ["running", "interrupted"]
    # A job that raises and one that outlasts its interval held up nothing.
    assert {run.detail for run in machines.runs("broken", "failed")} == {"OSError: disk full"}


def test_a_run_that_is_asked_for_begins_within_seconds_and_a_stop_frees_the_lease(
    machines: Machines,
) -> None:
    yesterday = utcnow() - dt.timedelta(days=3)
    with machines.services.db.write() as session:
        # Known for days and last run before yesterday's midnight: the process had been down.
        session.add(
            ScheduledJob(
                name="nightly",
                title="",
                known_at=yesterday,
                succeeded_at=yesterday,
                failures=0,
            )
        )
    process = machines.start()
    wait_until(lambda: len(machines.runs("nightly", "ok")) == 1)
    user = _administrator(machines.services)
    with machines.services.db.write() as session:
        assert timetable.ask_for(session, "nightly", user, utcnow())
        assert not timetable.ask_for(session, "nightly", user, utcnow())
    asked = time.monotonic()
    wait_until(lambda: len(machines.runs("nightly", "ok")) == 2)
    assert time.monotonic() - asked < 10
    with machines.services.db.write() as session:
        timetable.pause(session, "quick", user, utcnow())
    wait_until(lambda: _next_at(machines.services, "quick") is None)
    assert len(machines.runs("nightly")) == 2
    process.send_signal(signal.SIGTERM)
    # The slow job is still at work: the lease stays until it is killed.
    assert machines.holder()


def test_the_schedulers_command_records_its_run(portal: Command, services: Services) -> None:
    assert portal("scheduler", "--once", "purge").code == 0
    with services.db.read() as session:
        run = session.scalars(sa.select(JobRun)).one()
    assert (run.job, run.outcome) == ("purge", RunState.OK)


def test_the_schedulers_command_says_how_it_went_by_its_exit_code(
    portal: Command, services: Services
) -> None:
    with services.db.engine.begin() as connection:
        for table in ("search_opens", "searches"):
            connection.execute(sa.text(f"DROP TABLE {table}"))
    failed = portal("scheduler", "--once", "purge")
    assert (failed.code, "任务 purge 失败了" in failed.err) == (1, True)
    with services.db.write() as session:
        timetable.begin(session, "purge", "command@other:1:a", utcnow())
    busy = portal("scheduler", "--once", "purge")
    assert (busy.code, "正在另一个进程里运行" in busy.err) == (3, True)


def _administrator(services: Services) -> int:
    with services.db.write() as session:
        return add_user(
            session, login="guanliyuan", name="郑国强", role=Role.ADMINISTRATOR, unit="hq"
        ).id


def _next_at(services: Services, name: str) -> dt.datetime | None:
    with services.db.read() as session:
        return session.get_one(ScheduledJob, name).next_at
