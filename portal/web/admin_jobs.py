"""The jobs that run by themselves: see, run now, pause, and what ran."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal import timetable
from portal.db import utcnow
from portal.models import RunState
from portal.timetable import JobView, RunFilter, RunView
from portal.web.addresses import page_number
from portal.web.charts import Bar, small_bars
from portal.web.context import services
from portal.web.job_words import (
    STATE_NAMES,
    counts_words,
    length_words,
    moment_words,
    schedule_words,
)
from portal.web.messages import from_now, gettext, number
from portal.web.pager import make_pager
from portal.web.viewer import current_viewer

PAGE = 50
SPARK_WIDTH, SPARK_HEIGHT = 180, 28

blueprint = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")


@dataclass(frozen=True, slots=True)
class Row:
    """A job as the page shows it; ``bars`` are the lengths of its last runs."""

    job: JobView
    title: str
    schedule: str
    bars: tuple[Bar, ...]
    bars_text: str

    @property
    def is_busy(self) -> bool:
        """Whether something will soon change by itself."""
        return self.job.running is not None or self.job.waits_since is not None


@blueprint.get("")
def show() -> str:
    """Every job, and which scheduler runs them."""
    now = utcnow()
    with services().db.read() as session:
        seen = timetable.overview(session, now)
    rows = [_row(job) for job in seen.jobs]
    return render_template(
        "admin/jobs.html",
        seen=seen,
        rows=rows,
        is_busy=seen.is_alive and any(row.is_busy for row in rows),
        spark=(SPARK_WIDTH, SPARK_HEIGHT),
        **_words(now),
    )


@blueprint.get("/runs")
def runs() -> str:
    """What ran, by job and outcome, by pages."""
    page = page_number(request.args.get("page", "1"))
    wanted = RunFilter(request.args.get("job", ""), request.args.get("state", ""))
    if page is None or wanted.state not in ("", *STATE_NAMES):
        abort(404)
    now = utcnow()
    with services().db.read() as session:
        titles = timetable.job_titles(session)
        found, total = timetable.history(session, wanted, now, (page - 1) * PAGE, PAGE)
    pages = max(1, -(-total // PAGE))
    if page > pages or (wanted.job and wanted.job not in titles):
        abort(404)
    return render_template(
        "admin/job_runs.html",
        rows=found,
        total=total,
        wanted=wanted,
        titles={name: gettext(title) for name, title in titles.items()},
        states=STATE_NAMES,
        pager=make_pager(page, pages, lambda each: _runs_url(wanted, each)),
        **_words(now),
    )


@blueprint.post("/<name>/run")
def run(name: str) -> Response:
    """Ask the scheduler for a run; a second click changes nothing."""
    return _change(
        name,
        timetable.ask_for,
        gettext("已经交给调度程序，几秒钟内开始。"),
        gettext("这个任务已经在等着运行，不用再点。"),
    )


@blueprint.post("/<name>/pause")
def pause(name: str) -> Response:
    """Keep a job from running by itself."""
    return _change(
        name,
        timetable.pause,
        gettext("已暂停。需要时仍然可以手动运行。"),
        gettext("这个任务已经暂停了。"),
    )


@blueprint.post("/<name>/resume")
def resume(name: str) -> Response:
    """Let a job run by itself again."""

    def change(session: Session, job: str, _user_id: int, now: dt.datetime) -> bool:
        return timetable.resume(session, job, now)

    return _change(
        name,
        change,
        gettext("已恢复，到时间会自动运行。"),
        gettext("这个任务没有暂停，到时间会自动运行。"),
    )


def _change(
    name: str,
    change: Callable[[Session, str, int, dt.datetime], bool],
    done: str,
    unchanged: str,
) -> Response:
    """Make a change, say what came of it, and go back to the job."""
    user_id = current_viewer().user_id
    if user_id is None:
        abort(403)
    try:
        with services().db.write() as session:
            text = done if change(session, name, user_id, utcnow()) else unchanged
    except KeyError:
        text = gettext("没有这个任务，可能新版本里已经取消了。")
    flash(text, "done")
    return redirect(url_for("admin_jobs.show", _anchor=f"job-{name}"), 303)


def _row(job: JobView) -> Row:
    ended = [each for each in reversed(job.runs) if each.state != RunState.RUNNING]
    lengths = [(each.seconds or 0.0, str(each.state)) for each in ended]
    return Row(
        job=job,
        title=gettext(job.title),
        schedule=schedule_words(job),
        bars=small_bars(lengths, SPARK_WIDTH, SPARK_HEIGHT),
        bars_text=_bars_text(ended),
    )


def _bars_text(ended: list[RunView]) -> str:
    if not ended:
        return ""
    good = sum(run.state == RunState.OK for run in ended)
    return gettext(
        "最近 %(runs)s 次运行：成功 %(good)s 次，最长 %(longest)s",
        runs=number(len(ended)),
        good=number(good),
        longest=length_words(max(run.seconds or 0.0 for run in ended)),
    )


def _words(now: dt.datetime) -> dict[str, object]:
    return {
        "state_names": STATE_NAMES,
        "counts_words": counts_words,
        "length_words": length_words,
        "moment_words": moment_words,
        "from_now": lambda moment: from_now(moment - now),
    }


def _runs_url(wanted: RunFilter, page: int) -> str:
    return url_for(
        "admin_jobs.runs",
        job=wanted.job or None,
        state=wanted.state or None,
        page=page if page > 1 else None,
    )
