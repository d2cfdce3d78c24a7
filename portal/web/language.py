"""The language of the pages: what the person settled on, else the cookie's, else the browser's."""

import re

import flask_login
from flask import Blueprint, Flask, abort, g, redirect, request
from flask_babel import Babel
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from portal.accounts import keep_language
from portal.catalogue import Viewer
from portal.languages import LANGUAGES, SIMPLIFIED, language_of, name_in, preferred
from portal.services import Services
from portal.text.language import language_tag
from portal.web.addresses import safe_path
from portal.web.context import services
from portal.web.cookies import keep_cookie, read_cookie
from portal.web.messages import translations
from portal.web.viewer import Person, current_person

COOKIE = "portal_language"
COOKIE_SECONDS = 365 * 24 * 3600
# What stands between Chinese words without ending them: 第 25 号.
_CHINESE = re.compile(
    r"[\u3400-\u9fff][\u3000-\u9fff\uff00-\uffef]*"
    r"(?:[ \d./-]+[\u3400-\u9fff][\u3000-\u9fff\uff00-\uffef]*)*"
)

blueprint = Blueprint("language", __name__)


def init_app(app: Flask, built: Services) -> None:
    """Set up translations, the page that switches, and what templates need to know."""
    Babel(
        app,
        default_locale="zh",
        default_timezone=built.settings.timezone.key,
        default_translation_directories="web/translations",
        locale_selector=lambda: language_of(language()).locale,
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: translations().ugettext(text),
        ngettext=lambda one, many, count: translations().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        language=language,
        html_language=html_language,
        other_languages=other_languages,
        LANGUAGES=LANGUAGES,
        name_here=name_here,
        foreign=foreign,
    )
    app.jinja_env.filters["with_lang"] = with_lang
    app.register_blueprint(blueprint)
    flask_login.user_logged_in.connect(_keep_at_sign_in, app)


def language() -> str:
    """The code of the reader's language: ``zh``, ``zh-Hant`` or ``en``."""
    found: str | None = g.get("language")
    if found is None:
        person = current_person()
        found = g.language = (person.language if person else "") or _of_browser()
    return found


def speak_without_asking() -> None:
    """Settle on the browser's language where the database, which knows the person's, is broken."""
    if "language" not in g:
        g.language = _of_browser()


def html_language() -> str:
    """The value of the page's ``lang`` attribute."""
    return language_of(language()).tag


def other_languages() -> dict[str, str]:
    """``lang`` values and own names, by code, of the languages that can be switched to."""
    return {code: each.name for code, each in LANGUAGES.items() if code != language()}


def name_here(zh: str, en: str) -> str:
    """A thing that has a Chinese and an English name, in the reader's language."""
    return name_in(language(), zh, en)


def foreign(text: str) -> str:
    """The ``lang`` value of a document's words where it is not the page's, else an empty text."""
    tag = language_tag(text)
    return "" if tag == html_language() else tag


def with_lang(text: str) -> Markup:
    """A sentence of the page in which what is Chinese says so, where the page is not."""
    if html_language().startswith("zh"):
        return escape(text)
    pieces, end = [], 0
    for found in _CHINESE.finditer(text):
        spoken = Markup('<span lang="{}">{}</span>').format(language_tag(found[0]), found[0])
        pieces += [escape(text[end : found.start()]), spoken]
        end = found.end()
    return Markup().join([*pieces, escape(text[end:])])


@blueprint.post("/language")
def choose() -> Response:
    """Remember the chosen language, with the person too where one is signed in, and go back."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    person = current_person()
    if person is not None:
        _keep(person.viewer, chosen)
    response = redirect(safe_path(request.form.get("next")), 303)
    keep_cookie(response, COOKIE, chosen, COOKIE_SECONDS)
    return response


def _of_browser() -> str:
    chosen = read_cookie(COOKIE)
    return chosen if chosen in LANGUAGES else preferred(request.accept_languages.values()).code


def _keep_at_sign_in(_app: Flask, user: Person) -> None:
    # What this person reads now is what mails should speak from now on.
    spoken = _of_browser()
    if not user.language and spoken != SIMPLIFIED.code:
        _keep(user.viewer, spoken)


def _keep(viewer: Viewer, chosen: str) -> None:
    with services().db.write() as session:
        if viewer.user_id is not None:
            keep_language(session, viewer.user_id, chosen)
