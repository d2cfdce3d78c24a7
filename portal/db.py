"""Database engine, session scopes and the declarative base."""

import datetime as dt
import logging
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

LOCK_SECONDS = 30
"""So long one writer waits for another."""
LONG_WRITE_SECONDS = 0.2
"""Whoever keeps the others from writing for longer, or waited for longer, is told in the log."""
_LOCK_NOT_AVAILABLE = "55P03"
CONNECT_SECONDS = 10
MORE_WHEN_BUSY = 10
# Held until the transaction ends. Any number will do that no other program takes in this database.
_ONE_WRITER = sa.select(sa.func.pg_advisory_xact_lock(20261128))
_SOON = sa.text("SET LOCAL synchronous_commit TO OFF")
_log = logging.getLogger(__name__)

Reader = Session | sa.Connection
"""What runs a statement that reads."""


@dataclass(slots=True)
class Writing:
    """A writing transaction: whether its commit waits for the disk, and when it got the lock.

    The execution option ``portal_writing`` holds it, and tells the engine which kind to begin.
    """

    durable: bool = True
    asked: float = 0.0
    begun: float = 0.0

    def is_long(self) -> bool:
        """Whether it is worth a line in the log."""
        held, waited = self.times()
        return max(held, waited) >= LONG_WRITE_SECONDS

    def times(self) -> tuple[float, float]:
        """For how many seconds the lock is held by now, and was waited for; zeros without it."""
        if not self.begun:
            return 0.0, 0.0
        return time.perf_counter() - self.begun, self.begun - self.asked


class UtcDateTime(sa.types.TypeDecorator[dt.datetime]):
    """A point in time: aware and UTC in Python, naive UTC in the database."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> Any:
        """Convert an aware time to naive UTC; a naive time is a ``ValueError``."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone was given to the database")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> dt.datetime | None:
        """Attach UTC to what the database returns."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """Base of every model; constraint names are fixed so that migrations can name them."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {dt.datetime: UtcDateTime()}  # noqa: RUF012 - SQLAlchemy's declared form


class Database:
    """One engine and the ways to use it: :meth:`read` or :meth:`look`, and :meth:`write`.

    ``pool`` is how many connections to PostgreSQL stay open; ten more are opened when needed.
    """

    def __init__(self, url: str, pool: int = 5) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.is_sqlite:
            self.engine = self._reading = sa.create_engine(self.url)
            _configure_sqlite(self.engine)
            self._looking = _Looking(self.engine)
        else:
            self.engine = _postgresql(self.url, pool)
            self._reading = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def file(self) -> Path:
        """Where SQLite has this database. Raises ``ValueError`` for PostgreSQL, which has names."""
        if not self.is_sqlite:
            raise ValueError(f"{self.url!r} is no file")
        return Path(str(self.url.database))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and never writes."""
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """A connection for the few statements of every page; each sees the newest state.

        It gives rows, never objects, and costs a third of :meth:`read`: with SQLite every thread
        keeps one open.
        """
        if not self.is_sqlite:
            with self._reading.connect() as connection:
                yield connection
            return
        held = self._looking.of_thread()
        try:
            yield held
        except BaseException:
            # Whatever state it is in, the next one who looks gets another.
            held.close()
            raise

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Session]:
        """A session that commits at the end, or rolls back everything on an exception.

        One writes at a time, whoever it is and on either database; others wait, up to 30 seconds.
        So what is read here stays true until the commit, and numbers follow the order of commits.
        Not ``durable``: the lock is taken at once rather than at the first statement, and the
        commit does not wait for the disk. Killed processes lose nothing of it; a power cut may
        lose the last such commits, and damages nothing.
        """
        writing = Writing(durable)
        options = {"portal_writing": writing}
        # What pages leave behind is written by the hundred, so it is spared an engine of its own.
        engine = self.engine.execution_options(**options) if durable else self.engine
        try:
            with Session(engine, expire_on_commit=False) as session, session.begin():
                if not durable:
                    session.connection(execution_options=options)
                yield session
        finally:
            if writing.is_long():
                held, waited = writing.times()
                _log.warning(
                    "%s held the write lock for %.2f s after waiting %.2f s",
                    *(_caller(), held, waited),
                )

    def ping(self) -> None:
        """Ask the database for its version; raises its error if it is gone or has no tables."""
        with self.engine.connect() as connection:
            connection.execute(sa.text("SELECT version_num FROM alembic_version"))

    def dispose(self) -> None:
        """Close every pooled connection, for example before a fork."""
        if self.is_sqlite:
            self._looking.close()
        self.engine.dispose()


class _Looking:
    """A connection for each thread that looks into SQLite, beside the pool's."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine.execution_options(portal_looking=True)
        self._local = threading.local()
        self._open: weakref.WeakSet[sa.Connection] = weakref.WeakSet()

    def of_thread(self) -> sa.Connection:
        """The connection of this thread."""
        held: sa.Connection | None = getattr(self._local, "held", None)
        if held is None or held.closed:
            held = self._engine.connect()
            # Kept for good, it must not be one of those that the pool counts.
            held.detach()
            self._local.held = held
            self._open.add(held)
        return held

    def close(self) -> None:
        """Close those of all threads."""
        for connection in list(self._open):
            connection.close()


