"""The whole database into one file and back, with the means of each kind of database."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import sqlalchemy as sa

from portal.db import Database


class DumpFailed(Exception):
    """The database could not be copied; the message is a Chinese sentence."""


def dump(db: Database, target: Path) -> None:
    """Copy the database as it is at one moment; others go on reading and writing meanwhile.

    Raises DumpFailed.
    """
    if db.is_sqlite:
        with (
            contextlib.closing(sqlite3.connect(str(db.url.database))) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            # In one step: in WAL mode the copy is then of one moment, and nobody waits for it.
            source.backup(copy)
            # One file without a log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        return
    _run(db, "pg_dump", ["--format=custom", "--no-owner", f"--file={target}"])


def load(db: Database, dumped: Path) -> None:
    """Fill an empty database from a copy. Raises DumpFailed."""
    if db.is_sqlite:
        final = Path(str(db.url.database))
        final.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(dumped, final)
        return
    _run(db, "pg_restore", ["--no-owner", "--exit-on-error", "--single-transaction", str(dumped)])


def is_empty(db: Database) -> bool:
    """Whether there is no table yet."""
    if db.is_sqlite and not Path(str(db.url.database)).exists():
        return True  # connecting would make the file
    return not sa.inspect(db.engine).get_table_names()


def revision_of(db: Database) -> str:
    """The migration at which a database stands."""
    with db.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return str(found or "")


def _run(db: Database, program: str, arguments: list[str]) -> None:
    if shutil.which(program) is None:
        raise DumpFailed(
            f"备份和恢复 PostgreSQL 需要 {program}，这台机器上没有。"
            "请安装 postgresql-client（版本不低于服务器），再试一次。"
        )
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
