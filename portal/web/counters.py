"""Where requests are counted: one small file beside the data, shared by all web processes.

The library ``limits`` brings memory, which each process would have for itself, and servers that
would have to be installed. What is counted is worth nothing a minute later, so nothing is synced.
"""

import sqlite3
import threading
import time
import weakref
from pathlib import Path

from limits.storage import Storage

_TABLE = "CREATE TABLE IF NOT EXISTS hits (key TEXT PRIMARY KEY, count INT, until REAL)"
_HIT = """
INSERT INTO hits VALUES (:key, :amount, :until) ON CONFLICT (key) DO UPDATE SET
count = CASE WHEN until > :now THEN count + :amount ELSE :amount END,
until = CASE WHEN until > :now THEN until ELSE :until END
RETURNING count
"""
_PATIENCE_SECONDS = 1.0


class FileStorage(Storage):
    """Counters of ``limits`` in an SQLite file."""

    STORAGE_SCHEME = None

    def __init__(self, path: Path) -> None:
        super().__init__(wrap_exceptions=True)
        self._path = path
        self._opening = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a broken file raises, which callers get as ``limits.errors.StorageError``."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; a counter whose time is over begins anew and ends ``expiry`` seconds from now."""
        now = time.time()
        values = {"key": key, "amount": amount, "now": now, "until": now + expiry}
        return int(self._line().execute(_HIT, values).fetchone()[0])

    def get(self, key: str) -> int:
        """How much was counted."""
        return int(self._row(key)[0])

    def get_expiry(self, key: str) -> float:
        """When the counter ends, in seconds since 1970."""
        return float(self._row(key)[1])

    def check(self) -> bool:
        """Whether the file can be used."""
        return bool(self._line().execute("SELECT 1").fetchone())

    def reset(self) -> int:
        """Forget everything; return how many counters there were."""
        return self._line().execute("DELETE FROM hits").rowcount

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._line().execute("DELETE FROM hits WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float]:
        asked = "SELECT count, until FROM hits WHERE key = ? AND until > ?"
        now = time.time()
        row: tuple[int, float] | None = self._line().execute(asked, (key, now)).fetchone()
        return row or (0, now)

    def _line(self) -> sqlite3.Connection:
        # Opened by the first request, in the worker process that it belongs to.
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
            return self._opened

    def _open(self) -> sqlite3.Connection:
        line = sqlite3.connect(
            self._path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        weakref.finalize(self, line.close)
        line.execute("PRAGMA journal_mode = WAL")
        line.execute("PRAGMA synchronous = OFF")
        line.execute(_TABLE)
        return line
