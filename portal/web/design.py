"""The living page of the design system: every token, icon and component with its states."""

import functools
import re
from pathlib import Path

from flask import Blueprint, current_app, render_template, request

from portal.catalogue import newest_for
from portal.web.context import services
from portal.web.viewer import current_viewer

blueprint = Blueprint("design", __name__)

THEMES = ("system", "light", "dark")
SHOWN_DOCUMENTS = 3


@blueprint.get("/design")
def show() -> str:
    """The design system in the theme that the address names, or in the reader's own."""
    with services().db.read() as session:
        newest = newest_for(session, current_viewer())
    wanted = request.args.get("theme", "")
    return render_template(
        "design/page.html",
        theme=wanted if wanted in THEMES else THEMES[0],
        tokens=_tokens(Path(str(current_app.static_folder)) / "tokens.css"),
        documents=newest[:SHOWN_DOCUMENTS],
        taxonomy=services().taxonomy(),
    )


@functools.cache
def _tokens(sheet: Path) -> dict[str, tuple[str, ...]]:
    # Read from the sheet itself, so that the page cannot name what is not there.
    named = re.findall(r"--([\w-]+): ([^;]+);", sheet.read_text(encoding="utf-8"))
    colours = tuple(name for name, value in named if value.startswith("#"))
    spaces = tuple(name for name, _value in named if name.startswith("space-"))
    return {"colours": colours, "spaces": spaces}
