"""Numbers of documents are never given out again."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. PostgreSQL's sequence never goes back; SQLite has to be told, by a new table."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table(
            "documents", recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
