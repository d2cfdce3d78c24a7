"""The language of the pages: Chinese until a person chooses English."""

from typing import Any

from flask import Blueprint, Flask, abort, g, redirect, request
from flask_babel import Babel, get_translations
from werkzeug.wrappers import Response

from portal.services import Services
from portal.web.addresses import safe_path
from portal.web.context import services

COOKIE = "portal_language"
COOKIE_SECONDS = 365 * 24 * 3600
LANGUAGES = {"zh": "中文", "en": "English"}
HTML_LANGUAGES = {"zh": "zh-CN", "en": "en"}

blueprint = Blueprint("language", __name__)


def init_app(app: Flask, built: Services) -> None:
    """Set up translations, the page that switches, and what templates need to know."""
    Babel(
        app,
        default_locale="zh",
        default_timezone=built.settings.timezone.key,
        default_translation_directories="web/translations",
        locale_selector=language,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _translations().ugettext(text),
        ngettext=lambda one, many, count: _translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        language=language, html_language=html_language, other_languages=other_languages
    )
    app.register_blueprint(blueprint)


def _translations() -> Any:
    """The catalogue of the request's language; looked up once, where a page has a hundred texts."""
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations


def language() -> str:
    """``zh`` or ``en``. The browser's own preference is not asked: the documents are Chinese."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else "zh"


def html_language() -> str:
    """The value of the page's ``lang`` attribute."""
    return HTML_LANGUAGES[language()]


def other_languages() -> dict[str, str]:
    """Codes and own names of the languages that can be switched to."""
    return {code: name for code, name in LANGUAGES.items() if code != language()}


@blueprint.post("/language")
def choose() -> Response:
    """Remember the chosen language in a cookie and go back to the page."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    response = redirect(safe_path(request.form.get("next")), 303)
    response.set_cookie(
        COOKIE,
        chosen,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=services().settings.secure_cookies,
    )
    return response
