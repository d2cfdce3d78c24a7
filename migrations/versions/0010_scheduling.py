"""Scheduler lease, jobs and their runs, and figures for the statistics pages."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEVER = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the database keeps naive UTC


def upgrade() -> None:
    """Apply."""
    _jobs()
    _runs()
    _statistics()
    with op.batch_alter_table("searches", schema=None) as batch_op:
        batch_op.create_index(
            "ix_searches_folded_at_hits_question_id_person",
            ["folded", "at", "hits", "question_id", "person"],
            unique=False,
        )


def _jobs() -> None:
    lease = op.create_table(
        "scheduler_lease",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=96), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("renewed_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduler_lease")),
    )
    # Free from the start: whoever takes it changes this one row.
    free = {"name": "scheduler", "holder": "", "beat": 0, "since": NEVER, "renewed_at": NEVER}
    op.bulk_insert(lease, [free])
    op.create_table(
        "scheduled_jobs",
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("daily_at", sa.String(length=5), nullable=True),
        sa.Column("known_at", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("paused_at", sa.DateTime(), nullable=True),
        sa.Column("paused_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["paused_by"], ["users.id"], name=op.f("fk_scheduled_jobs_paused_by")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["users.id"], name=op.f("fk_scheduled_jobs_asked_by")
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_jobs")),
    )


def _runs() -> None:
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_runs_job"))
        batch_op.alter_column("seconds", existing_type=sa.Double(), nullable=True)
        batch_op.add_column(sa.Column("runner", sa.String(length=96), server_default=""))
        batch_op.add_column(sa.Column("asked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("alive_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("counts", sa.JSON(), server_default="{}"))
        batch_op.create_foreign_key(op.f("fk_job_runs_asked_by"), "users", ["asked_by"], ["id"])
    op.execute("UPDATE job_runs SET alive_at = started_at")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        # What is there has its value now; what comes says it itself.
        batch_op.alter_column(
            "runner", existing_type=sa.String(length=96), nullable=False, server_default=None
        )
        batch_op.alter_column("alive_at", existing_type=sa.DateTime(), nullable=False)
        batch_op.alter_column(
            "counts", existing_type=sa.JSON(), nullable=False, server_default=None
        )
        batch_op.create_index("ix_job_runs_job_id", ["job", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_runs_outcome"), ["outcome"], unique=False)


def _statistics() -> None:
    op.create_table(
        "statistics_periods",
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("last_event", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("period", "start", name=op.f("pk_statistics_periods")),
    )
    op.create_table(
        "use_figures",
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("dimension", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "period", "start", "dimension", "code", name=op.f("pk_use_figures")
        ),
    )
    op.create_table(
        "find_times",
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("finds", sa.Integer(), nullable=False),
        sa.Column("median", sa.Double(), nullable=False),
        sa.Column("ninetieth", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("start", name=op.f("pk_find_times")),
    )
