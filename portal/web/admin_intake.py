"""What comes in by itself: the ways, the help that is installed, and the files that failed."""

import time
from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.db import utcnow
from portal.ingest import failures, libreoffice, ocr, scan
from portal.ingest.failures import FailureView, Intake
from portal.ingest.pipeline import Outcome
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.messages import gettext, number
from portal.web.pager import Link, make_pager
from portal.web.sentences import said

PAGE = 50
FAILURE_ID = "<int(max=2147483647):failure_id>"
# A person waits for the answer: what is not tried by then is left for the next press.
RETRY_SECONDS = 20.0

blueprint = Blueprint("admin_intake", __name__, url_prefix="/admin/intake")


@dataclass(frozen=True, slots=True)
class Way:
    """A way in or a help, whether it is in use, and what that means or what to do for it."""

    name: str
    is_on: bool
    note: str


@blueprint.get("")
def show() -> str:
    """The ways, the help, and one of the two lists of failures, by pages."""
    chosen = request.args.get("list", "open")
    page = page_number(request.args.get("page", "1"))
    if chosen not in ("open", "settled") or page is None:
        abort(404)
    with services().db.read() as session:
        rows, total = failures.list_failures(
            session, is_open=chosen == "open", offset=(page - 1) * PAGE, limit=PAGE
        )
        waiting = failures.open_failures(session)
        retryable = len(failures.retryable(session))
    pages = max(1, -(-total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "admin/intake.html",
        chosen=chosen,
        rows=rows,
        places=[_place(row) for row in rows],
        retryable=retryable,
        ways=_ways(),
        helps=_helps(),
        tabs=_tabs(chosen, waiting),
        pager=make_pager(page, pages, lambda each: _url(chosen, each)),
    )


@blueprint.post(f"/{FAILURE_ID}/retry")
def retry(failure_id: int) -> Response:
    """Try one file again."""
    outcome = failures.retry(_intake(), failure_id)
    if outcome is not None:
        _say(outcome)
    return redirect(_url("open"), 303)


@blueprint.post("/retry")
def retry_all() -> Response:
    """Try the files again whose originals were kept, as far as a page may take."""
    with services().db.read() as session:
        ids = failures.retryable(session)
    counts: Counter[str] = Counter()
    deadline = time.monotonic() + RETRY_SECONDS
    for failure_id in ids:
        if time.monotonic() > deadline:
            break
        outcome = failures.retry(_intake(), failure_id)
        counts["gone" if outcome is None else outcome.status] += 1
    done, left = counts["added"] + counts["duplicate"], len(ids) - counts.total()
    text = gettext("重试了 %(tried)s 个文件，%(done)s 个已收录。", tried=counts.total(), done=done)
    if left:
        text += gettext("还有 %(left)s 个没轮到，请再按一次。", left=left)
    flash(text, "done" if done or not counts.total() else "problem")
    return redirect(_url("open"), 303)


@blueprint.post(f"/{FAILURE_ID}/dismiss")
def dismiss(failure_id: int) -> Response:
    """Take a failure off the list without taking the file in."""
    with services().db.write() as session:
        if failures.set_aside(session, failure_id, utcnow()):
            flash(gettext("已不再处理这个文件。"), "done")
    return redirect(_url("open"), 303)


def _intake() -> Intake:
    ours = services()
    return Intake(ours.db, ours.blobs, ours.taxonomy(), ours.limits)


def _say(outcome: Outcome) -> None:
    if outcome.status == "failed":
        flash(gettext("还是没有收录：%(why)s", why=said(outcome.message)), "problem")
    elif outcome.status == "duplicate":
        flash(gettext("这份文件已经在资料库里，不用再收录。"), "done")
    else:
        flash(gettext("已收录《%(title)s》。", title=outcome.title), "done")


def _place(row: FailureView) -> str:
    """Where a file came from, without repeating its name at the end of the path."""
    names = {
        "folder": gettext("命令行"),
        "watch": gettext("监控文件夹"),
        "mail": gettext("邮件"),
    }
    return names.get(row.source, row.source)


def _ways() -> list[Way]:
    settings = services().settings
    folder, host = settings.watch_dir, settings.mail_host
    return [
        Way(
            gettext("监控文件夹"),
            folder is not None,
            gettext("放进 %(folder)s 的文件，半分钟内收录为草稿。", folder=folder)
            if folder
            else gettext("设置 PORTAL_WATCH_DIR 后，放进那个文件夹的文件会自动收录为草稿。"),
        ),
        Way(
            gettext("收件邮箱"),
            bool(host),
            gettext("同事发到 %(user)s 的附件，一分钟内成为他的草稿。", user=settings.mail_user)
            if host
            else gettext("设置 PORTAL_MAIL_HOST 等项后，同事把附件发到邮箱就会成为自己的草稿。"),
        ),
    ]


def _helps() -> list[Way]:
    settings = services().settings
    return [
        Way(
            gettext("旧版 Office（doc、xls、ppt）"),
            settings.extras and libreoffice.is_present(),
            gettext("由 LibreOffice 转换，安装后自动启用。"),
        ),
        Way(
            gettext("扫描件和图片的文字识别"),
            settings.extras and ocr.is_present(),
            gettext("由 tesseract（chi_sim）识别，安装后自动启用。"),
        ),
        Way(
            gettext("病毒扫描"),
            bool(settings.clamd) and scan.is_answering(settings.clamd),
            gettext("clamd 没有响应，现在不能收录任何文件。请检查 PORTAL_CLAMD。")
            if settings.clamd and not scan.is_answering(settings.clamd)
            else gettext("由 clamd 扫描，用 PORTAL_CLAMD 指定它的地址。"),
        ),
    ]


def _tabs(chosen: str, waiting: int) -> list[Link]:
    left_out = gettext("没有收录 %(count)s", count=number(waiting))
    return [
        Link(left_out, _url("open"), chosen == "open"),
        Link(gettext("已经处理"), _url("settled"), chosen == "settled"),
    ]


def _url(chosen: str, page: int = 1) -> str:
    return url_for(
        "admin_intake.show",
        list=chosen if chosen != "open" else None,
        page=page if page > 1 else None,
    )
