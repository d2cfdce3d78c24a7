"""One slot of the knowledge map: its history, and everything its keepers can do with it."""

import re
from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue.knowledge_map import SlotNotFound, slot_of
from portal.catalogue.slot_cards import cards_of
from portal.catalogue.slots import (
    NotKeeper,
    SlotError,
    SlotRule,
    add_slot,
    clear_slot,
    confirm_slot,
    fill_slot,
    history_of,
    retire_slot,
    set_rule,
)
from portal.db import utcnow
from portal.models import Visibility
from portal.search import BadRequest, IndexUnavailable, SearchRequest
from portal.search.types import Hit
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.knowledge_map import keeps
from portal.web.messages import LazyText, gettext, lazy_gettext
from portal.web.viewer import current_viewer

SLOT_ID = "<int(max=2147483647):slot_id>"
LARGEST = 2_147_483_647
FOUND = 5
SENTENCES: dict[str, LazyText] = {
    "closed": lazy_gettext(
        "这份资料不能放进地图：地图里只放已经发布、所有同事都能看的资料。什么都没有改动。"
    ),
    "changed": lazy_gettext(
        "就在刚才，有同事换过这个模板位。什么都没有改动，请看过现在的内容再决定。"
    ),
    "empty": lazy_gettext("这个模板位现在是空的，没有可以处理的资料。"),
    "reason": lazy_gettext("请写一句为什么取下，接手的同事会看到。什么都没有改动。"),
    "days": lazy_gettext("刷新周期应是 1 到 3650 之间的天数，不按时间刷新就留空。什么都没有改动。"),
    "steward": lazy_gettext("没有这个登录名的同事。什么都没有改动，请检查后再保存。"),
    "source": lazy_gettext("找不到这份来源资料，或者不是所有同事都能看。什么都没有改动。"),
    "itself": lazy_gettext("来源资料不能是模板位里的这份资料自己。什么都没有改动。"),
    "known": lazy_gettext("这个阶段已经有这种模板位了。"),
    "code": lazy_gettext("没有这个阶段或者类型。什么都没有改动。"),
}

_DOCUMENT = re.compile(r"(?:^|/documents/)([0-9]{1,10})(?![0-9])")

blueprint = Blueprint("slots", __name__, url_prefix="/map")

Change = Callable[[Session], object]


@blueprint.get(f"/slots/{SLOT_ID}")
def show(slot_id: int) -> str:
    """What stands in a slot, what could, its rule and its history."""
    viewer, now = current_viewer(), utcnow()
    with services().db.read() as session:
        try:
            slot = slot_of(session, slot_id, now)
        except SlotNotFound:
            abort(404)
        card = cards_of(session, viewer, [slot])[0]
        history = history_of(session, viewer, slot_id)
    may_keep = keeps(slot.industry)
    text = request.args.get("q", "").strip() if may_keep else ""
    return render_template(
        "map/slot.html",
        taxonomy=services().taxonomy(),
        card=card,
        history=history,
        may_keep=may_keep,
        text=text,
        hits=_found(text) if text else [],
    )


@blueprint.post(f"/slots/{SLOT_ID}/fill")
def fill(slot_id: int) -> Response:
    """Put a document into the slot: one tap on a candidate, or on a result of its search."""
    document_id, seen = _number("document"), _number("seen")
    if document_id is None:
        abort(400)
    reason = request.form.get("reason", "")
    return _change(
        slot_id,
        lambda session: fill_slot(
            session, slot_id, document_id, _actor(), utcnow(), seen=seen, reason=reason
        ),
        gettext("已放进地图，同事现在就能看到。"),
    )


@blueprint.post(f"/slots/{SLOT_ID}/confirm")
def confirm(slot_id: int) -> Response:
    """Vouch that the document is still right."""
    return _change(
        slot_id,
        lambda session: confirm_slot(session, slot_id, _actor(), utcnow()),
        gettext("已记下：仍然有效，从今天起重新计算到期日。"),
    )


