"""Uploads, near duplicates and templates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _documents()
    _partial_uploads()
    _fingerprints()
    _separate_documents()


def _documents() -> None:
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("keywords", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(
            sa.Column("is_template", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("template_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_documents_template_id"), "documents", ["template_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_documents_template_id"), ["template_id"])


def _partial_uploads() -> None:
    op.create_table(
        "partial_uploads",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=300), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_partial_uploads_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partial_uploads")),
    )
    with op.batch_alter_table("partial_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partial_uploads_user_id"), ["user_id"])
        batch_op.create_index(batch_op.f("ix_partial_uploads_touched_at"), ["touched_at"])


def _fingerprints() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_fingerprints_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_fingerprints")),
    )
    op.create_table(
        "fingerprint_bands",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["versions.id"], name=op.f("fk_fingerprint_bands_version_id")
        ),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_fingerprint_bands")),
    )
    with op.batch_alter_table("fingerprint_bands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fingerprint_bands_key"), ["key"])


def _separate_documents() -> None:
    op.create_table(
        "separate_documents",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_separate_documents_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["documents.id"], name=op.f("fk_separate_documents_other_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_separate_documents_user_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "other_id", name=op.f("pk_separate_documents")),
    )
