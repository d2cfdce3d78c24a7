"""Pieces of pages that look the same whenever the same values go in, rendered once.

The key is everything that the piece shows, by value, so that nothing has to be declared stale: a
change of what is shown is another key. Ages are told in days, and in every time zone a day begins
with a quarter of an hour, so a key holds for its quarter. A form's token, another one on every
page, is filled in afterwards.
"""

import pickle
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from portal.catalogue import Taxonomy
from portal.services import Services
from portal.web.language import language

MOST = 2048
"""Pieces that a process keeps, some 10 KB each."""
QUARTER_SECONDS = 15 * 60

# Stands where a token goes; nobody outside can write it into what a piece shows.
_HOLE = secrets.token_hex(16)
_MAKING = "making_a_piece"


class Fragments:
    """The most recently used pieces; safe for threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pieces: OrderedDict[bytes, Markup] = OrderedDict()
        self._lock = threading.Lock()

    def rendered(self, macro: Callable[..., Markup], *values: Any) -> Markup:
        """What the macro makes of the values, which may be anything that can be pickled."""
        name: str = macro.name  # type: ignore[attr-defined]
        quarter = int(time.time()) // QUARTER_SECONDS
        told = [each.stamp if isinstance(each, Taxonomy) else each for each in values]
        key = pickle.dumps((name, language(), quarter, told), protocol=5)
        return _filled(self._kept(key) or self._keep(key, _with_holes(macro, values)))

    def _kept(self, key: bytes) -> Markup | None:
        with self._lock:
            found = self._pieces.get(key)
            if found is not None:
                self._pieces.move_to_end(key)
            return found

    def _keep(self, key: bytes, made: Markup) -> Markup:
        with self._lock:
            self._pieces[key] = made
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return made


def init_app(app: Flask, _services: Services) -> None:
    """Give templates ``rendered(macro, values...)``; it must come after the forms' protection."""
    app.jinja_env.globals.update(rendered=Fragments().rendered, csrf_token=_token)
    app.context_processor(lambda: {"csrf_token": _token})


def _token() -> str:
    return _HOLE if g.get(_MAKING) else generate_csrf()


def _with_holes(macro: Callable[..., Markup], values: tuple[Any, ...]) -> Markup:
    outermost = _MAKING not in g
    setattr(g, _MAKING, True)
    try:
        return macro(*values)
    finally:
        if outermost:
            g.pop(_MAKING)


def _filled(piece: Markup) -> Markup:
    # A piece within a piece keeps its holes for the outer one.
    if _HOLE not in piece or g.get(_MAKING):
        return piece
    return Markup(str(piece).replace(_HOLE, generate_csrf()))  # noqa: S704 - signed by us
