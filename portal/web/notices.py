"""A person's notices: the bell's page."""

import datetime as dt
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from portal.catalogue import documents_for
from portal.catalogue.comments import comment_texts
from portal.db import utcnow
from portal.models import NoticeKind
from portal.notices import inbox
from portal.notices.inbox import Inbox, NoticeView
from portal.notices.wording import is_hidden
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.messages import gettext, number
from portal.web.notice_wording import KINDS, kind_name, sentence, target
from portal.web.pager import Link, make_pager
from portal.web.viewer import current_user_id, current_viewer
from portal.web.wording import human_date

PAGE = 40
LONGEST_EXCERPT = 120
MANY = 99
NUMBER = "<int(max=2147483647):number>"

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in words; ``excerpt`` is what a colleague wrote, or empty."""

    notice: NoticeView
    text: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Day:
    """The notices of one day in the portal's time zone."""

    moment: dt.datetime
    name: str
    rows: tuple[Row, ...]


@blueprint.record_once
def _bell(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(MANY_NOTICES=MANY, kind_name=kind_name)


@blueprint.get("")
def show() -> str:
    """Notices, newest first, by day; of one kind or all, unread or all."""
    kind, unread = request.args.get("kind", ""), request.args.get("list") == "unread"
    page = page_number(request.args.get("page", "1"))
    if page is None or (kind and kind not in set(NoticeKind)):
        abort(404)
    with services().db.read() as session:
        found = inbox.inbox_of(
            session,
            current_user_id(),
            kind=kind,
            unread_only=unread,
            offset=(page - 1) * PAGE,
            limit=PAGE,
        )
    pages = max(1, -(-found.total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "notices/list.html",
        found=found,
        days=_days(_rows(found.notices)),
        tabs=_tabs(kind, unread, found),
        kinds=_kinds(kind, unread, found),
        chosen=kind,
        unread_only=unread,
        newest=max((notice.id for notice in found.notices), default=0),
        pager=make_pager(page, pages, lambda each: _url(kind, unread, each)),
    )


@blueprint.get(f"/{NUMBER}")
def follow(number: int) -> Response:
    """Mark a notice read and go to what it is about."""
    with services().db.read() as session:
        notice = inbox.notice_of(session, current_user_id(), number)
    if notice is None:
        abort(404)
    # Browsers fetch ahead what they guess will be opened; the guess has not read it.
    if not notice.is_read and "prefetch" not in request.headers.get("Sec-Purpose", ""):
        with services().db.write() as session:
            inbox.mark_read(session, current_user_id(), number, utcnow())
    return redirect(target(notice, _titles([notice]).get(notice.document_id or 0)), 303)


@blueprint.post(f"/{NUMBER}/read")
def read(number: int) -> Response:
    """Mark one notice read and stay."""
    with services().db.write() as session:
        inbox.mark_read(session, current_user_id(), number, utcnow())
    return _back()


@blueprint.post("/read")
def read_all() -> Response:
    """Mark all notices read that the page showed or could have shown."""
    newest = page_number(request.form.get("newest", ""))
    if newest is None:
        abort(400)
    kind = request.form.get("kind", "")
    with services().db.write() as session:
        inbox.mark_all_read(session, current_user_id(), utcnow(), kind=kind, up_to=newest)
    return _back()


def _back() -> Response:
    kind = request.form.get("kind", "")
    return redirect(_url(kind if kind in set(NoticeKind) else "", "unread" in request.form), 303)


def _rows(found: Iterable[NoticeView]) -> list[Row]:
    found = tuple(found)
    titles = _titles(found)
    said = _excerpts([notice for notice in found if notice.document_id in titles])
    return [
        Row(
            notice,
            sentence(notice, title),
            "" if is_hidden(notice, title) else said.get(notice.id, ""),
        )
        for notice in found
        for title in (titles.get(notice.document_id or 0),)
    ]


def _titles(found: Iterable[NoticeView]) -> dict[int, str]:
    """The titles of those documents that the reader may read now, whatever was true then."""
    ids = list({notice.document_id for notice in found if notice.document_id is not None})
    with services().db.read() as session:
        readable = documents_for(session, current_viewer(), ids)
    return {document_id: summary.title for document_id, summary in readable.items()}


def _excerpts(found: list[NoticeView]) -> dict[int, str]:
    """What colleagues wrote, as it now stands, by notice."""
    said = {notice.id: notice.data["comment_id"] for notice in found if "comment_id" in notice.data}
    with services().db.read() as session:
        texts = comment_texts(session, set(said.values()))
    shown = {notice_id: texts.get(comment_id, "") for notice_id, comment_id in said.items()}
    remarks = {
        notice.id: str(notice.data["comment"]) for notice in found if "comment" in notice.data
    }
    return {key: _short(text) for key, text in {**shown, **remarks}.items()}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else line[: LONGEST_EXCERPT - 1] + "…"


def _days(rows: list[Row]) -> list[Day]:
    zone = services().settings.timezone
    now = utcnow().astimezone(zone)
    days = itertools.groupby(rows, key=lambda row: row.notice.at.astimezone(zone).date())
    groups = [tuple(group) for _day, group in days]
    return [
        Day(group[0].notice.at, human_date(group[0].notice.at.astimezone(zone), now), group)
        for group in groups
    ]


def _tabs(kind: str, unread: bool, found: Inbox) -> list[Link]:
    count = found.kinds[kind].unread if kind in found.kinds else (0 if kind else found.unread)
    waiting = gettext("未读 %(count)s", count=number(count)) if count else gettext("未读")
    return [
        Link(gettext("全部"), _url(kind, False), not unread),
        Link(waiting, _url(kind, True), unread),
    ]


def _kinds(kind: str, unread: bool, found: Inbox) -> list[Link]:
    present = [each for each in KINDS if each in found.kinds or each == kind]
    return [Link(gettext("各类"), _url("", unread), not kind)] + [
        Link(kind_name(each), _url(each, unread), each == kind) for each in present
    ]


def _url(kind: str, unread: bool, page: int = 1) -> str:
    return url_for(
        "notices.show",
        kind=kind or None,
        list="unread" if unread else None,
        page=page if page > 1 else None,
    )
