"""Bringing the database to the shape that this release expects."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

import portal.models  # noqa: F401 - registers every table
from portal.db import Base, Database, Writing

_SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"


class NotMigrated(RuntimeError):
    """The database is missing or older than this release."""


class DatabaseTooNew(RuntimeError):
    """The database was written by a newer release; starting on it could harm it."""


def upgrade(db: Database) -> None:
    """Run every migration that is missing; does nothing on a current database.

    Raises :class:`DatabaseTooNew` where the database is ahead of this release.
    """
    config = _config()
    # The write lock from the start: two that upgrade at once run one after the other.
    engine = db.engine.execution_options(portal_writing=Writing())
    with (
        engine.connect() as connection,
        _tables_replaceable(db, connection),
        connection.begin(),
    ):
        _refuse_newer(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if db.is_sqlite:
            _refuse_dangling(connection)


def knows(revision: str) -> bool:
    """Whether a migration is one of this release's."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except (CommandError, ResolutionError):
        return False


def is_current(db: Database) -> bool:
    """Whether every migration has been run."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == _head()


@functools.cache
def _head() -> str | None:
    # A program's migrations do not change while it runs, and monitors ask every few seconds.
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current(db: Database) -> None:
    """Raise :class:`NotMigrated` unless every migration has been run.

    Raises :class:`DatabaseTooNew` where the database is ahead of this release.
    """
    with db.engine.connect() as connection:
        _refuse_newer(connection)
    if not is_current(db):
        raise NotMigrated("数据库尚未建立或需要升级，请先运行 portal init。")


def differences(db: Database) -> list[str]:
    """How the migrated database differs from the models: empty when migrations are complete."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(item) for item in compare_metadata(context, Base.metadata)]


def make_revision(db: Database, message: str) -> None:
    """Write a new migration file from the difference between database and models."""
    config = _config()
    with db.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message=message, autogenerate=True)


@contextmanager
def _tables_replaceable(db: Database, connection: sa.Connection) -> Iterator[None]:
    """SQLite changes a table by copying it, and drops no table that foreign keys point to.

    They are not looked at meanwhile: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if not db.is_sqlite:
        yield
        return
    # To the driver itself: within a transaction the pragma does nothing.
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - the connection is open
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_dangling(connection: sa.Connection) -> None:
    """Undo the whole upgrade rather than keep a row that points nowhere."""
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        raise RuntimeError(
            f"the upgrade would leave {dangling[0]} pointing at missing {dangling[2]}"
        )


def _refuse_newer(connection: sa.Connection) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    try:
        ScriptDirectory.from_config(_config()).get_revision(current or "base")
    except (CommandError, ResolutionError):
        raise DatabaseTooNew(f"数据库的版本（{current}）比本程序新，请升级程序后再启动。") from None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


__all__ = [
    "DatabaseTooNew",
    "NotMigrated",
    "differences",
    "is_current",
    "knows",
    "make_revision",
    "require_current",
    "upgrade",
]
