"""A value from the database that is read again after a moment, not at every use."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from portal.db import Database

SECONDS = 1.0
T = TypeVar("T")


class Fresh(Generic[T]):
    """Holds what ``load`` returned, for at most ``seconds``. Safe for threads.

    What an administrator changes is so seen by every process within a second, without a query for
    each page.
    """

    def __init__(
        self, db: Database, load: Callable[[Session], T], seconds: float = SECONDS
    ) -> None:
        self._db = db
        self._load = load
        self._seconds = seconds
        self._lock = threading.Lock()
        self._held: tuple[float, T] | None = None

    def value(self) -> T:
        """The value, at most ``seconds`` old."""
        held = self._held
        if held is not None and time.monotonic() - held[0] < self._seconds:
            return held[1]
        with self._lock:
            held = self._held
            if held is None or time.monotonic() - held[0] >= self._seconds:
                with self._db.read() as session:
                    held = (time.monotonic(), self._load(session))
                self._held = held
            return held[1]
