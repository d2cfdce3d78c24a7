"""Searches that people keep: save one from its results, name it, choose how it reaches them."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.db import utcnow
from portal.push.addresses import addresses_of
from portal.push.saved import (
    MOST_EACH,
    SavedSearchError,
    Ways,
    change_search,
    remove_search,
    save_search,
    saved_searches,
)
from portal.web.addresses import parse_search
from portal.web.chips import condition_names
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.viewer import current_viewer

SEARCH_ID = "<int(max=2147483647):search_id>"

blueprint = Blueprint("saved_searches", __name__, url_prefix="/saved")


@blueprint.get("")
def show() -> str:
    """The searches that this person keeps."""
    user_id = _signed_in()
    with services().db.read() as session:
        rows = saved_searches(session, user_id)
        own = addresses_of(session, str(current_app.secret_key), user_id)
    taxonomy = services().taxonomy()
    return render_template(
        "saved/list.html",
        rows=rows,
        tokens={each.saved_search_id: each.token for each in own if each.token},
        conditions={row.id: condition_names(row.request, taxonomy) for row in rows},
        root=services().settings.base_url or request.url_root.rstrip("/"),
    )


@blueprint.get("/new")
def new() -> str:
    """What to call a search that is being saved, and how it shall reach the person."""
    _signed_in()
    asked = parse_search(request.args)
    if not (asked.text or asked.filters):
        abort(404)
    names = condition_names(asked, services().taxonomy())
    suggested = " · ".join((asked.text, *names) if asked.text else names)
    return render_template("saved/new.html", asked=asked, suggested=suggested, problem="")


@blueprint.post("")
def save() -> Response | tuple[str, int]:
    """Save a search."""
    _signed_in()
    asked = parse_search(request.form)
    try:
        with services().db.write() as session:
            save_search(
                session,
                services().search,
                str(current_app.secret_key),
                current_viewer(),
                request.form.get("name", ""),
                asked,
                _ways(),
                utcnow(),
            )
    except SavedSearchError as error:
        problem = _problem(error)
        name = request.form.get("name", "")
        page = render_template("saved/new.html", asked=asked, suggested=name, problem=problem)
        return page, 422
    flash(gettext("已保存。以后有新资料符合，就按您选的方式告诉您。"), "done")
    return redirect(url_for("saved_searches.show"), 303)


@blueprint.post(f"/{SEARCH_ID}")
def change(search_id: int) -> Response:
    """Rename a saved search, or choose other ways."""
    with services().db.write() as session:
        changed = change_search(
            session,
            str(current_app.secret_key),
            _signed_in(),
            search_id,
            request.form.get("name", ""),
            _ways(),
            utcnow(),
        )
    if not changed:
        abort(404)
    flash(gettext("改好了。"), "done")
    return redirect(url_for("saved_searches.show"), 303)


@blueprint.post(f"/{SEARCH_ID}/stop")
def stop(search_id: int) -> Response:
    """Stop everything that a saved search sends, with one click; the search itself is kept."""
    with services().db.write() as session:
        stopped = change_search(
            session,
            str(current_app.secret_key),
            _signed_in(),
            search_id,
            request.form.get("name", ""),
            Ways(),
            utcnow(),
        )
    if not stopped:
        abort(404)
    flash(gettext("已停止提醒，搜索还在，随时可以重新打开。"), "done")
    return redirect(url_for("saved_searches.show"), 303)


@blueprint.post(f"/{SEARCH_ID}/remove")
def remove(search_id: int) -> Response:
    """Forget a saved search."""
    with services().db.write() as session:
        removed = remove_search(session, _signed_in(), search_id)
    if not removed:
        abort(404)
    flash(gettext("已删除。"), "done")
    return redirect(url_for("saved_searches.show"), 303)


def _ways() -> Ways:
    chosen = set(request.form.getlist("ways"))
    return Ways(
        in_feed="feed" in chosen,
        in_digest="digest" in chosen,
        by_mail="mail" in chosen,
        at_once="at-once" in chosen,
    )


def _problem(error: SavedSearchError) -> str:
    if error.reason == "many":
        return gettext(
            "每人最多保存 %(most)s 个搜索，这一个没有保存。请先删掉不用的。", most=MOST_EACH
        )
    if error.reason == "long":
        return gettext("搜索词太长，没有保存。请减少几个词再试。")
    return gettext("没有搜索词也没有筛选条件，没有可保存的。请先搜索。")


def _signed_in() -> int:
    user_id = current_viewer().user_id
    if user_id is None:
        abort(403)
    return user_id
