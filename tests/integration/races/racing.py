"""Many who want the same thing at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import sqlalchemy as sa

from portal.db import Database
from portal.services import Services, build_services

RUNNERS = 8
T = TypeVar("T")


def race(services: Services, act: Callable[[Services, int], T]) -> list[T]:
    """What each got who did this at the same moment; what anybody raised is raised.

    Each of them has connections of its own, as processes have.
    """
    start = threading.Barrier(RUNNERS)

    def run(number: int) -> T:
        own = build_services(services.settings)
        try:
            own.db.ping()
            start.wait(30)
            return act(own, number)
        finally:
            own.db.dispose()

    with ThreadPoolExecutor(RUNNERS) as runners:
        return list(runners.map(run, range(RUNNERS)))


def count(db: Database, table: type[object]) -> int:
    """How many rows a table has."""
    with db.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
