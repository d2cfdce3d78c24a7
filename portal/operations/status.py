"""How the portal stands, for its administrators. Nothing here waits for anything."""

import datetime as dt
import importlib.metadata
import json
import platform
import shutil
import sqlite3
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal import timetable
from portal.models import Delivery, DeliveryState
from portal.operations.queues import Queues, queues
from portal.search import IndexBusy, IndexUnavailable
from portal.services import Services
from portal.timetable import Overview
from portal.upkeep.backup import LAST_BACKUP

FULL_BYTES = 64 * 1024**2
LOW_BYTES = 1024**3
_PACKAGES = ("knowledge-portal", "flask", "sqlalchemy", "whoosh", "gunicorn")


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of the data folder, in bytes."""

    free: int
    total: int

    @property
    def is_full(self) -> bool:
        """Whether so little is left that writing will soon fail."""
        return self.free < FULL_BYTES

    @property
    def is_low(self) -> bool:
        """Whether it is time to make room."""
        return self.free < LOW_BYTES


@dataclass(frozen=True, slots=True)
class Backup:
    """The last backup that was made with success; ``problems`` counts originals that it lacks."""

    at: dt.datetime
    file: str
    size: int
    problems: int


@dataclass(frozen=True, slots=True)
class Health:
    """Everything an administrator should know.

    ``indexed`` is how many documents the index holds, ``None`` where it cannot be read;
    ``mail_sent_at`` when the last mail went out. ``versions`` are by name.
    """

    indexer_runs: bool
    indexed: int | None
    scheduler: Overview
    queues: Queues
    disk: Disk
    backup: Backup | None
    mail_sent_at: dt.datetime | None
    versions: tuple[tuple[str, str], ...]


def health(services: Services, now: dt.datetime) -> Health:
    """Look at everything once."""
    with services.db.read() as session:
        scheduler = timetable.overview(session, now)
        waiting = queues(session, now)
        mail_sent_at = _last_mail(session)
    return Health(
        indexer_runs=_indexer_runs(services),
        indexed=_indexed(services),
        scheduler=scheduler,
        queues=waiting,
        disk=disk_of(services.settings),
        backup=last_backup(services.settings),
        mail_sent_at=mail_sent_at,
        versions=_versions(services),
    )


def disk_of(settings: Settings) -> Disk:
    """The room on the disk of the data folder, as far as the portal may use it."""
    usage = shutil.disk_usage(settings.data_dir)
    return Disk(usage.free, usage.total)


def last_backup(settings: Settings) -> Backup | None:
    """What ``portal backup`` wrote down last, or ``None`` before the first."""
    try:
        noted = json.loads((settings.data_dir / LAST_BACKUP).read_text(encoding="utf-8"))
        at = dt.datetime.fromisoformat(noted["at"])
        return Backup(at, noted["file"], noted["size"], noted["problems"])
    except (OSError, ValueError, KeyError):
        return None


def _indexer_runs(services: Services) -> bool:
    try:
        with services.search.store.writing():
            return False
    except IndexBusy:
        return True


def _indexed(services: Services) -> int | None:
    try:
        return services.search.documents()
    except IndexUnavailable:
        return None


def _last_mail(session: Session) -> dt.datetime | None:
    return session.scalar(
        sa.select(sa.func.max(Delivery.sent_at)).where(
            Delivery.state == DeliveryState.SENT, Delivery.channel == "mail"
        )
    )


def _versions(services: Services) -> tuple[tuple[str, str], ...]:
    database = services.db.engine.dialect
    server = sqlite3.sqlite_version if services.db.is_sqlite else _numbers(database)
    found = [(name, importlib.metadata.version(name)) for name in _PACKAGES]
    return (*found, ("python", platform.python_version()), (database.name, server))


def _numbers(dialect: sa.Dialect) -> str:
    return ".".join(map(str, dialect.server_version_info or ()))
