"""A person's own reading history: to see, and to erase."""

import datetime as dt
from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue import history
from portal.db import utcnow
from portal.models import EventKind
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.messages import LazyText, gettext, lazy_gettext, ngettext
from portal.web.pager import make_pager
from portal.web.viewer import current_viewer

PAGE = 50
DONE = "history"
EVENT_NAMES: Mapping[EventKind, LazyText] = {
    EventKind.VIEW: lazy_gettext("看过"),
    EventKind.DOWNLOAD: lazy_gettext("下载过"),
    EventKind.FAVOURITE: lazy_gettext("收藏过"),
    EventKind.APPLY: lazy_gettext("用过"),
    EventKind.SEARCH_OPEN: lazy_gettext("从搜索打开"),
}

blueprint = Blueprint("history", __name__, url_prefix="/history")


@blueprint.get("")
def show() -> str:
    """What the colleague read, newest first."""
    page = page_number(request.args.get("page", "1"))
    if page is None:
        abort(404)
    with services().db.read() as session:
        found = history.history_of(session, current_viewer(), offset=(page - 1) * PAGE, limit=PAGE)
    pages = max(1, -(-found.total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "settings/history.html",
        found=found,
        page=page,
        names=EVENT_NAMES,
        pager=make_pager(page, pages, _url),
    )


@blueprint.post("/<int(max=2147483647):number>/erase")
def erase(number: int) -> Response:
    """Erase one entry."""
    with services().db.write() as session:
        gone = history.erase_reading(session, current_viewer(), number, _today())
    if gone:
        flash(gettext("这条记录已清除。"), DONE)
    return redirect(_url(page_number(request.form.get("page", "1")) or 1), 303)


@blueprint.post("/erase")
def erase_all() -> Response:
    """Erase everything."""
    with services().db.write() as session:
        gone = history.erase_history(session, current_viewer(), _today())
    flash(ngettext("%(num)s 条阅读记录已清除。", "%(num)s 条阅读记录已清除。", gone), DONE)
    return redirect(_url(1), 303)


def _today() -> dt.date:
    return utcnow().astimezone(services().settings.timezone).date()


def _url(page: int) -> str:
    return url_for("history.show", page=page if page > 1 else None)
