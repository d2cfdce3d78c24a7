"""The interface's messages and numbers in the reader's language: Flask-Babel, with types."""

import datetime as dt
from typing import Any

import flask_babel

LazyText = Any
"""A message that is translated when it is shown; ``str()`` translates it now."""


def gettext(message: str, **variables: object) -> str:
    """The message in the reader's language."""
    return str(flask_babel.gettext(message, **variables))


def ngettext(one: str, many: str, num: int, **variables: object) -> str:
    """The message for a number, which it may contain as ``%(num)s``."""
    return str(flask_babel.ngettext(one, many, num, **variables))


def lazy_gettext(message: str) -> LazyText:
    """A message for module level, where there is no reader yet."""
    return flask_babel.lazy_gettext(message)


def number(value: float, pattern: str = "#,##0") -> str:
    """A number as the reader's language writes it; ``pattern`` is a CLDR number pattern."""
    return str(flask_babel.format_decimal(value, pattern))


def date(moment: dt.datetime, pattern: str) -> str:
    """A point in time in the portal's time zone; ``pattern`` is a CLDR date pattern."""
    return str(flask_babel.format_datetime(moment, pattern))
