"""The whole database into one file and back, with the means of each kind of database."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Database
from portal.upkeep.move import move


class DumpFailed(Exception):
    """The database could not be copied; the message is a Chinese sentence."""


@contextlib.contextmanager
def dumped(db: Database, target: Path) -> Iterator[Session]:
    """Copy the database as it is at one moment; others go on reading and writing meanwhile.

    Yields a session that sees just what was copied. Raises DumpFailed.
    """
    if db.is_sqlite:
        _copy_file(db.file, target)
        copy = sa.create_engine(f"sqlite:///{target}")
        try:
            with Session(copy) as session:
                yield session
        finally:
            copy.dispose()
        return
    _require("pg_dump")
    with db.read() as session:
        snapshot = session.scalar(sa.select(sa.func.pg_export_snapshot()))
        form = ["--format=custom", "--no-owner", f"--snapshot={snapshot}"]
        _run(db, "pg_dump", [*form, f"--file={target}"])
        yield session


def _copy_file(database: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(database)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        # In one step: in WAL mode the copy is then of one moment, and nobody waits for it.
        source.backup(copy)
        # One file without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def load(db: Database, dumped: Path, dialect: str) -> None:
    """Fill an empty database from a copy, which is of its own kind or SQLite. Raises DumpFailed."""
    if dialect != db.url.get_backend_name():
        _move(db, dumped)
        return
    if db.is_sqlite:
        db.file.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(dumped, db.file)
        return
    _run(db, "pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", str(dumped)])


def _move(db: Database, dumped: Path) -> None:
    source = Database(f"sqlite:///{dumped}")
    try:
        move(source, db)
    except sa.exc.DBAPIError as error:
        raise DumpFailed(
            f"数据没有能够移到 PostgreSQL，请清空那个数据库再试：{error.orig}"
        ) from error
    finally:
        source.dispose()


def is_empty(db: Database) -> bool:
    """Whether there is no table yet."""
    if db.is_sqlite and not db.file.exists():
        return True  # connecting would make the file
    return not sa.inspect(db.engine).get_table_names()


def _require(program: str) -> None:
    if shutil.which(program) is None:
        raise DumpFailed(
            f"备份和恢复 PostgreSQL 需要 {program}，这台机器上没有。"
            "请安装 postgresql-client（版本不低于服务器），再试一次。"
        )


def _run(db: Database, program: str, arguments: list[str]) -> None:
    _require(program)
    url = db.url.set(drivername="postgresql")
    # By the environment: arguments can be read by everyone on the machine.
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(password=None).render_as_string()
    done = subprocess.run(
        [program, f"--dbname={address}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DumpFailed(f"{program} 没有成功：{done.stderr.strip()}")
