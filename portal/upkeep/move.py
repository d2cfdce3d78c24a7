"""From a SQLite database to PostgreSQL, for a portal that has grown."""

import sqlalchemy as sa
from sqlalchemy.schema import AddConstraint, DropConstraint

from portal.db import Base, Database
from portal.migrate import upgrade

ROWS_AT_ONCE = 1000


def move(source: Database, target: Database) -> None:
    """Fill an empty PostgreSQL database with every row of a SQLite one, which is upgraded before.

    One transaction: whatever goes wrong, the target holds no row of the source.
    """
    upgrade(source)
    upgrade(target)
    tables = Base.metadata.tables.values()
    keys = [key for table in tables for key in table.foreign_key_constraints]
    with source.read() as reading, target.write() as writing:
        rows, connection = reading.connection(), writing.connection()
        # Rows point at each other in circles. The keys are checked when they are put back.
        for key in keys:
            connection.execute(DropConstraint(key))
        for table in tables:
            _copy(table, rows, connection)
            _count_on(table, connection)
        for key in keys:
            connection.execute(AddConstraint(key))


def _copy(table: sa.Table, source: sa.Connection, target: sa.Connection) -> None:
    # Migrations put in what every portal begins with. Some tables even refuse to be emptied.
    if target.scalar(sa.select(sa.func.count()).select_from(table)):
        target.execute(sa.delete(table))
    for some in source.execute(sa.select(table)).mappings().partitions(ROWS_AT_ONCE):
        target.execute(sa.insert(table), [dict(row) for row in some])


def _count_on(table: sa.Table, target: sa.Connection) -> None:
    """Have numbers that the database hands out go on after the highest one that was copied."""
    column = table.autoincrement_column
    if column is None:
        return
    highest = target.scalar(sa.select(sa.func.max(column)))
    if highest is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
        target.execute(sa.select(sa.func.setval(sequence, highest)))
