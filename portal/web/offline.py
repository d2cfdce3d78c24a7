"""The portal as an app on the phone: manifest, service worker, and the page without a network."""

import functools
import hashlib
from pathlib import Path

from flask import Blueprint, Flask, current_app, jsonify, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.wrappers import Response

from portal.models import Visibility
from portal.services import Services
from portal.web.language import html_language
from portal.web.messages import gettext

KEPT = 50
"""Documents that a device keeps for reading without a network."""
HEADER = "Offline-Copy"
_SHELL = ("*.css", "*.js", "*.svg", "icons/*.png")
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
MASKABLE = ("maskable-512.png", "512x512", "maskable")

blueprint = Blueprint("offline", __name__)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to know to install the portal, in the reader's language."""
    answer = jsonify(
        id="/",
        name=gettext("知识门户"),
        short_name=gettext("知识门户"),
        description=gettext("找得到，用得上"),
        lang=html_language(),
        start_url=url_for("front.home"),
        scope="/",
        display="standalone",
        background_color="#f7f6f3",
        theme_color="#0b6e69",
        icons=[
            {
                "src": url_for("static", filename=f"icons/{name}"),
                "sizes": sizes,
                "type": "image/png",
                "purpose": purpose,
            }
            for name, sizes, purpose in (*ICONS, MASKABLE)
        ],
        shortcuts=[
            {"name": gettext("知识地图"), "url": url_for("knowledge_map.radar")},
            {"name": gettext("上传资料"), "url": url_for("upload.show")},
        ],
    )
    answer.mimetype = "application/manifest+json"
    return answer


@blueprint.get("/sw.js")
def worker() -> Response:
    """The service worker, at the root because it serves the pages below its own address."""
    shell = [url_for("static", filename=name) for name in _static_files()]
    stamp = hashlib.sha256("\n".join(shell).encode()).hexdigest()[:12]
    script = render_template(
        "offline/worker.js",
        stamp=stamp,
        shell=shell,
        fallback=url_for("offline.page"),
        sign_in=url_for("accounts.sign_in"),
        kept=KEPT,
        header=HEADER,
    )
    return current_app.response_class(script, mimetype="text/javascript")


@blueprint.get("/offline")
def page() -> str:
    """What stands where a page cannot be had without a network; the same for everyone."""
    return render_template("offline/page.html")


class QuietSessions(SecureCookieSessionInterface):
    """Sessions whose cookie is left alone by what a browser fetches behind a person's back.

    A worker that is being installed while somebody signs in would else bring back the cookie of the
    visitor who asked for it, and sign the person out again.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Whether this answer carries the cookie."""
        behind = request.endpoint == "static" or request.blueprint == "offline"
        return not behind and super().should_set_cookie(app, session)


def init_app(app: Flask, _services: Services) -> None:
    """Use those sessions."""
    app.session_interface = QuietSessions()


def allow_copy(response: Response, visibility: str) -> Response:
    """Let the device keep a document's page, where every colleague may read the document.

    What only a unit or an author may read never stays on a device.
    """
    if visibility == Visibility.EVERYONE and "part" not in request.args:
        response.headers[HEADER] = "allowed"
    return response


@functools.cache
def _static_files() -> tuple[str, ...]:
    folder = Path(str(current_app.static_folder))
    found = (path.relative_to(folder) for pattern in _SHELL for path in folder.glob(pattern))
    return tuple(sorted(path.as_posix() for path in found))
