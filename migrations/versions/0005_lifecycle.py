"""The life cycle of documents: review, versions, stewards."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Days by kind; the empty code stands for every other document.
PERIODS = {
    "tariff": 30,
    "news": 90,
    "product": 90,
    "brochure": 180,
    "proposal": 180,
    "template": 180,
    "contract": 180,
    "manual": 365,
    "case": 730,
    "": 365,
}
REFERENCES = (
    ("documents", "reviewer_id", "users"),
    ("documents", "steward_id", "users"),
    ("documents", "superseded_by_id", "documents"),
    ("versions", "author_id", "users"),
)
INDEXED = ("reviewer_id", "submitted_at", "steward_id", "review_due_at", "superseded_by_id")

periods = sa.table("review_periods", sa.column("kind", sa.String), sa.column("days", sa.Integer))
documents = sa.table(
    "documents",
    sa.column("id", sa.Integer),
    sa.column("status", sa.String),
    sa.column("published_at", sa.DateTime),
    sa.column("author_id", sa.Integer),
    sa.column("steward_id", sa.Integer),
    sa.column("review_due_at", sa.DateTime),
    sa.column("current_number", sa.Integer),
)
versions = sa.table(
    "versions",
    sa.column("document_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("published_at", sa.DateTime),
    sa.column("author_id", sa.Integer),
)
kinds = sa.table(
    "document_terms", sa.column("document_id", sa.Integer), sa.column("term_id", sa.Integer)
)
terms = sa.table(
    "taxonomy_terms",
    sa.column("id", sa.Integer),
    sa.column("facet", sa.String),
    sa.column("code", sa.String),
)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "documents",
        sa.Column("current_number", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column("documents", sa.Column("proposed_number", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("submitted_at", sa.DateTime(), nullable=True))
    op.add_column("documents", sa.Column("review_due_at", sa.DateTime(), nullable=True))
    op.add_column("versions", sa.Column("published_at", sa.DateTime(), nullable=True))
    for table, column, target in REFERENCES:
        # SQLite and PostgreSQL read this alike, and a key that comes with its column needs no copy
        # of the table.
        key = f"CONSTRAINT fk_{table}_{column} REFERENCES {target} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} INTEGER {key}")
    for column in INDEXED:
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column], unique=False)
    _tables()
    op.bulk_insert(periods, [{"kind": kind, "days": days} for kind, days in PERIODS.items()])
    _fill()


def _tables() -> None:
    op.create_table(
        "document_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("from_status", sa.String(length=16), nullable=False),
        sa.Column("to_status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_document_changes_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_changes_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_changes")),
    )
    with op.batch_alter_table("document_changes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_document_changes_document_id_id", ["document_id", "id"], unique=False
        )
    op.create_table(
        "review_periods",
        sa.Column("kind", sa.String(length=48), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_review_periods")),
    )


def _fill() -> None:
    """Give the documents that are there what publishing would have given them."""
    newest = (
        sa.select(sa.func.max(versions.c.number))
        .where(versions.c.document_id == documents.c.id)
        .scalar_subquery()
    )
    author = sa.select(documents.c.author_id).where(documents.c.id == versions.c.document_id)
    published = sa.select(documents.c.published_at).where(documents.c.id == versions.c.document_id)
    op.execute(sa.update(documents).values(current_number=sa.func.coalesce(newest, 1)))
    op.execute(
        sa.update(versions).values(
            author_id=author.scalar_subquery(), published_at=published.scalar_subquery()
        )
    )
    connection = op.get_bind()
    days: dict[int, list[int]] = {}
    kind_rows = sa.select(kinds.c.document_id, terms.c.code).join(
        terms, sa.and_(terms.c.id == kinds.c.term_id, terms.c.facet == "kind")
    )
    for document_id, code in connection.execute(kind_rows):
        days.setdefault(document_id, []).append(PERIODS.get(code, PERIODS[""]))
    rows = connection.execute(
        sa.select(documents.c.id, documents.c.author_id, documents.c.published_at).where(
            documents.c.status == "published", documents.c.published_at.is_not(None)
        )
    ).all()
    for document_id, author_id, published_at in rows:
        due = published_at + dt.timedelta(days=min(days.get(document_id, [PERIODS[""]])))
        connection.execute(
            sa.update(documents)
            .where(documents.c.id == document_id)
            .values(steward_id=author_id, review_due_at=due)
        )
