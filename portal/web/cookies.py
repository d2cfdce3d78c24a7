"""Cookies of the portal: how they are named, and under what terms a browser keeps them."""

from flask import request
from werkzeug.wrappers import Response

from config import Settings
from portal.web.context import services


def cookie_name(settings: Settings, name: str) -> str:
    """The name as browsers see it; over TLS its prefix holds them to HTTPS, this host, every path.

    So no other host of the same domain can plant a cookie of that name.
    """
    return f"__Host-{name}" if settings.secure_cookies else name


def read_cookie(name: str) -> str:
    """What the browser kept, or an empty text."""
    return request.cookies.get(cookie_name(services().settings, name), "")


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep a value that no script can read and no other site's request carries."""
    settings = services().settings
    response.set_cookie(
        cookie_name(settings, name),
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.secure_cookies,
    )
