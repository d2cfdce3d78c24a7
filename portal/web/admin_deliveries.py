"""How sending stands: whether mail is set up, what waits, what could not be sent and why."""

import datetime as dt

from flask import Blueprint, render_template

from portal.db import utcnow
from portal.push.ledger import ledger_status
from portal.web.context import services

DAYS = 7

blueprint = Blueprint("admin_deliveries", __name__, url_prefix="/admin/deliveries")


@blueprint.get("")
def show() -> str:
    """The ledger of the last days."""
    with services().db.read() as session:
        since = utcnow() - dt.timedelta(days=DAYS)
        status = ledger_status(services().settings, session, since)
    return render_template("admin/deliveries.html", status=status, days=DAYS)
