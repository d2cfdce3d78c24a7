"""Feeds: the newest documents of an industry or of a saved search, for feed readers."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import Viewer
from portal.db import utcnow
from portal.push.addresses import (
    Subscriber,
    addresses_of,
    make_address,
    revoke_address,
    saved_search_of,
    subscriber,
)
from portal.push.feed_xml import Outline, opml
from portal.push.feeds import FORMATS, FeedPress, FeedSource, Format
from portal.push.saved import request_of, saved_searches
from portal.search import SearchRequest
from portal.web.addresses import search_url
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.viewer import current_viewer

NARROWED_BY = ("work_type", "stage", "kind")
FORM = f"<any({','.join(FORMATS)}):form>"
TOKEN = "<token>"  # noqa: S105 - a part of a route
_EXTENSION = "portal_feeds"

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    state.app.extensions[_EXTENSION] = FeedPress(state.app.extensions["portal"])
    state.app.jinja_env.globals.update(industry_feed_url=industry_feed_url)


def industry_feed_url(industry: str, form: str, filters: Any = None) -> str:
    """The public address of an industry's feed; of ``filters`` it keeps what a feed can have."""
    narrowed = {name: codes[0] for name, codes in (filters or {}).items() if name in NARROWED_BY}
    return url_for("feeds.industry", code=industry, form=form, **narrowed)


@blueprint.get(f"/industry/<code>.{FORM}")
def industry(code: str, form: Format) -> Response:
    """What everyone may read of an industry."""
    return _answer(_industry_source(code, Viewer.anonymous(), "", request.full_path), form)


@blueprint.get(f"/p/{TOKEN}/industry/<code>.{FORM}")
def personal_industry(token: str, code: str, form: Format) -> Response:
    """What the owner of a personal address may read of an industry."""
    with services().db.read() as session:
        reader = _subscriber(session, token)
    if reader.saved_search_id is not None:
        abort(404)
    owner = f"person/{reader.user_id}/"
    return _answer(_industry_source(code, reader.viewer, owner, request.full_path), form)


@blueprint.get(f"/search/{TOKEN}", defaults={"form": "atom"})
@blueprint.get(f"/search/{TOKEN}.{FORM}")
def saved_search(token: str, form: Format) -> Response:
    """What a saved search finds for its owner."""
    with services().db.read() as session:
        reader = _subscriber(session, token)
        row = saved_search_of(session, reader)
        if row is None:
            abort(404)
        asked = request_of(row)
        source = FeedSource(
            name=f"search/{row.id}",
            title=row.name,
            page=search_url(asked),
            path=request.path,
            request=asked,
            viewer=reader.viewer,
        )
    return _answer(source, form)


@blueprint.get("/mine.opml")
def mine() -> Response:
    """All feeds of whoever is signed in, for a feed reader to take in at once."""
    viewer = current_viewer()
    return _opml(viewer.user_id)


@blueprint.get(f"/p/{TOKEN}/mine.opml")
def personal_opml(token: str) -> Response:
    """The same for a program that cannot sign in."""
    with services().db.read() as session:
        reader = _subscriber(session, token)
    if reader.saved_search_id is not None:
        abort(404)
    return _opml(reader.user_id)


@blueprint.get("")
def show() -> str:
    """The feeds, with this person's own addresses."""
    viewer = current_viewer()
    with services().db.read() as session:
        personal = addresses_of(session, _secret(), viewer.user_id) if viewer.user_id else []
        kept = saved_searches(session, viewer.user_id) if viewer.user_id else ()
    return render_template(
        "feeds/show.html",
        taxonomy=services().taxonomy(),
        personal=next((each for each in personal if each.saved_search_id is None), None),
        by_search={each.saved_search_id: each for each in personal},
        saved=[each for each in kept if each.in_feed],
        root=root(),
    )


@blueprint.post("/address")
def renew() -> Response:
    """Make a personal address; an older one stops working."""
    user_id = _signed_in()
    with services().db.write() as session:
        make_address(session, _secret(), user_id, utcnow())
    flash(gettext("新地址已经生成，旧地址不再可用。"), "done")
    return redirect(url_for("feeds.show"), 303)


@blueprint.post("/address/<int(max=2147483647):address_id>/revoke")
def revoke(address_id: int) -> Response:
    """End a personal address."""
    with services().db.write() as session:
        if not revoke_address(session, _signed_in(), address_id, utcnow()):
            abort(404)
    flash(gettext("地址已停用，用它订阅的阅读器不会再收到内容。"), "done")
    return redirect(url_for("feeds.show"), 303)


def root() -> str:
    """The portal's address as feeds name it, without a slash at the end."""
    return services().settings.base_url or request.url_root.rstrip("/")


def _industry_source(code: str, viewer: Viewer, owner: str, path: str) -> FeedSource:
    taxonomy = services().taxonomy()
    if code not in taxonomy.codes("industry"):
        abort(404)
    chosen = {name: value for name in NARROWED_BY if (value := request.args.get(name))}
    asked = SearchRequest("", {"industry": (code,), **{k: (v,) for k, v in chosen.items()}})
    names = [taxonomy.name("industry", code, "zh")]
    names += [taxonomy.name(name, value, "zh") for name, value in chosen.items()]
    narrowed = "&".join(f"{name}={value}" for name, value in chosen.items())
    return FeedSource(
        name=f"{owner}industry/{code}" + (f"?{narrowed}" if narrowed else ""),
        title=" · ".join(names),
        page=search_url(asked),
        path=request.path + (f"?{narrowed}" if narrowed else ""),
        request=asked,
        viewer=viewer,
    )


def _answer(source: FeedSource, form: Format) -> Response:
    press: FeedPress = current_app.extensions[_EXTENSION]
    feed = press.feed(source, form, root())
    response = current_app.response_class(feed.body, mimetype=feed.media_type)
    response.set_etag(feed.etag)
    response.last_modified = feed.modified_at
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _opml(user_id: int | None) -> Response:
    taxonomy = services().taxonomy()
    with services().db.read() as session:
        found = addresses_of(session, _secret(), user_id) if user_id else []
        kept = {each.id: each for each in saved_searches(session, user_id)} if user_id else {}
    tokens = {each.saved_search_id: each.token for each in found if each.token}
    outlines = []
    for term in taxonomy.terms["industry"]:
        path = url_for("feeds.industry", code=term.code, form="atom")
        if None in tokens:
            path = url_for(
                "feeds.personal_industry", token=tokens[None], code=term.code, form="atom"
            )
        page = search_url(SearchRequest("", {"industry": (term.code,)}))
        outlines.append(Outline(term.zh, root() + path, root() + page))
    for search_id, row in kept.items():
        if search_id in tokens and row.in_feed:
            path = url_for("feeds.saved_search", token=tokens[search_id], form="atom")
            outlines.append(Outline(row.name, root() + path, root() + search_url(row.request)))
    response = current_app.response_class(
        opml(gettext("知识门户：我的订阅"), outlines), mimetype="text/x-opml"
    )
    response.headers["Content-Disposition"] = "attachment; filename=mine.opml"
    return response


def _subscriber(session: Session, token: str) -> Subscriber:
    found = subscriber(session, token)
    if found is None:
        abort(404)
    return found


def _signed_in() -> int:
    user_id = current_viewer().user_id
    if user_id is None:
        abort(403)
    return user_id


def _secret() -> str:
    return str(current_app.secret_key)
