"""Lists for each person, and what they are made from."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _lists()
    _inputs()
    _events()
    # The scheduler makes the lists anew within a minute.
    op.drop_table("newest_entries")


def _lists() -> None:
    op.create_table(
        "list_entries",
        sa.Column("owner_kind", sa.String(length=8), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_list_entries_document_id")
        ),
        sa.PrimaryKeyConstraint(
            "owner_kind", "owner_id", "list", "rank", name=op.f("pk_list_entries")
        ),
    )
    with op.batch_alter_table("list_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_list_entries_document_id"), ["document_id"], unique=False
        )

    op.create_table(
        "list_marks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_list_marks_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_list_marks")),
    )


def _inputs() -> None:
    op.create_table(
        "dismissals",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_dismissals_document_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_dismissals_user_id")),
        sa.PrimaryKeyConstraint("user_id", "document_id", name=op.f("pk_dismissals")),
    )
    op.create_table(
        "co_reading_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_reading_models")),
    )
    op.create_table(
        "version_texts",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_version_texts_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_version_texts")),
    )


def _events() -> None:
    op.create_table(
        "refused_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_events")),
    )
    with op.batch_alter_table("refused_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refused_events_at"), ["at"], unique=False)
    with op.batch_alter_table("reader_events", schema=None) as batch_op:
        batch_op.drop_index("ix_reader_events_user_id_at")
        batch_op.create_index(
            "ix_reader_events_user_id_at", ["user_id", "at", "document_id"], unique=False
        )
        batch_op.create_index("ix_reader_events_at", ["at"], unique=False)
    op.create_index(op.f("ix_versions_published_at"), "versions", ["published_at"], unique=False)
