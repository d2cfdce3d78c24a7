"""Icons: what the portal means by a name, drawn by the Lucide set that its package carries."""

import functools
import re

from flask import Flask
from lucide.jinja import lucide
from markupsafe import Markup

from portal.services import Services

# Templates say what is meant; which drawing stands for it is decided here.
DRAWINGS = {
    "activity": "activity",
    "arrow": "arrow-right",
    "bell": "bell",
    "book": "book-open",
    "box": "square",
    "calendar": "calendar",
    "chart": "chart-column",
    "check": "check",
    "checked": "square-check",
    "clock": "clock",
    "close": "x",
    "comment": "message-square",
    "digest": "newspaper",
    "download": "download",
    "filter": "list-filter",
    "flag": "flag",
    "help": "hand-helping",
    "history": "history",
    "home": "house",
    "inbox": "inbox",
    "keyboard": "keyboard",
    "list": "list",
    "mail": "mail",
    "map": "layout-grid",
    "notice": "info",
    "palette": "palette",
    "person": "user",
    "plus": "plus",
    "review": "clipboard-check",
    "saved": "bookmark",
    "search": "search",
    "settings": "settings",
    "star": "star",
    "thumb-down": "thumbs-down",
    "thumb-up": "thumbs-up",
    "upload": "upload",
    "warning": "triangle-alert",
}
FRAME = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'


def init_app(app: Flask, _services: Services) -> None:
    """Give templates the icons. Words beside an icon name it, so it is silent to screen readers."""
    app.jinja_env.globals.update(draw=draw, ICONS=tuple(DRAWINGS))


@functools.cache
def draw(name: str) -> Markup:
    """The icon as SVG that stands in the page; ``KeyError`` where there is no such meaning.

    Colours and sizes come from the style sheet, so the package's attributes for them are left out.
    """
    drawing = str(lucide(DRAWINGS[name], size=None))
    return Markup(re.sub(r"^<svg[^>]*>\s*", FRAME, drawing))  # noqa: S704  from a package's file
