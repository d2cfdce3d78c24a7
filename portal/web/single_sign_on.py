"""Signing in at the company's OpenID Connect provider (authorisation code with PKCE and nonce)."""

from collections.abc import Mapping
from typing import Any, cast

import joserfc.errors
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from config import Settings
from portal.accounts import NotLetIn, sign_in_as
from portal.accounts.profiles import FIELDS, Profile, Values, profile_of
from portal.db import utcnow
from portal.web import viewer
from portal.web.account_words import not_let_in
from portal.web.accounts import enter
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.devices import visit
from portal.web.messages import gettext

TIMEOUT_SECONDS = 10
DISCOVERY = "/.well-known/openid-configuration"
_NEXT = "openid_next"
_EXTENSION = "portal_openid"
# What a provider that is down, misconfigured or lying can cause.
_FAILURES = (
    AuthlibBaseError,
    joserfc.errors.JoseError,
    requests.RequestException,
    KeyError,
    RuntimeError,
    ValueError,
)

blueprint = Blueprint("single_sign_on", __name__, url_prefix="/login/openid")


@blueprint.record_once
def _register(state: BlueprintSetupState) -> None:
    """Make the client; the provider is first asked when somebody signs in."""
    app = cast(Flask, state.app)
    settings = app.extensions["portal"].settings
    if not settings.oidc_issuer:
        return
    oauth = OAuth(app)
    app.extensions[_EXTENSION] = oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=settings.oidc_issuer + DISCOVERY,
        client_kwargs={
            "scope": settings.oidc_scope,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_SECONDS,
        },
    )


@blueprint.get("")
def begin() -> Any:
    """Send the visitor to the provider."""
    client = _client()
    session[_NEXT] = safe_path(request.args.get("next"))
    try:
        return client.authorize_redirect(_return_address())
    except _FAILURES as error:
        return _failed(error)


@blueprint.get("/done")
def done() -> Response | tuple[str, int]:
    """Take in what the provider says of whom it sends back."""
    client = _client()
    target = session.pop(_NEXT, None)
    settings = services().settings
    if viewer.current_person() is not None:
        return redirect(safe_path(target), 303)
    try:
        profile = _profile(client, settings)
        entered = sign_in_as(services().db, settings, profile, visit(), utcnow())
    except NotLetIn as error:
        return render_template("accounts/not_let_in.html", problem=not_let_in(error)), 403
    except _FAILURES as error:
        return _failed(error)
    return enter(entered, target)


def _profile(client: Any, settings: Settings) -> Profile:
    issuers = [settings.oidc_issuer, settings.oidc_issuer + "/"]
    token = client.authorize_access_token(
        claims_options={"iss": {"essential": True, "values": issuers}}
    )
    claims = dict(token["userinfo"])
    wanted = [claim for field, claim in settings.oidc_claims if field in FIELDS]
    if any(not _values(claims, claim) for claim in wanted):
        more = dict(client.userinfo(token=token))
        # An answer about somebody else must not be mixed in (OpenID Connect Core, 5.3.2).
        if more.get("sub") == claims["sub"]:
            claims = {**more, **claims}
    values: Values = {claim: _values(claims, claim) for claim in wanted}
    subject = str(claims["sub"])
    return profile_of(settings, settings.oidc_issuer, subject, settings.oidc_claims, values)


def _values(claims: Mapping[str, Any], claim: str) -> tuple[str, ...]:
    """The texts of a claim; dots lead into objects where no claim has the whole name."""
    found: Any = claims.get(claim)
    if found is None:
        found = claims
        for step in claim.split("."):
            found = found.get(step) if isinstance(found, Mapping) else None
    if found is None or isinstance(found, bool | Mapping):
        return ()
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def _client() -> Any:
    client = current_app.extensions.get(_EXTENSION)
    if client is None:
        abort(404)
    return client


def _return_address() -> str:
    """Where the provider sends people back to, as it must be registered there."""
    return f"{services().settings.public_url}/login/openid/done"


def _failed(error: Exception) -> tuple[str, int]:
    viewer.log_failure("openid", error)
    problem = gettext("没有登录成功：统一认证没有完成，或者现在连不上。请再试一次。")
    return render_template("accounts/not_let_in.html", problem=problem), 502