@blueprint.post(f"/slots/{SLOT_ID}/clear")
def clear(slot_id: int) -> Response:
    """Take the document out, with a reason."""
    reason = request.form.get("reason", "")
    return _change(
        slot_id,
        lambda session: clear_slot(session, slot_id, _actor(), utcnow(), reason),
        gettext("已取下。资料还在资料库里，这里现在空缺。"),
    )


@blueprint.post(f"/slots/{SLOT_ID}/rule")
def rule(slot_id: int) -> Response:
    """Settle when the slot is looked at again, and by whom."""
    wanted = SlotRule(
        _days("refresh_days"),
        _source(),
        request.form.get("steward", "").strip(),
    )
    return _change(
        slot_id,
        lambda session: set_rule(session, slot_id, wanted, _actor()),
        gettext("刷新规则已保存。"),
    )


@blueprint.post(f"/slots/{SLOT_ID}/retire")
def retire(slot_id: int) -> Response:
    """Say that the slot is no longer needed."""
    with services().db.read() as session:
        try:
            slot = slot_of(session, slot_id, utcnow())
        except SlotNotFound:
            abort(404)
    back = url_for("knowledge_map.show", industry=slot.industry, stage=slot.stage)
    return _change(
        slot_id,
        lambda session: retire_slot(session, slot_id, _actor(), utcnow()),
        gettext("这个模板位已从地图上去掉，历史还留着；以后再加回来，内容也会回来。"),
        back,
    )


@blueprint.post("/<industry>/slots")
def add(industry: str) -> Response:
    """Say that the industry needs a kind at a stage."""
    stage, kind = request.form.get("stage", ""), request.form.get("kind", "")
    back = url_for("knowledge_map.show", industry=industry, stage=stage)
    return _change(
        None,
        lambda session: add_slot(
            session, (industry, stage, kind), _days("refresh_days"), _actor(), utcnow()
        ),
        gettext("已加上新的模板位。"),
        back,
    )


def _change(slot_id: int | None, change: Change, done: str, back: str = "") -> Response:
    try:
        with services().db.write() as session:
            change(session)
        flash(done, "done")
    except SlotNotFound:
        abort(404)
    except NotKeeper:
        abort(403)
    except SlotError as error:
        flash(str(SENTENCES[error.reason]), "problem")
    wanted = request.form.get("next", "")
    if wanted:
        return redirect(safe_path(wanted), 303)
    return redirect(back or url_for("slots.show", slot_id=slot_id), 303)


def _found(text: str) -> list[Hit]:
    """Documents to choose from; a search that cannot be answered offers none."""
    try:
        page = services().search.search(
            SearchRequest(text[:500], page_size=FOUND), current_viewer()
        )
    except (BadRequest, IndexUnavailable):
        return []
    # What not everyone may read cannot stand in a slot.
    return [hit for hit in page.hits if hit.document.visibility == Visibility.EVERYONE]


def _number(field: str) -> int | None:
    """A document's number from the form, ``None`` where the field is empty."""
    value = request.form.get(field, "").strip()
    if not value:
        return None
    if not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:11]) <= LARGEST:
        abort(400)
    return int(value)


def _days(field: str) -> int | None:
    """A number that a person typed; what is none becomes one that the service refuses."""
    value = request.form.get(field, "").strip()
    if not value:
        return None
    plain = value.isascii() and value.isdecimal() and len(value) <= len(str(LARGEST))
    return min(int(value), LARGEST) if plain else 0


def _source() -> int | None:
    """The document that was named by its number or its address; 0 where neither was given."""
    value = request.form.get("source", "").strip()
    if not value:
        return None
    named = _DOCUMENT.search(value)
    return min(int(named[1]), LARGEST) if named else 0


def _actor() -> int:
    user_id = current_viewer().user_id
    if user_id is None:
        raise NotKeeper
    return user_id
