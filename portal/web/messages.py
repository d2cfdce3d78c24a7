"""The interface's messages and numbers in the reader's language: Flask-Babel, with types."""

import datetime as dt
import functools
from collections.abc import Iterable
from typing import Any

import babel.dates
import babel.numbers
import flask_babel
from flask import g

LazyText = Any
"""A message that is translated when it is shown; ``str()`` translates it now."""


def translations() -> Any:
    """The catalogue of the reader's language; looked up once, where a page has a hundred texts."""
    if not g:
        return flask_babel.get_translations()
    found = g.get("translations")
    if found is None:
        found = g.translations = flask_babel.get_translations()
    return found


def gettext(message: str, **variables: object) -> str:
    """The message in the reader's language."""
    text = str(translations().ugettext(message))
    return text % variables if variables else text


def ngettext(one: str, many: str, num: int, **variables: object) -> str:
    """The message for a number, which it may contain as ``%(num)s``."""
    return str(translations().ungettext(one, many, num)) % {"num": num, **variables}


def lazy_gettext(message: str) -> LazyText:
    """A message for module level, where there is no reader yet."""
    return flask_babel.lazy_gettext(message)


def listed(words: Iterable[str]) -> str:
    """Words one after the other, with the reader's mark of enumeration between them."""
    return gettext("、").join(words)


def number(value: float, pattern: str = "#,##0") -> str:
    """A number as the reader's language writes it; ``pattern`` is a CLDR number pattern."""
    return _number(_locale(), value, pattern)


def _locale() -> str | None:
    found: str | None = g.get("locale_name") if g else None
    if found is None:
        locale = flask_babel.get_locale()
        found = str(locale) if locale else None
        if found:
            g.locale_name = found
    return found


@functools.lru_cache(maxsize=4096)
def _number(locale: str | None, value: float, pattern: str) -> str:
    # A page of results writes some thirty numbers, most of them the same as the page before.
    return str(babel.numbers.format_decimal(value, pattern, locale))


def date(moment: dt.datetime, pattern: str) -> str:
    """A point in time in the portal's time zone; ``pattern`` is a CLDR date pattern."""
    return str(flask_babel.format_datetime(moment, pattern))


def from_now(distance: dt.timedelta) -> str:
    """How far away a moment is: “3分钟前” for a negative distance, “2小时后” for a positive one."""
    return str(flask_babel.format_timedelta(distance, add_direction=True, threshold=1.5))


def day(value: dt.date, pattern: str) -> str:
    """A day by a CLDR skeleton such as ``Md``, or one of the formats ``short`` to ``full``."""
    if pattern in ("short", "medium", "long", "full"):
        return str(flask_babel.format_date(value, pattern))
    locale = flask_babel.get_locale()
    return str(babel.dates.format_skeleton(pattern, value, locale=locale))
