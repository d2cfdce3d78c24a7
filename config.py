"""Settings of the portal, read once from ``PORTAL_*`` environment variables.

This module is the only reader of the environment. A variable that starts with ``PORTAL_`` and is
not a setting, or whose value has the wrong form, is an error that names it: a misspelt setting
must never be silently ignored.
"""

import difflib
import os
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

PREFIX = "PORTAL_"


class SettingsError(ValueError):
    """A ``PORTAL_*`` variable is unknown, malformed or missing; the message names it."""


def _boolean(value: str) -> bool:
    spelled = {"1": True, "true": True, "yes": True, "on": True}
    spelled |= {"0": False, "false": False, "no": False, "off": False}
    if value.strip().lower() not in spelled:
        raise ValueError("expected one of 1, true, yes, on, 0, false, no, off")
    return spelled[value.strip().lower()]


def _integer(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError("expected a whole number") from None
        if not low <= number <= high:
            raise ValueError(f"expected a number from {low} to {high}")
        return number

    return parse


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("expected a non-empty text")
    return value.strip()


def _secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("expected at least 32 characters")
    return value


def _timezone(value: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        raise ValueError("expected an IANA time zone such as Asia/Shanghai") from None


def _choice(*allowed: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return value

    return parse


def _path(value: str) -> Path:
    return Path(_text(value)).expanduser().absolute()


def _database_url(value: str) -> str:
    try:
        sa.make_url(value).get_dialect()
    except sa.exc.ArgumentError:
        raise ValueError("expected an SQLAlchemy address like sqlite:////srv/portal.db") from None
    return value


def _setting(parse: Callable[[str], Any], default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"parse": parse, "help": help_text, "secret": False})


def _secret_setting(parse: Callable[[str], Any], default: Any, help_text: str) -> Any:
    metadata = {"parse": parse, "help": help_text, "secret": True}
    return field(default=default, repr=False, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, typed. ``PORTAL_`` + the upper-case name is its environment variable."""

    data_dir: Path = _setting(
        _path, Path("data").absolute(), "Folder of database, originals and index"
    )
    database_url: str = _secret_setting(
        _database_url,
        "",
        "SQLAlchemy address of the database; by default SQLite in the data folder",
    )
    secret_key: str = _secret_setting(
        _secret, "", "Key that signs sessions, 32 characters or more; required unless demo"
    )
    demo: bool = _setting(
        _boolean, False, "Demonstration: demo accounts exist and a key is made when none is given"
    )
    anonymous_reading: bool = _setting(
        _boolean, False, "Let visitors who are not signed in read what everyone may read"
    )
    host: str = _setting(_text, "127.0.0.1", "Address that the web server listens on")
    port: int = _setting(_integer(1, 65535), 8000, "Port that the web server listens on")
    web_workers: int = _setting(_integer(1, 64), 2, "Web server processes")
    web_threads: int = _setting(_integer(1, 64), 4, "Threads of each web server process")
    secure_cookies: bool = _setting(
        _boolean, False, "Send cookies over HTTPS only; turn on behind TLS"
    )
    timezone: zoneinfo.ZoneInfo = _setting(
        _timezone, zoneinfo.ZoneInfo("Asia/Shanghai"), "Time zone of dates people see and jobs use"
    )
    max_upload_mb: int = _setting(_integer(1, 4096), 200, "Largest file accepted, in MiB")
    search_cache_mb: int = _setting(
        _integer(8, 65536), 256, "Memory of each process for decoded postings, in MiB"
    )
    log_level: str = _setting(
        _choice("debug", "info", "warning", "error"), "info", "Least severe log lines written"
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings; raise :class:`SettingsError` naming the first variable that is wrong.

        ``environ`` defaults to the process environment.
        """
        environ = os.environ if environ is None else environ
        known = {PREFIX + item.name.upper(): item for item in fields(cls)}
        values: dict[str, Any] = {}
        for name in sorted(key for key in environ if key.startswith(PREFIX)):
            if name not in known:
                raise SettingsError(_unknown(name, list(known)))
            try:
                values[known[name].name] = known[name].metadata["parse"](environ[name])
            except ValueError as error:
                shown = "" if known[name].metadata["secret"] else f" (it is {environ[name]!r})"
                raise SettingsError(f"{name}: {error}{shown}") from None
        return cls(**values)

    @property
    def resolved_database_url(self) -> str:
        """The database address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'portal.db'}"

    @property
    def blobs_dir(self) -> Path:
        """Folder of the original files, named by content."""
        return self.data_dir / "blobs"

    @property
    def index_dir(self) -> Path:
        """Folder of the search index: derived data, rebuilt by ``portal reindex``."""
        return self.data_dir / "index"

    @property
    def max_upload_bytes(self) -> int:
        """The upload limit in bytes."""
        return self.max_upload_mb * 1024 * 1024


def _unknown(name: str, known: list[str]) -> str:
    # Without the prefix: with it, every name looks a little like every other.
    words = [item.removeprefix(PREFIX) for item in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), words, n=1)
    hint = f"; did you mean {PREFIX}{near[0]}?" if near else "; docs/settings.md lists all settings"
    return f"{name} is not a setting of the portal{hint}"
