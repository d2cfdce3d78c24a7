"""Databases for tests: files of SQLite, or a PostgreSQL server of this run's own.

Every test gets databases of its own. They are copies of one that was migrated once, because copying
is so much faster than migrating.
"""

import fcntl
import glob
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from config import Settings
from portal.db import Database
from portal.migrate import upgrade

KINDS = ("sqlite", "postgresql")
# Debian has the server's programs out of PATH, in a folder for each version.
PROGRAMS = "/usr/lib/postgresql/*/bin"
INITIAL = ("--locale=C.UTF-8", "--no-sync")
ALIVE = "alive"
# Nothing of a test has to outlive the machine, and a deadlock is a defect to be told soon.
OPTIONS = (
    "listen_addresses=",
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "deadlock_timeout=200ms",
)


class Server(Protocol):
    """Where databases are made.

    What is returned is the setting ``database_url`` of a portal with a certain data folder.
    """

    def empty(self, folder: Path) -> str:
        """A database without a table."""

    def migrated(self, folder: Path) -> str:
        """A database with every table, and neither people nor documents."""

    def copied(self, source: Settings, folder: Path) -> str:
        """A database like that of a portal which nobody has open; the folder is a copy, too."""

    def drop(self, address: str) -> None:
        """Remove a database, whoever still uses it."""


class Databases:
    """Databases that are there until the end of the ``with`` statement."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made: list[str] = []

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *_error: object) -> None:
        for address in self._made:
            self._server.drop(address)

    def empty(self, folder: Path) -> str:
        """See :class:`Server`."""
        return self._keep(self._server.empty(folder))

    def migrated(self, folder: Path) -> str:
        """See :class:`Server`."""
        return self._keep(self._server.migrated(folder))

    def copied(self, source: Settings, folder: Path) -> str:
        """See :class:`Server`."""
        return self._keep(self._server.copied(source, folder))

    def _keep(self, address: str) -> str:
        self._made.append(address)
        return address


def server_of(kind: str, folder: Path) -> AbstractContextManager[Server]:
    """A server of one of :data:`KINDS`; ``folder`` is empty and stays."""
    return _sqlite(folder) if kind == "sqlite" else _postgresql()


@contextmanager
def _sqlite(folder: Path) -> Iterator[Server]:
    yield _Files(folder)


class _Files:
    """SQLite: a file in the portal's data folder, where the portal has it by itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self, folder: Path) -> str:
        return ""

    def migrated(self, folder: Path) -> str:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._template, folder / "portal.db")
        return ""

    def copied(self, source: Settings, folder: Path) -> str:
        return ""

    def drop(self, address: str) -> None:
        pass

    @cached_property
    def _template(self) -> Path:
        path = self._folder / "portal.db"
        _migrate(f"sqlite:///{path}")
        return path


@contextmanager
def _postgresql() -> Iterator[Server]:
    # Beside the tests' own files, but not within: a socket's path must be short.
    beside = Path(os.environ.get("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir()))
    _sweep(beside)
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=beside))
    with (folder / ALIVE).open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        # Whoever a test runs a command as may ask; what is in the folder stays the server's own.
        folder.chmod(0o711)
        data = f"--pgdata={folder}/data"
        options = (f"unix_socket_directories={folder}", *OPTIONS)
        started = f"--options={' '.join(f'-c {option}' for option in options)}"
        try:
            _run("initdb", data, "--username=portal", "--auth=trust", *INITIAL)
            _run("pg_ctl", data, "start", "--wait", started, f"--log={folder}/log")
            cluster = _Cluster(folder)
            try:
                yield cluster
            finally:
                cluster.close()
                _run("pg_ctl", data, "stop", "--wait", "--mode=immediate")
        finally:
            shutil.rmtree(folder)


def _sweep(beside: Path) -> None:
    """Stop the servers of runs that were killed, and remove their folders.

    Whoever runs holds the lock of a file in the folder, which the system gives back for the dead.
    """
    for data in beside.glob("pg-*/data"):
        with suppress(OSError), (data.parent / ALIVE).open() as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (data / "postmaster.pid").exists():
                with suppress(subprocess.CalledProcessError):
                    _run("pg_ctl", f"--pgdata={data}", "stop", "--wait", "--mode=immediate")
            shutil.rmtree(data.parent)


class _Cluster:
    """PostgreSQL: a running server, reached through a socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._engine = sa.create_engine(self._address("postgres"), isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Ask the server nothing more."""
        self._engine.dispose()

    def empty(self, folder: Path) -> str:
        return self._copy("template0")

    def migrated(self, folder: Path) -> str:
        return self._copy(self._template)

    def copied(self, source: Settings, folder: Path) -> str:
        return self._copy(_name(source.database_url))

    def drop(self, address: str) -> None:
        self._say(f'DROP DATABASE "{_name(address)}" WITH (FORCE)')

    @cached_property
    def _template(self) -> str:
        address = self._copy("template0")
        _migrate(address)
        return _name(address)

    def _copy(self, template: str) -> str:
        name = f"portal_{next(self._numbers)}"
        # Without fsync, files are copied in two thirds of the time in which they are logged.
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self._address(name)

    def _address(self, name: str) -> str:
        return f"postgresql+psycopg://portal@/{name}?host={self._folder}"

    def _say(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)


def _name(address: str) -> str:
    return str(sa.make_url(address).database)


def _migrate(address: str) -> None:
    db = Database(address)
    upgrade(db)
    db.dispose()


def _run(program: str, *arguments: str) -> None:
    """Run one of the server's programs; it refuses to be run by root, who is postgres to it."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    # No pipe: the server would keep it open.
    subprocess.run(
        [_found(program), *arguments], cwd="/", stdout=subprocess.DEVNULL, check=True, **user
    )


def _found(program: str) -> str:
    installed = sorted(glob.glob(f"{PROGRAMS}/{program}"), key=lambda path: (len(path), path))
    path = installed[-1] if installed else shutil.which(program)
    if path is None:
        raise FileNotFoundError(f"{program} is missing: install PostgreSQL's server")
    return path
