"""The administrators' pages about jobs: what is seen, what can be asked for, who may."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal import timetable
from portal.app import create_app
from portal.db import utcnow
from portal.jobs import JOBS
from portal.models import RunState, ScheduledJob, User
from portal.timetable import NewJob, Result
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

ME = "scheduler@hq:4711:ab12"
JOBS_PAGE = "/admin/jobs"


class Shift:
    """A scheduler at work, and the administrator who looks at it."""

    def __init__(self, office: Stock) -> None:
        self.db = office.services.db
        self.administrator = Visitor(create_app(office.services.settings, office.services))
        self.administrator.sign_in("guanliyuan")
        with self.db.write() as session:
            jobs = [NewJob(name, job.title, job.when) for name, job in JOBS.items()]
            timetable.register(session, jobs, utcnow())
            timetable.take(session, ME, timetable.current_lease(session), utcnow())

    def begin(self, name: str, before: float = 0) -> int:
        with self.db.write() as session:
            begun = utcnow() - dt.timedelta(seconds=before)
            run = timetable.begin(session, name, ME, begun)
            timetable.keep_alive(session, ME, utcnow())
        assert run is not None
        return run

    def run(self, name: str, state: RunState = RunState.OK, detail: str = "") -> None:
        run = self.begin(name)
        with self.db.write() as session:
            result = Result(state, {"entries": 1234} if not detail else {}, detail, 2.345)
            timetable.finish(session, run, result, utcnow())

    def page(self, tail: str = "") -> Answer:
        page = self.administrator.get(JOBS_PAGE + tail)
        assert page.status == 200, page.text
        return page

    def card(self, name: str) -> str:
        return self.page().texts(f"#job-{name}")[0]

    def press(self, name: str, act: str) -> Answer:
        return self.administrator.submit(f"{JOBS_PAGE}/{name}/{act}")

    def asked(self, name: str) -> tuple[bool, bool]:
        with self.db.read() as session:
            return timetable.wishes(session)[name]


@pytest.fixture
def shift(office: Stock) -> Shift:
    return Shift(office)


def test_every_job_is_shown_with_what_it_is_for_and_when(shift: Shift) -> None:
    page = shift.page()
    assert page.texts(".job h2") == [JOBS[name].title for name in sorted(JOBS)]
    assert "每 10 分钟" in shift.card("reconcile")
    assert "每天 03:30" in shift.card("purge")
    assert "还没有运行过" in shift.card("purge")
    assert ME in page.texts(".keeper")[0]


def test_a_run_shows_how_it_ended_how_long_and_what_it_counted(shift: Shift) -> None:
    shift.run("newest")
    card = shift.card("newest")
    assert "成功" in card
    assert "2.3 秒" in card
    assert "条目 1,234" in card
    shift.run("newest", RunState.FAILED, "OSError: <b>磁盘已满</b>")
    failed = shift.page()
    assert "失败" in failed.texts("#job-newest")[0]
    assert "OSError: <b>磁盘已满</b>" in failed.texts("#job-newest")[0]
    assert "<b>磁盘" not in failed.html


def test_the_lengths_of_the_last_runs_are_bars_with_words(shift: Shift) -> None:
    shift.run("newest")
    shift.run("newest", RunState.FAILED, "坏了")
    page = shift.page()
    bars = page.all("#job-newest .spark rect")
    assert [bar.attributes["class"] for bar in bars] == ["spark-ok", "spark-failed"]
    label = page.all("#job-newest .spark")[0].attributes["aria-label"]
    assert label == "最近 2 次运行：成功 1 次，最长 2.3 秒，查看记录"


def test_a_job_at_work_says_so_and_that_it_outlasts_its_interval(shift: Shift) -> None:
    shift.begin("newest", before=200)
    card = shift.card("newest")
    assert "运行中" in card
    assert "已经 3 分" in card
    assert "比间隔还长" in card
    assert shift.page().all("#job-newest button")[0].attributes.get("disabled", "no") != "no"


def test_pressing_run_now_twice_asks_once(shift: Shift) -> None:
    first = shift.press("purge", "run")
    assert (first.status, first.location) == (303, "/admin/jobs#job-purge")
    assert shift.page().texts(".done") == ["已经交给调度程序，几秒钟内开始。"]
    assert "等待运行 管理员要求运行" in shift.card("purge")
    shift.press("purge", "run")
    assert shift.page().texts(".done") == ["这个任务已经在等着运行，不用再点。"]
    assert shift.asked("purge") == (False, True)


def test_a_job_is_paused_and_resumed(shift: Shift) -> None:
    shift.press("purge", "pause")
    assert shift.asked("purge") == (True, False)
    card = shift.card("purge")
    assert "已暂停" in card
    assert "管理员在" in card
    shift.press("purge", "resume")
    assert shift.asked("purge") == (False, False)


def test_a_job_that_is_not_there_is_said_so(shift: Shift) -> None:
    for act in ("run", "pause", "resume"):
        assert shift.press("nonsense", act).status == 303
        assert shift.page().texts(".done") == ["没有这个任务，可能新版本里已经取消了。"]


def test_a_scheduler_that_fell_silent_is_reported_honestly(shift: Shift) -> None:
    with shift.db.write() as session:
        timetable.renew(session, ME, utcnow() - dt.timedelta(minutes=5))
    assert "已经没有回应" in shift.page().texts(".keeper")[0]
    with shift.db.write() as session:
        timetable.release(session, ME, utcnow())
    assert "没有调度程序在运行" in shift.page().texts(".keeper")[0]


def test_before_the_first_start_the_page_says_how_to_start(office: Stock) -> None:
    with office.services.db.write() as session:
        session.execute(sa.delete(ScheduledJob))
    visitor = Visitor(create_app(office.services.settings, office.services)).sign_in("guanliyuan")
    page = visitor.get(JOBS_PAGE)
    assert page.texts(".empty h2") == ["调度程序还没有运行过"]
    assert "portal serve" in page.text


def test_the_history_is_filtered(shift: Shift) -> None:
    shift.run("newest")
    shift.run("newest", RunState.FAILED, "坏了")
    shift.run("purge")
    rows = shift.page("/runs").texts("tbody tr")
    assert len(rows) == 3
    assert "按时间" in rows[0]
    assert len(shift.page("/runs?job=newest").texts("tbody tr")) == 2
    only = shift.page("/runs?job=newest&state=failed")
    assert "坏了" in only.texts("tbody tr")[0]
    assert shift.page("/runs?state=interrupted").texts(".empty h2") == ["没有这样的运行记录"]


@pytest.mark.parametrize("tail", ["?job=nonsense", "?state=nonsense", "?page=0", "?page=9"])
def test_a_history_that_is_not_there_is_not_found(shift: Shift, tail: str) -> None:
    shift.run("newest")
    assert shift.administrator.get(f"{JOBS_PAGE}/runs{tail}").status == 404


def test_a_change_needs_an_administrator_and_the_forms_token(shift: Shift, office: Stock) -> None:
    assert shift.administrator.post(f"{JOBS_PAGE}/purge/run").status == 400
    colleague = Visitor(create_app(office.services.settings, office.services)).sign_in("zhoumin")
    assert colleague.submit(f"{JOBS_PAGE}/purge/run").status == 403
    assert colleague.get(JOBS_PAGE).status == 403
    assert colleague.get(f"{JOBS_PAGE}/runs").status == 403
    assert shift.asked("purge") == (False, False)


def test_who_asked_is_in_the_history(shift: Shift) -> None:
    with shift.db.write() as session:
        asker = session.scalars(sa.select(User.id).where(User.login == "guanliyuan")).one()
        timetable.ask_for(session, "purge", asker, utcnow())
    shift.run("purge")
    assert "管理员" in shift.page("/runs?job=purge").texts("tbody tr")[0]
