"""Bringing the database to the shape that this release expects."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

import portal.models  # noqa: F401 - registers every table
from portal.db import Base, Database

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
    with db.engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        known = ScriptDirectory.from_config(config)
        try:
            known.get_revision(current or "base")
        except (CommandError, ResolutionError):
            raise DatabaseTooNew(
                f"数据库的版本（{current}）比本程序新，请升级程序后再启动。"
            ) from None
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(db: Database) -> bool:
    """Whether every migration has been run."""
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(_config()).get_current_head()


def require_current(db: Database) -> None:
    """Raise :class:`NotMigrated` unless every migration has been run."""
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
    "make_revision",
    "require_current",
    "upgrade",
]
