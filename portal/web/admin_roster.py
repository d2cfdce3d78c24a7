"""Adding many people from a file: upload, look, then all or nothing."""

from typing import Any

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response

from portal.accounts import AccountError
from portal.accounts.roster import (
    MOST_BYTES,
    Roster,
    decode_roster,
    import_roster,
    read_roster,
    template,
)
from portal.db import utcnow
from portal.push.account_mail import invite
from portal.web.account_words import ROLE_NAMES, sentence
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.tables import CSV_TYPE

blueprint = Blueprint("admin_roster", __name__, url_prefix="/admin/people/import")


@blueprint.get("")
def show() -> str:
    """The page that takes the file."""
    return _page()


@blueprint.post("")
def look() -> Any:
    """What the file holds and what is wrong with it; nothing is written."""
    given = request.files.get("file")
    data = given.read(MOST_BYTES + 1) if given is not None else b""
    if len(data) > MOST_BYTES:
        return _page(problem=gettext("文件太大，一次最多 256 KB。请分成几个文件。")), 422
    text = decode_roster(data)
    with services().db.read() as session:
        roster = read_roster(session, text)
    return _page(roster, text), 422 if roster.faults else 200


@blueprint.post("/add")
def add() -> Any:
    """Add everybody that the file holds; it is checked again, since others work meanwhile."""
    text, settings = request.form.get("text", ""), services().settings
    try:
        with services().db.write() as session:
            roster = read_roster(session, text)
            if not roster.faults:
                added = import_roster(session, roster)
                invitations = [invite(session, settings, each, utcnow()) for each in added]
    except AccountError as error:
        return _page(problem=sentence(error)), 422
    if roster.faults:
        return _page(roster, text), 422
    return render_template(
        "admin/roster_done.html",
        invitations=[each for each in invitations if not each.is_mailed],
        mailed=sum(each.is_mailed for each in invitations),
        total=len(invitations),
    )


@blueprint.get("/template.csv")
def blank() -> Response:
    """The file to fill in."""
    response = make_response(template().encode())
    response.content_type = CSV_TYPE
    response.headers["Content-Disposition"] = "attachment; filename=people.csv"
    return response


def _page(roster: Roster | None = None, text: str = "", problem: str = "") -> str:
    return render_template(
        "admin/roster.html",
        roster=roster,
        text=text,
        problem=problem,
        sentence=sentence,
        role_names=ROLE_NAMES,
        taxonomy=services().taxonomy(),
    )
