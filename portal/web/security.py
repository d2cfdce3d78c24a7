"""Checks and headers that every answer shares."""

import functools
import hashlib
from pathlib import Path
from typing import Any

import flask_wtf
from flask import Flask, g, request
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from portal.services import Services
from portal.web.bearer import shown_token
from portal.web.context import services
from portal.web.reports import ENDPOINT_NAME, PATH

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        f"report-uri {PATH}",
        f"report-to {ENDPOINT_NAME}",
    )
)
# A file that a browser shows in spite of all is a page of no site, and runs and loads nothing.
DOWNLOAD_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Reporting-Endpoints": f'{ENDPOINT_NAME}="{PATH}"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Only behind TLS: a browser that got it over HTTPS asks in no other way for a year.
TRANSPORT_SECURITY = "max-age=31536000"
STATIC_SECONDS = 365 * 24 * 3600


def init_app(app: Flask, _services: Services) -> None:
    """Demand the form token on every change, and add the headers to every answer.

    Whoever shows an API token needs no form token: no browser sends one by itself.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    forms = flask_wtf.CSRFProtect(app)

    @app.before_request
    def check_form() -> None:
        if shown_token() is None:
            forms.protect(apply_exemptions=True)

    app.after_request(_add_headers)
    app.url_defaults(functools.partial(_stamp_static, str(app.static_folder)))


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        response.headers["Content-Security-Policy"] = DOWNLOAD_POLICY
    if services().settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
    if "person_changed" in g:
        # Copies for reading without a network belong to whoever opened them.
        response.headers["Clear-Site-Data"] = '"storage"'
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.cache_control.public = True
        response.cache_control.no_cache = None
        response.cache_control.max_age = STATIC_SECONDS
    elif request.blueprint in ("feeds", "api") and "private" in response.cache_control:
        pass  # a program may keep what it has, and asks each time whether that still holds
    elif request.endpoint != "static":
        # A page shows what its reader may see: no cache keeps it for the next person.
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _stamp_static(folder: str, endpoint: str, values: dict[str, Any]) -> None:
    # The content's stamp in the address lets browsers keep a file until it changes.
    path = safe_join(folder, values["filename"]) if endpoint == "static" else None
    if path is not None and Path(path).is_file():
        values["v"] = _stamp(Path(path))


@functools.cache
def _stamp(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
