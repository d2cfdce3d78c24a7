"""Pieces of pages that look the same whenever the same values go in, rendered once.

The key is everything that the piece shows, by value, so that nothing has to be declared stale: a
change of what is shown is another key. Ages are told in days, so a key holds for its day. A form's
token and the page's own address, others on every page, are filled in afterwards.
"""

import datetime as dt
import functools
import hashlib
import marshal
import operator
import pickle
import secrets
import zlib
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from typing import Any

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from portal.catalogue import Taxonomy
from portal.recent import Recent
from portal.services import Services
from portal.web.addresses import here
from portal.web.language import language

MOST = 6000
"""Pieces that a process keeps: one for each page of results, a few for every other page."""

# Stand where a form's token and the page's address go; nobody outside can write them into a piece.
_TOKEN_HOLE, _HERE_HOLE = secrets.token_hex(16), secrets.token_hex(16)
TEXT_HOLE = secrets.token_hex(16)
"""Stands in the search form for what was asked, so that one form does for all questions."""
_MAKING = "making_a_piece"
# Where Flask-WTF keeps the token that it has signed for this page.
_TOKEN = "csrf_token"  # noqa: S105 - a name
_KEY_BYTES = 16
_SIMPLEST = frozenset({str, int, float, bool, bytes, type(None)})


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
            piece = zlib.decompress(kept).decode()
        else:
            piece = str(_with_holes(macro, values))
            self._pieces.keep(key, zlib.compress(piece.encode(), level=1))
        return _filled(piece)


def _key(values: object) -> bytes:
    """A digest of values, which no two different ones have in common."""
    return hashlib.blake2b(marshal.dumps(_plain(values), 2), digest_size=_KEY_BYTES).digest()


def _plain(value: Any) -> Any:
    """The value in lists and the simplest types, without regard to which objects are the same.

    Pickling a page of results as it is takes three times as long: it looks each of its hundred
    objects up among those that it has already written.
    """
    kind = type(value)
    if kind in _SIMPLEST:
        return value
    if kind in (tuple, list):
        return [_plain(each) for each in value]
    if kind is dict:
        return "dict", [(_plain(name), _plain(each)) for name, each in value.items()]
    name, fields_of = _made_of(kind)  # type: ignore[arg-type]
    return name, ([_plain(each) for each in fields_of(value)] if fields_of else pickle.dumps(value))


@functools.cache
def _made_of(kind: type[Any]) -> tuple[str, Callable[[Any], Iterable[Any]] | None]:
    """The name of a type and, if it is a dataclass, what gets an object's fields."""
    name = f"{kind.__module__}.{kind.__qualname__}"
    names = [field.name for field in fields(kind)] if is_dataclass(kind) else []
    return name, operator.attrgetter(*names) if len(names) > 1 else None


def init_app(app: Flask, built: Services) -> None:
    """Give templates ``rendered(macro, values...)``; it must come after the forms' protection."""
    app.jinja_env.globals.update(
        rendered=Fragments(built.settings.timezone).rendered,
        csrf_token=_token,
        here=_here,
        TEXT_HOLE=TEXT_HOLE,
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


def _filled(piece: str) -> Markup:
    # A piece within a piece keeps its holes for the outer one.
    if not g.get(_MAKING):
        for hole, fill in _FILLING.items():
            if hole in piece:
                piece = piece.replace(hole, escape(fill()))
    return Markup(piece)  # noqa: S704 - a macro's, and what was filled in is escaped


_FILLING = {_TOKEN_HOLE: lambda: g.get(_TOKEN) or generate_csrf(), _HERE_HOLE: here}
