"""After how many days documents of each kind are to be checked."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.catalogue import LifeCycleError
from portal.catalogue.validity import LONGEST_DAYS, OTHER, review_periods, set_review_periods
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.life import SENTENCES
from portal.web.messages import gettext

blueprint = Blueprint("admin_review_periods", __name__, url_prefix="/admin/review-periods")


@blueprint.get("")
def show() -> str:
    """The days by kind."""
    return _page(_stored(), "")


@blueprint.post("")
def save() -> Response | tuple[str, int]:
    """Store the days, all or none."""
    typed = {kind: request.form.get(f"days-{kind}", "").strip() for kind in _stored()}
    days = {kind: page_number(text) or 0 for kind, text in typed.items()}
    try:
        with services().db.write() as session:
            set_review_periods(session, days)
    except LifeCycleError as error:
        return _page(typed, str(SENTENCES[error.code])), 422
    flash(gettext("已保存。下次发布、更新或确认时按新的天数计算。"), "done")
    return redirect(url_for("admin_review_periods.show"), 303)


def _stored() -> dict[str, str]:
    with services().db.read() as session:
        periods = review_periods(session)
    kinds = [*services().taxonomy().codes("kind"), OTHER]
    return {kind: str(periods.get(kind, periods[OTHER])) for kind in kinds}


def _page(days: dict[str, str], problem: str) -> str:
    return render_template(
        "admin/review_periods.html",
        days=days,
        problem=problem,
        longest=LONGEST_DAYS,
        taxonomy=services().taxonomy(),
    )
