"""The composition root of the web application."""

import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path

import jinja2
from flask import Flask

from config import Settings, SettingsError
from portal import web
from portal.services import Services, build_services

# No page takes more than a short form yet; a page that takes files raises its own limit.
MAX_FORM_BYTES = 64 * 1024
SESSION_LIFETIME = timedelta(hours=12)


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The portal as a Flask application.

    ``services`` defaults to the services that the settings describe. Raises
    :class:`~config.SettingsError` when there is no secret key and the settings are not a demo's.
    """
    key = secret_key(settings)
    app = Flask(__name__, template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY=key,
        MAX_CONTENT_LENGTH=MAX_FORM_BYTES,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_COOKIE_NAME="portal_session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # The token is bound to the session; a sign-in page left open over lunch must still work.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_options = {
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    web.register(app, services or build_services(settings))
    return app


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: the setting, or for a demo one kept in the data folder."""
    if settings.secret_key:
        return settings.secret_key
    if not settings.demo:
        raise SettingsError(
            "PORTAL_SECRET_KEY is required: set it to 32 or more random characters, "
            "or set PORTAL_DEMO=1 for a demonstration"
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    kept = settings.data_dir / "secret_key"
    if not kept.exists():
        _make_key(kept)
    return kept.read_text(encoding="ascii")


def _make_key(kept: Path) -> None:
    # Workers start together: each writes a whole file aside, and the first link decides for all.
    descriptor, name = tempfile.mkstemp(dir=kept.parent, prefix=".secret_key-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, kept)
    except FileExistsError:
        return
    finally:
        os.unlink(name)
