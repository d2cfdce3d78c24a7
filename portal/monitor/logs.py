"""Log lines of all processes in one form, each with the request it belongs to.

No line holds the text of a question: what people look for is nobody's business, and logs are
copied to places that the portal's permissions do not reach.
"""

import datetime as dt
import logging
import re
import secrets
from contextvars import ContextVar
from typing import TextIO

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

_TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s%(request_suffix)s"
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Chatty libraries; what matters of them is logged by our own code.
_QUIET = ("apscheduler", "alembic", "filelock")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The name of the request that is being answered here, or ``""`` outside of one."""
    return _request_id.get()


def begin_request(offered: str | None) -> str:
    """Name the request that begins here; return the name.

    A proxy's own name is kept where it is 8 to 64 letters, digits, dots, dashes or underscores, so
    that nothing else than a name can come into a log through it.
    """
    name = offered if offered and _ID.fullmatch(offered) else secrets.token_hex(8)
    _request_id.set(name)
    return name


def configure(level: str, form: str, process: str) -> None:
    """Write the log of this process to standard error, unless something writes it already.

    ``form`` is ``text`` or ``json``; ``process`` says in JSON lines which of the portal's
    processes wrote them.
    """
    logging.basicConfig(level=level.upper(), handlers=[handler(form, process)])
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def handler(form: str, process: str) -> logging.StreamHandler[TextIO]:
    """What writes lines in one of the two forms to standard error."""
    made = logging.StreamHandler()
    made.setFormatter(logging.Formatter(_TEXT) if form == "text" else _JsonLines(process))
    made.addFilter(_with_request)
    return made


class _JsonLines(JsonFormatter):
    """One JSON object a line; times are UTC in ISO 8601, to the millisecond."""

    def __init__(self, process: str) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"process": process},
            reserved_attrs=[*RESERVED_ATTRS, "request_suffix"],
            json_ensure_ascii=False,
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        return moment.isoformat(timespec="milliseconds")


def _with_request(record: logging.LogRecord) -> bool:
    name = _request_id.get()
    record.request_suffix = f" [{name}]" if name else ""
    if name:
        record.request_id = name
    return True
