"""Values of settings, read from texts; a text of the wrong form raises ``ValueError``."""

import json
import re
import urllib.parse
import zoneinfo
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

Pairs = tuple[tuple[str, str], ...]
"""A mapping that cannot be changed; a setting gives it as a JSON object."""

_HOST_NAME = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|[0-9a-f]*:[0-9a-f:.]*")


def boolean(value: str) -> bool:
    """Yes or no, in the spellings that people use."""
    spelled = {"1": True, "true": True, "yes": True, "on": True}
    spelled |= {"0": False, "false": False, "no": False, "off": False}
    if value.strip().lower() not in spelled:
        raise ValueError("expected one of 1, true, yes, on, 0, false, no, off")
    return spelled[value.strip().lower()]


def integer(low: int, high: int) -> Callable[[str], int]:
    """A whole number from ``low`` to ``high``."""

    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError("expected a whole number") from None
        if not low <= number <= high:
            raise ValueError(f"expected a number from {low} to {high}")
        return number

    return parse


def text(value: str) -> str:
    """A text that is not empty, without white space around it."""
    if not value.strip():
        raise ValueError("expected a non-empty text")
    return value.strip()


def secret(value: str) -> str:
    """A text that is long enough not to be guessed."""
    if len(value) < 32:
        raise ValueError("expected at least 32 characters")
    return value


def time_zone(value: str) -> zoneinfo.ZoneInfo:
    """A time zone by its IANA name."""
    try:
        return zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise ValueError("expected an IANA time zone such as Asia/Shanghai") from None


def choice(*allowed: str) -> Callable[[str], str]:
    """One of the allowed texts."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return value

    return parse


def pairs(*required: str) -> Callable[[str], Pairs]:
    """A JSON object of texts that has the required entries."""

    def parse(value: str) -> Pairs:
        try:
            read = json.loads(value)
        except ValueError:
            read = None
        if not isinstance(read, dict) or not all(isinstance(each, str) for each in read.values()):
            raise ValueError('expected a JSON object of texts like {"name": "value"}')
        missing = [name for name in required if not read.get(name)]
        if missing:
            raise ValueError(f"expected an entry for {', '.join(missing)}")
        return tuple(read.items())

    return parse


def ldap_url(value: str) -> str:
    """The address of a directory, without a path."""
    parts = urllib.parse.urlsplit(text(value))
    if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path.strip("/"):
        raise ValueError("expected an address like ldaps://directory.example.com")
    return parts.geturl().rstrip("/")


def ldap_filter(value: str) -> str:
    """An LDAP filter with a place for the login."""
    if "{login}" not in value or value.count("(") != value.count(")"):
        raise ValueError("expected a filter like (uid={login})")
    return text(value)


def path(value: str) -> Path:
    """A path, made absolute; ``~`` is the home folder."""
    return Path(text(value)).expanduser().absolute()


def database_url(value: str) -> str:
    """An address that SQLAlchemy has a dialect for."""
    try:
        sa.make_url(value).get_dialect()
    except sa.exc.ArgumentError:
        raise ValueError("expected an SQLAlchemy address like sqlite:////srv/portal.db") from None
    return value


def base_url(value: str) -> str:
    """The address of the portal as people see it, without a slash at its end."""
    parts = urllib.parse.urlsplit(text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("expected an address like https://portal.example.com")
    return parts.geturl().rstrip("/")


def host_names(value: str) -> tuple[str, ...]:
    """Names of hosts with commas between them, in lower case."""
    names = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    if not names or not all(_HOST_NAME.fullmatch(name) for name in names):
        raise ValueError("expected names like portal.example.com, without scheme and port")
    return names
