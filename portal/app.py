"""The composition root of the web application."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jinja2
from flask import Flask

from config import Settings
from portal import web
from portal.keys import secret_key
from portal.services import Services, build_services
from portal.web.cookies import cookie_name
from portal.web.environment import OneTable
from portal.web.sizes import FORM, MOST_FIELDS

SESSION_LIFETIME = timedelta(hours=12)


class _Portal(Flask):
    """Flask, which would otherwise look at 25 functions a page for one that is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none of the portal's is a coroutine."""
        return func


def create_app(settings: Settings, services: Services | None = None) -> Flask:
    """The portal as a Flask application.

    ``services`` defaults to the services that the settings describe. Raises
    :class:`~config.SettingsError` when there is no secret key and the settings are not a demo's.
    """
    key = secret_key(settings)
    app = _Portal(__name__, template_folder="web/templates", static_folder="web/static")
    app.config.update(
        SECRET_KEY=key,
        MAX_CONTENT_LENGTH=FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        PERMANENT_SESSION_LIFETIME=SESSION_LIFETIME,
        SESSION_COOKIE_NAME=cookie_name(settings, "portal_session"),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        # The token is bound to the session; a sign-in page left open over lunch must still work.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.jinja_environment = OneTable
    app.jinja_options = {
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    web.register(app, services or build_services(settings))
    return app
