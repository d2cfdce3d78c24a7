"""Runs in the database: begun, finished, lost, asked for, paused, counted."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal import timetable
from portal.jobs import JOBS, JobBusy, run_job
from portal.jobs.registry import Job
from portal.jobs.running import run_by_command
from portal.models import JobRun, Notice, NoticeKind, Role, RunState, ScheduledJob
from portal.services import Services
from portal.timetable import Daily, Every, NewJob, Result, RunFilter
from tests.conftest import Library

NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
FIRST, SECOND = "scheduler@hq:1:a", "scheduler@hq:2:b"
GOOD = Result(RunState.OK, {"documents": 3}, "", 1.5)
BAD = Result(RunState.FAILED, {}, "OSError: 磁盘已满", 0.2)


def after(**passed: float) -> dt.datetime:
    return NOON + dt.timedelta(**passed)


class Table:
    """A timetable with two jobs, whose lease the first scheduler holds."""

    def __init__(self, library: Library) -> None:
        self.db = library.services.db
        self.administrator = library.person("guanliyuan", Role.ADMINISTRATOR, name="郑国强")
        library.person("linruoxi")
        with self.db.write() as session:
            jobs = [
                NewJob("newest", "整理最新资料。", Every(60)),
                NewJob("purge", "清理过期记录。", Daily(dt.time(3, 30))),
            ]
            timetable.register(session, jobs, NOON)
        assert self.take(FIRST)

    def take(self, me: str, at: dt.datetime = NOON) -> bool:
        with self.db.write() as session:
            return timetable.take(session, me, timetable.current_lease(session), at)

    def begin(self, name: str, runner: str = FIRST, at: dt.datetime = NOON) -> int | None:
        with self.db.write() as session:
            return timetable.begin(session, name, runner, at)

    def finish(self, run: int | None, result: Result = GOOD, at: dt.datetime = NOON) -> None:
        assert run is not None
        with self.db.write() as session:
            timetable.finish(session, run, result, at)

    def run(self, name: str, result: Result, at: dt.datetime = NOON) -> None:
        self.finish(self.begin(name, at=at), result, at)

    def ask(self, name: str, at: dt.datetime = NOON) -> bool:
        with self.db.write() as session:
            return timetable.ask_for(session, name, self.administrator, at)

    def job(self, name: str, now: dt.datetime = NOON) -> timetable.JobView:
        with self.db.read() as session:
            jobs = timetable.overview(session, now).jobs
        return next(job for job in jobs if job.name == name)

    def standing(self, name: str) -> timetable.Standing:
        with self.db.read() as session:
            return timetable.standings(session)[name]

    def notices(self) -> list[Notice]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(Notice).order_by(Notice.id)))


@pytest.fixture
def table(library: Library) -> Table:
    return Table(library)


def test_a_run_is_seen_while_it_is_at_work_and_afterwards(table: Table) -> None:
    run = table.begin("newest")
    running = table.job("newest", after(seconds=90)).running
    assert running is not None
    assert (running.state, running.seconds, running.outlasted) == (RunState.RUNNING, 90.0, True)
    table.finish(run, GOOD, after(seconds=2))
    last = table.job("newest").last
    assert last is not None
    assert (last.state, last.seconds, last.counts) == (RunState.OK, 1.5, {"documents": 3})
    assert table.standing("newest").succeeded_at == NOON


def test_a_job_does_not_run_beside_itself(table: Table) -> None:
    run = table.begin("newest")
    assert table.begin("newest") is None
    assert table.begin("newest", "command@hq:9:c") is None
    assert table.begin("purge") is not None
    table.finish(run)
    assert table.begin("newest", "command@hq:9:c") is not None


def test_a_scheduler_without_the_lease_begins_nothing(table: Table) -> None:
    assert table.begin("newest", SECOND) is None
    assert table.take(SECOND)
    assert table.begin("newest", FIRST) is None
    assert table.begin("newest", SECOND) is not None


def test_of_two_that_saw_the_same_lease_one_takes_it(table: Table) -> None:
    with table.db.read() as session:
        seen = timetable.current_lease(session)
    with table.db.write() as session:
        assert timetable.take(session, SECOND, seen, NOON)
        assert not timetable.take(session, "scheduler@hq:3:c", seen, NOON)
        assert not timetable.renew(session, FIRST, NOON)
        assert not timetable.release(session, FIRST, NOON)
        assert timetable.renew(session, SECOND, after(seconds=3))
        lease = timetable.current_lease(session)
    assert (lease.holder, lease.since, lease.renewed_at) == (SECOND, NOON, after(seconds=3))


def test_a_renewal_while_another_decides_keeps_the_lease(table: Table) -> None:
    with table.db.write() as session:
        seen = timetable.current_lease(session)
        assert timetable.renew(session, FIRST, NOON)
        assert not timetable.take(session, SECOND, seen, NOON)


def test_runs_of_a_killed_scheduler_are_interrupted_when_another_takes_over(table: Table) -> None:
    table.begin("newest")
    command = table.begin("purge", "command@hq:9:c")
    with table.db.write() as session:
        lost = timetable.interrupt_lost(session, SECOND, after(seconds=5), is_new_holder=True)
    assert lost == 1
    last = table.job("newest").last
    assert last is not None
    assert last.state == RunState.INTERRUPTED
    assert table.job("purge").running is not None
    table.finish(command)
    assert table.standing("newest").failures == 1


@pytest.mark.parametrize("minutes", [2, -2])
def test_a_command_that_was_killed_keeps_its_job_busy_for_a_minute_only(
    table: Table, minutes: int
) -> None:
    table.begin("purge", "command@hq:9:c")
    assert table.begin("purge", at=after(seconds=30)) is None
    assert table.begin("purge", at=after(minutes=minutes)) is not None


def test_a_run_that_says_it_is_alive_is_never_lost(table: Table) -> None:
    table.begin("purge", "command@hq:9:c")
    with table.db.write() as session:
        timetable.keep_alive(session, "command@hq:9:c", after(minutes=9))
        assert timetable.interrupt_lost(session, FIRST, after(minutes=9, seconds=30)) == 0


def test_two_clicks_make_one_run_that_says_who_wanted_it(table: Table) -> None:
    assert table.ask("purge")
    assert not table.ask("purge", after(seconds=1))
    assert table.standing("purge").is_asked
    table.finish(table.begin("purge"))
    assert not table.standing("purge").is_asked
    assert [run.asked_by for run in table.job("purge").runs] == ["郑国强"]


def test_asking_for_a_job_that_is_not_there_is_an_error(table: Table) -> None:
    with pytest.raises(KeyError):
        table.ask("nonsense")


def test_a_paused_job_runs_only_when_it_is_asked_for(table: Table) -> None:
    with table.db.write() as session:
        assert timetable.pause(session, "purge", table.administrator, NOON)
        assert not timetable.pause(session, "purge", table.administrator, after(days=1))
    assert table.begin("purge") is None
    assert table.job("purge").paused_by == "郑国强"
    table.ask("purge")
    table.finish(table.begin("purge"))
    with table.db.write() as session:
        assert timetable.resume(session, "purge", after(days=3))
        assert not timetable.resume(session, "purge", after(days=3))
    assert table.begin("purge") is not None
    assert table.standing("purge").known_at == after(days=3)


def test_administrators_are_told_once_when_failures_begin(table: Table) -> None:
    table.run("newest", BAD)
    table.run("newest", BAD, after(minutes=1))
    (notice,) = table.notices()
    assert (notice.kind, notice.user_id) == (NoticeKind.JOB_FAILED, table.administrator)
    assert notice.data == {"job": "整理最新资料", "name": "newest", "state": "failed"}
    assert table.standing("newest").failures == 2
    table.run("newest", GOOD, after(minutes=2))
    assert table.standing("newest").failures == 0
    table.run("newest", BAD, after(minutes=3))
    assert len(table.notices()) == 2


def test_an_interruption_is_no_news_until_it_happens_three_times(table: Table) -> None:
    for number in range(3):
        assert table.notices() == []
        table.begin("purge", at=after(hours=number))
        with table.db.write() as session:
            timetable.interrupt_lost(session, SECOND, after(hours=number), is_new_holder=True)
    (notice,) = table.notices()
    assert notice.data["state"] == "interrupted"


def test_the_history_is_filtered_by_job_and_outcome(table: Table) -> None:
    table.run("newest", GOOD)
    table.run("newest", BAD, after(minutes=1))
    table.run("purge", GOOD, after(minutes=2))
    with table.db.read() as session:
        runs, total = timetable.history(session, RunFilter(), NOON, 1, 1)
        failed, _ = timetable.history(session, RunFilter("newest", "failed"), NOON, 0, 9)
        none, nothing = timetable.history(session, RunFilter("purge", "failed"), NOON, 0, 9)
        assert list(timetable.job_titles(session)) == ["newest", "purge"]
    assert (total, [run.state for run in runs]) == (3, [RunState.FAILED])
    assert [run.detail for run in failed] == ["OSError: 磁盘已满"]
    assert (none, nothing) == ([], 0)


def test_only_the_last_runs_of_each_job_are_kept(table: Table) -> None:
    table.run("purge", GOOD)
    with table.db.write() as session:
        session.add_all(
            JobRun(
                job="newest",
                runner=FIRST,
                started_at=after(minutes=minute),
                alive_at=after(minutes=minute),
                seconds=0.1,
                outcome=RunState.OK,
                counts={},
                detail="",
            )
            for minute in range(503)
        )
    with table.db.write() as session:
        assert timetable.purge_runs(session) == 3
        assert timetable.purge_runs(session) == 0
    assert table.job("purge").last is not None


def test_a_job_that_this_release_no_longer_has_is_forgotten(table: Table) -> None:
    table.run("purge", GOOD)
    with table.db.write() as session:
        timetable.forget_others(session, ["newest"])
    with table.db.read() as session:
        assert session.scalars(sa.select(ScheduledJob.name)).all() == ["newest"]
        assert timetable.history(session, RunFilter(), NOON, 0, 9)[1] == 1


def test_every_job_of_the_portal_says_in_chinese_what_it_is_for(services: Services) -> None:
    assert {"newest", "reconcile", "purge"} <= JOBS.keys()
    for name, job in JOBS.items():
        assert job.title.endswith("。"), name
        assert len(name) <= 48


def test_a_job_that_raises_is_recorded_with_what_went_wrong(services: Services) -> None:
    def broken(_services: Services) -> dict[str, int]:
        raise OSError("磁盘已满")

    assert not run_by_command(services, "broken", Job(broken, Every(60), "总是失败。"))
    with services.db.read() as session:
        (run,) = timetable.history(session, RunFilter(), NOON, 0, 9)[0]
    assert (run.state, run.detail, run.by_command) == (RunState.FAILED, "OSError: 磁盘已满", True)


def test_a_command_does_not_begin_what_is_at_work(services: Services) -> None:
    assert run_job(services, "purge")
    with services.db.write() as session:
        now = dt.datetime.now(dt.UTC)
        assert timetable.begin(session, "purge", "command@other:1:a", now) is not None
    with pytest.raises(JobBusy):
        run_job(services, "purge")
