"""A person's API tokens: make one, see what each may do and when it last did, take one back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from portal.accounts import tokens
from portal.accounts.tokens import DAYS, SCOPES, TokenError, TokenView
from portal.db import utcnow
from portal.models.tokens import LONGEST_TOKEN_NAME
from portal.web.context import services
from portal.web.messages import LazyText, gettext, lazy_gettext
from portal.web.viewer import current_user_id

DONE = "tokens"
SOON = dt.timedelta(days=7)
TOKEN_ID = "<int(max=2147483647):token_id>"  # noqa: S105 - a part of a route
SCOPE_NAMES: Mapping[str, LazyText] = {
    "search": lazy_gettext("搜索资料"),
    "documents:read": lazy_gettext("读资料、下载原件"),
    "documents:write": lazy_gettext("上传资料、修改草稿、提交审核"),
    "events:write": lazy_gettext("记录阅读、下载、收藏和使用"),
    "taxonomy:read": lazy_gettext("读行业、阶段等分类"),
}
ENDED: Mapping[str, LazyText] = {
    "revoked": lazy_gettext("已撤销"),
    "expired": lazy_gettext("已到期"),
    "owner": lazy_gettext("账号已停用"),
}
SENTENCES: Mapping[str, LazyText] = {
    "name": lazy_gettext("请给令牌起一个名字，最多 60 个字，以后好认出是谁在用。"),
    "scopes": lazy_gettext("请至少选一项权限，只选程序用得到的。"),
    "days": lazy_gettext("请选一个有效期。"),
    "many": lazy_gettext("您已有 20 个有效的令牌，请先撤销不再使用的。"),
}

blueprint = Blueprint("tokens", __name__, url_prefix="/settings/tokens")


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it was filled in."""

    name: str = ""
    scopes: tuple[str, ...] = ()
    days: int = 90


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(SCOPE_NAMES=SCOPE_NAMES, TOKEN_ENDED=ENDED)


@blueprint.get("")
def show() -> str:
    """The person's tokens, and the form that makes one."""
    return _page(Filled())


@blueprint.post("")
def make() -> str | tuple[str, int]:
    """Make a token; this answer is the only one that holds it."""
    filled = _filled()
    try:
        with services().db.write() as session:
            made = tokens.make_token(
                session, current_user_id(), filled.name, filled.scopes, filled.days, utcnow()
            )
    except TokenError as error:
        return _page(filled, problem=str(SENTENCES[error.reason])), 422
    return _page(Filled(), made=made)


@blueprint.post(f"/{TOKEN_ID}/revoke")
def revoke(token_id: int) -> Response:
    """End one of the person's tokens."""
    user_id = current_user_id()
    with services().db.write() as session:
        ended = tokens.revoke_token(session, token_id, utcnow(), owner_id=user_id, by_id=user_id)
    if not ended:
        abort(404)
    flash(gettext("令牌已撤销，用它的程序马上就不能再访问。"), DONE)
    return redirect(url_for("tokens.show"), 303)


def soon_over(token: TokenView) -> bool:
    """Whether a token that still works ends within a week."""
    return not token.ended and token.expires_at - utcnow() < SOON


def _page(filled: Filled, *, made: str = "", problem: str = "") -> str:
    with services().db.read() as session:
        mine = tokens.tokens_of(session, current_user_id(), utcnow())
    return render_template(
        "settings/tokens.html",
        filled=filled,
        made=made,
        problem=problem,
        tokens=mine,
        soon_over=soon_over,
        scopes=SCOPES,
        days=DAYS,
        longest=LONGEST_TOKEN_NAME,
        prefix=tokens.PREFIX,
    )


def _filled() -> Filled:
    days = request.form.get("days", "")
    return Filled(
        name=request.form.get("name", "")[:500],
        scopes=tuple(each for each in SCOPES if each in request.form.getlist("scope")),
        days=int(days) if days in map(str, DAYS) else 0,
    )
