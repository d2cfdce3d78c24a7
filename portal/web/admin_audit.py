"""The audit log: searched by person, act, subject and period, and taken away as a table."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import audit
from portal.accounts import people
from portal.audit import Act, AuditFilter, Entry
from portal.audit.export import CSV_HEADER, csv_row
from portal.db import utcnow
from portal.upkeep.auditing import audit_rows, whole_audit
from portal.web.addresses import page_number
from portal.web.audit_details import Known, details_words
from portal.web.audit_words import ACTS, GROUPS, act_name, subject_name, way_name
from portal.web.context import services
from portal.web.job_words import moment_words
from portal.web.language import name_here
from portal.web.pager import make_pager
from portal.web.tables import CSV_TYPE, Table, to_csv

PAGE = 50
LONGEST_FIELD = 64
# One answer is one file in memory; the command line writes any number of rows.
MOST_EXPORTED = 50_000

blueprint = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, as it was typed; dates are ISO."""

    person: str
    action: str
    subject: str
    since: str
    until: str

    @property
    def parameters(self) -> dict[str, str]:
        """What an address must carry to ask the same."""
        named = {
            "person": self.person,
            "action": self.action,
            "subject": self.subject,
            "since": self.since,
            "until": self.until,
        }
        return {name: value for name, value in named.items() if value}


@blueprint.get("")
def show() -> str:
    """The rows that were asked for, the latest first, by pages."""
    asked, page = _asked(), page_number(request.args.get("page", "1"))
    if page is None:
        abort(404)
    wanted = _filter(asked)
    with services().db.read() as session:
        rows, total = audit_rows(session, wanted, (page - 1) * PAGE, PAGE)
        end = audit.head(session)
        units = {code: name_here(zh, en) for code, zh, en in people.units(session)}
    pages = max(1, -(-total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "admin/audit.html",
        sought=asked,
        rows=rows,
        total=total,
        end=end,
        acts=ACTS,
        groups=GROUPS,
        most_exported=MOST_EXPORTED,
        details_words=details_words,
        known=Known(services().taxonomy(), units),
        subject_url=_subject_url,
        act_name=act_name,
        subject_name=subject_name,
        way_name=way_name,
        moment_words=moment_words,
        pager=make_pager(page, pages, lambda each: _url(asked, each)),
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """The same rows in their order as a table; that they were taken is itself recorded."""
    asked = _asked()
    wanted = _filter(asked)
    with services().db.read() as session:
        _some, total = audit_rows(session, wanted, 0, 1)
        if total > MOST_EXPORTED:
            abort(413)
        rows = tuple(tuple(csv_row(entry)) for entry in whole_audit(session, wanted))
    with services().db.write() as session:
        details = {"rows": len(rows), "format": "csv", **asked.parameters}
        audit.record(session, Act.AUDIT_EXPORTED, details=details)
    response = Response(to_csv(Table("audit", "audit", CSV_HEADER, rows)), mimetype=CSV_TYPE)
    name = f"audit-{utcnow().astimezone(services().settings.timezone):%Y%m%d-%H%M}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _asked() -> Asked:
    typed = {
        name: request.args.get(name, "").strip()[:LONGEST_FIELD]
        for name in ("person", "action", "subject", "since", "until")
    }
    return Asked(**typed)


def _filter(asked: Asked) -> AuditFilter:
    until = _day(asked.until)
    return AuditFilter(
        person=asked.person,
        action=asked.action,
        subject=asked.subject,
        since=_day(asked.since),
        until=until + dt.timedelta(days=1) if until else None,
    )


def _day(text: str) -> dt.datetime | None:
    """The day's first moment in the portal's time zone; what is no day asks for nothing."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return dt.datetime.combine(day, dt.time(), services().settings.timezone)


def _url(asked: Asked, page: int) -> str:
    parameters: dict[str, Any] = dict(asked.parameters)
    if page > 1:
        parameters["page"] = page
    return url_for("admin_audit.show", **parameters)


def _subject_url(entry: Entry) -> str:
    """Where what the row is about can be seen, or ``""``."""
    if entry.subject is None:
        return ""
    if entry.subject.kind == "document":
        return url_for("documents.show", document_id=int(entry.subject.id))
    if entry.subject.kind == "slot":
        return url_for("slots.show", slot_id=int(entry.subject.id))
    return ""