def _caller() -> str:
    """Where the ``with`` block stands whose context manager's generator asks."""
    frame = sys._getframe(3)
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}"


def is_busy(error: sa.exc.OperationalError) -> bool:
    """Whether the database is there and somebody else held its lock for too long."""
    state = getattr(error.orig, "sqlstate", None)
    return state == _LOCK_NOT_AVAILABLE or "database is locked" in str(error.orig)


def _postgresql(url: sa.URL, pool: int) -> sa.Engine:
    """An engine that notices when a pooled connection has died, and never waits without end."""
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS}
    if "options" not in url.query:
        arguments["options"] = f"-c lock_timeout={LOCK_SECONDS}s"
    engine = sa.create_engine(
        url,
        pool_size=pool,
        max_overflow=MORE_WHEN_BUSY,
        pool_pre_ping=True,
        connect_args=arguments,
    )

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writing = _writing(connection)
        if writing is None:
            return
        writing.asked = time.perf_counter()
        connection.execute(_ONE_WRITER)
        writing.begun = time.perf_counter()
        if not writing.durable:
            connection.execute(_SOON)

    return engine


def _configure_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        # The driver's own implicit BEGIN is switched off; "begin" below decides.
        connection.isolation_level = None
        cursor = connection.cursor()
        # FULL: a row that was acknowledged is on disk even when the power goes.
        for pragma in (
            f"busy_timeout = {LOCK_SECONDS * 1000}",
            "journal_mode = WAL",
            "synchronous = FULL",
            # 32 MiB: whoever writes when the log is full waits until it is in the database, and
            # at the default of 4 MiB that was every hundredth event.
            "wal_autocheckpoint = 8000",
            "foreign_keys = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("portal_looking"):
            return  # every statement is a transaction of its own
        writing = _writing(connection)
        if writing is None:
            connection.exec_driver_sql("BEGIN")
            return
        _set_synchronous(connection, "FULL" if writing.durable else "NORMAL")
        writing.asked = time.perf_counter()
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        writing.begun = time.perf_counter()


def _set_synchronous(connection: sa.Connection, wanted: str) -> None:
    # It holds for a connection until it is changed, and cannot be changed in a transaction.
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous = {wanted}")
        connection.info["synchronous"] = wanted


def _writing(connection: sa.Connection) -> Writing | None:
    """The writing transaction that begins on a connection; ``None`` for one that reads."""
    found: Writing | None = connection.get_execution_options().get("portal_writing")
    return found


def utcnow() -> dt.datetime:
    """The present moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)
