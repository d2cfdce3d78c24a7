"""Alembic's environment: the connection comes from `portal.migrate`, never from a file."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

import portal.models  # noqa: F401 - registers every table
from portal.db import Base, UtcDateTime


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    # A migration must not change its meaning when our type does.
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Run the asked-for migrations on the given connection."""
    connection: sa.Connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
