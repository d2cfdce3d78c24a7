"""Whether the portal can do its work at this moment, for load balancers that ask all the time."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal import migrate
from portal.operations.status import disk_of
from portal.search import IndexUnavailable
from portal.services import Services

OK = "ok"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was looked at by name, each ``ok`` or a short English reason, for operators only."""

    checks: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether everything is well."""
        return all(reason == OK for reason in self.checks.values())


def readiness(services: Services) -> Readiness:
    """Ask the database, the schema, the index and the disk. Never raises."""
    asked: Mapping[str, Callable[[Services], str]] = {
        "database": _database,
        "schema": _schema,
        "index": _index,
        "disk": _disk,
    }
    return Readiness({name: _reason(ask, services) for name, ask in asked.items()})


def _reason(ask: Callable[[Services], str], services: Services) -> str:
    try:
        return ask(services)
    except Exception as error:
        # The kind alone: a database's message may hold its address.
        _log.warning("not ready: %s", type(error).__name__)
        return f"unavailable ({type(error).__name__})"


def _database(services: Services) -> str:
    services.db.ping()
    return OK


def _schema(services: Services) -> str:
    return OK if migrate.is_current(services.db) else "not migrated, run portal init"


def _index(services: Services) -> str:
    try:
        services.search.documents()
    except IndexUnavailable:
        return "not built yet, start portal indexer"
    return OK


def _disk(services: Services) -> str:
    disk = disk_of(services.settings)
    return "full" if disk.is_full else OK
