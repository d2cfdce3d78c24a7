"""Pieces of pages that look the same whenever the same values go in, rendered once.

The key is everything that the piece shows, by value, so that nothing has to be declared stale: a
change of what is shown is another key. Ages are told in days, so a key holds for its day. A form's
token and the page's own address, others on every page, are filled in afterwards.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import operator
import pickle
import secrets
import zlib
from collections.abc import Callable
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from portal.catalogue import DocumentSummary, Taxonomy
from portal.recent import Recent
from portal.search.types import Hit, HitPlace, SearchRequest, Span, Word
from portal.services import Services
from portal.web.addresses import here
from portal.web.language import language

MOST = 6000
"""Pieces that a process keeps: one for each page of results, a few for every other page."""

# Stand where a form's token and the page's address go; nobody outside can write them into a piece.
_TOKEN_HOLE, _HERE_HOLE = secrets.token_hex(16), secrets.token_hex(16)
_MAKING = "making_a_piece"
_KEY_BYTES = 16


class Fragments:
    """The most recently used pieces; safe for threads. Days begin where people live (``zone``)."""

    def __init__(self, zone: dt.tzinfo, most: int = MOST) -> None:
        self._zone = zone
        # A tenth as large when compressed, and unpacked in a twentieth of a millisecond.
        self._pieces: Recent[bytes, bytes] = Recent(most)

    def rendered(self, macro: Callable[..., Markup], *values: Any) -> Markup:
        """What the macro makes of the values, which may be anything that can be pickled."""
        # Macros of different templates may have the same name.
        macro_of = macro._func.__code__.co_filename, macro.name  # type: ignore[attr-defined]
        today = dt.datetime.now(self._zone).toordinal()
        told = [each.stamp if isinstance(each, Taxonomy) else each for each in values]
        key = _key((macro_of, language(), today, told))
        kept = self._pieces.get(key)
        if kept is not None:
            piece = Markup(zlib.decompress(kept).decode())  # noqa: S704 - a macro's, see below
        else:
            piece = _with_holes(macro, values)
            self._pieces.keep(key, zlib.compress(piece.encode(), level=1))
        return _filled(piece)


def _reduced(kind: type[Any]) -> Callable[[Any], tuple[type[Any], tuple[Any, ...]]]:
    values = operator.attrgetter(*(field.name for field in dataclasses.fields(kind)))
    return lambda each: (kind, values(each))


# A page of results has a hundred of these; pickling them is three times as fast as by itself.
_REDUCED: dict[type, Any] = {
    kind: _reduced(kind) for kind in (Span, Hit, HitPlace, DocumentSummary, SearchRequest, Word)
}


def _key(values: tuple[Any, ...]) -> bytes:
    """A digest of values, which no two different ones have in common."""
    written = io.BytesIO()
    pickler = pickle.Pickler(written, protocol=5)
    pickler.dispatch_table = _REDUCED
    pickler.dump(values)
    return hashlib.blake2b(written.getbuffer(), digest_size=_KEY_BYTES).digest()


def init_app(app: Flask, built: Services) -> None:
    """Give templates ``rendered(macro, values...)``; it must come after the forms' protection."""
    app.jinja_env.globals.update(
        rendered=Fragments(built.settings.timezone).rendered, csrf_token=_token, here=_here
    )
    app.context_processor(lambda: {"csrf_token": _token})


def _token() -> str:
    return _TOKEN_HOLE if g.get(_MAKING) else generate_csrf()


def _here() -> str:
    return _HERE_HOLE if g.get(_MAKING) else here()


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
    if not g.get(_MAKING):
        for hole, fill in _FILLING.items():
            if hole in piece:
                piece = Markup(str(piece).replace(hole, escape(fill())))  # noqa: S704 - escaped
    return piece


_FILLING = {_TOKEN_HOLE: generate_csrf, _HERE_HOLE: here}
