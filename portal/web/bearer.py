"""Programs that show a token: whose it is, what it allows, and how often it may ask.

A token is taken from the ``Authorization`` header alone, and only under ``/api/``: an address is
written to logs and histories, and pages are for people. Where a token is shown it alone decides,
whatever cookie comes along; so nothing that a browser sends by itself makes such a request, and it
needs no form token.
"""

import datetime as dt

import limits
from flask import Flask, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.wrappers import Response

from portal.accounts import tokens
from portal.accounts.tokens import Bearer
from portal.db import utcnow
from portal.services import Services
from portal.web.afterwards import after_the_answer
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.problems import Problem
from portal.web.rates import Allowance, count
from portal.web.viewer import act_as

REALM = "portal"

WINDOW_SECONDS = 60


def init_app(app: Flask, _services: Services) -> None:
    """Let requests that show a token be answered as its owner's."""
    app.before_request(_take_token)
    app.after_request(_tell_allowance)


def shown_token() -> Bearer | None:
    """The token that this request shows, if any."""
    found: Bearer | None = g.get("bearer")
    return found


def require_scope(scope: str) -> None:
    """Refuse a token that does not allow this; whoever signed in needs none."""
    found = shown_token()
    if found is None or scope in found.scopes:
        return
    raise Problem(
        "insufficient-scope",
        gettext("这个令牌没有“%(scope)s”权限。请换一个有此权限的令牌。", scope=scope),
        headers=_challenge(error="insufficient_scope", scope=scope),
    )


def _take_token() -> None:
    if not request.path.startswith("/api/") or "Authorization" not in request.headers:
        return
    scheme, _, token = request.headers["Authorization"].partition(" ")
    now = utcnow()
    with services().db.read() as session:
        found = tokens.bearer(session, token.strip(), now) if scheme.lower() == "bearer" else None
    if found is None:
        raise Problem(
            "invalid-token",
            gettext("令牌不对、已经过期或者已经撤销。请在“我的设置”里重新生成一个。"),
            headers=_challenge(error="invalid_token"),
        )
    g.bearer = found
    act_as(found.user)
    _count(found)
    _note_use(found, now)


def _count(found: Bearer) -> None:
    quota = limits.RateLimitItemPerMinute(services().settings.api_requests_per_minute)
    g.allowance = allowance = count(quota, "token", str(found.token_id))
    if allowance is not None and allowance.is_spent:
        left = allowance.seconds
        raise Problem(
            "rate-limited",
            gettext("这个令牌一分钟内的请求太多了，请过 %(seconds)s 秒再试。", seconds=left),
            headers={"Retry-After": str(left)},
        )


def _note_use(found: Bearer, now: dt.datetime) -> None:
    address = request.remote_addr or ""
    if found.is_news(address, now):
        after_the_answer(lambda session: tokens.note_use(session, found.token_id, address, now))


def _tell_allowance(response: Response) -> Response:
    # The fields of the IETF draft "RateLimit header fields for HTTP".
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        policy = f'"token";q={allowance.quota};w={WINDOW_SECONDS}'
        response.headers["RateLimit-Policy"] = policy
        state = f'"token";r={allowance.remaining};t={allowance.seconds}'
        response.headers["RateLimit"] = state
    return response


def _challenge(**parameters: str) -> dict[str, str]:
    challenge = WWWAuthenticate("bearer", {"realm": REALM, **parameters})
    return {"WWW-Authenticate": challenge.to_header()}
