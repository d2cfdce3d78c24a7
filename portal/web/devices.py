"""Devices: by what name a browser is shown, and which have been signed in on before."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from flask import request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from portal.accounts.sessions import Visit
from portal.keys import secret_key
from portal.push.account_alerts import Place
from portal.web.context import services
from portal.web.cookies import keep_cookie, read_cookie
from portal.web.messages import LazyText, gettext, lazy_gettext

COOKIE = "portal_device"
COOKIE_SECONDS = 365 * 24 * 3600
# Colleagues who share a desk; the one who has not been there for longest is forgotten.
MOST_LOGINS = 5
_PURPOSE = "portal.web.devices.1"

# The first that is found counts: most browsers also claim to be the ones further down.
_BROWSERS: Mapping[str, LazyText] = {
    "wxwork/": lazy_gettext("企业微信"),
    "MicroMessenger/": lazy_gettext("微信"),
    "DingTalk/": lazy_gettext("钉钉"),
    "Lark/": lazy_gettext("飞书"),
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
_SYSTEMS: Mapping[str, str] = {
    "HarmonyOS": "HarmonyOS",
    "OpenHarmony": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the cookie says: the device's random name, and digests of logins, the latest last."""

    name: str
    logins: tuple[str, ...]


def visit(login: str = "") -> Visit:
    """From where the present request comes; ``login`` is who wants to sign in."""
    known = _read()
    is_known = bool(login) and _digest(login) in known.logins
    return Visit(
        address=request.remote_addr or "",
        device=request.user_agent.string,
        known_device=known.name if is_known else "",
    )


def place() -> Place:
    """Where the present request comes from, as a mail tells it."""
    return Place(device_name(request.user_agent.string), request.remote_addr or "")


def remember(response: Response, login: str) -> Response:
    """Keep in mind that this login has signed in on this device."""
    known = _read()
    others = [each for each in known.logins if each != _digest(login)]
    logins = [*others, _digest(login)][-MOST_LOGINS:]
    keep_cookie(response, COOKIE, str(_signer().dumps([known.name, logins])), COOKIE_SECONDS)
    return response


def device_name(description: str) -> str:
    """Browser and system out of a browser's description of itself, such as “Edge · Windows”."""
    browser = next((name for mark, name in _BROWSERS.items() if mark in description), None)
    system = next((name for mark, name in _SYSTEMS.items() if mark in description), None)
    return " · ".join(str(each) for each in (browser, system) if each) or gettext("未知设备")


def _read() -> _Known:
    try:
        name, logins = _signer().loads(read_cookie(COOKIE))
        return _Known(str(name), tuple(str(each) for each in logins))
    except (BadData, TypeError, ValueError):
        return _Known(secrets.token_urlsafe(16), ())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(secret_key(services().settings), salt=_PURPOSE)


def _digest(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()[:16]
