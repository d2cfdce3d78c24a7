"""The knowledge map: slots and their history."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What each stage of a deal needs, in every industry: kinds in the order of their importance.
NEEDED = {
    "visit": ("brochure", "case", "template", "news"),
    "needs": ("template", "case"),
    "solution": ("template", "proposal", "product", "tariff"),
    "presentation": ("proposal", "case", "brochure"),
    "negotiation": ("tariff", "contract"),
    "contract": ("contract", "template"),
    "order": ("manual", "template"),
    "provisioning": ("manual",),
    "testing": ("manual", "template"),
    "trial": ("product", "template"),
    "launch": ("case", "brochure"),
    "follow-up": ("template",),
    "relationship": ("template", "news"),
    "complaint": ("manual",),
    "change": ("template", "manual"),
    "maintenance": ("manual", "case"),
}
# What an industry needs besides, for how it buys and what it fears.
ALSO_NEEDED = {
    "government": (("negotiation", "proposal"), ("maintenance", "proposal")),
    "public-safety": (("provisioning", "proposal"), ("testing", "proposal")),
    "education": (("needs", "proposal"), ("testing", "case")),
    "healthcare": (("negotiation", "proposal"), ("follow-up", "case")),
    "finance": (("testing", "case"), ("complaint", "case")),
    "transport": (("order", "tariff"), ("trial", "case")),
    "agriculture": (("trial", "case"), ("testing", "product")),
    "manufacturing": (("solution", "case"), ("launch", "product")),
    "commerce": (("trial", "manual"), ("relationship", "case")),
}
# Days after which a document of a kind is looked at again.
REFRESH_DAYS = {
    "template": 180,
    "proposal": 180,
    "tariff": 120,
    "product": 180,
    "brochure": 180,
    "case": 365,
    "contract": 365,
    "manual": 365,
    "news": 60,
}

terms = sa.table(
    "taxonomy_terms",
    sa.column("id", sa.Integer),
    sa.column("facet", sa.String),
    sa.column("code", sa.String),
)
slots = sa.table(
    "slots",
    sa.column("industry_id", sa.Integer),
    sa.column("stage_id", sa.Integer),
    sa.column("kind_id", sa.Integer),
    sa.column("refresh_days", sa.Integer),
)


def upgrade() -> None:
    """Apply."""
    _slots()
    _history()
    op.bulk_insert(slots, list(_defaults()))


def _defaults() -> list[dict[str, int]]:
    rows = op.get_bind().execute(sa.select(terms.c.facet, terms.c.code, terms.c.id))
    ids = {(facet, code): term_id for facet, code, term_id in rows}
    wanted = [
        (industry, stage, kind)
        for industry in ALSO_NEEDED
        for stage, kind in (
            *((stage, kind) for stage, kinds in NEEDED.items() for kind in kinds),
            *ALSO_NEEDED[industry],
        )
    ]
    return [
        {
            "industry_id": ids["industry", industry],
            "stage_id": ids["stage", stage],
            "kind_id": ids["kind", kind],
            "refresh_days": REFRESH_DAYS[kind],
        }
        for industry, stage, kind in wanted
        # An installation may have made its taxonomy its own.
        if {("industry", industry), ("stage", stage), ("kind", kind)} <= ids.keys()
    ]


def _slots() -> None:
    op.create_table(
        "slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("industry_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("filled_at", sa.DateTime(), nullable=True),
        sa.Column("filled_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("refresh_days", sa.Integer(), nullable=True),
        sa.Column("source_document_id", sa.Integer(), nullable=True),
        sa.Column("steward_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["industry_id"], ["taxonomy_terms.id"], name=op.f("fk_slots_industry_id")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["taxonomy_terms.id"], name=op.f("fk_slots_stage_id")
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["taxonomy_terms.id"], name=op.f("fk_slots_kind_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_slots_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["source_document_id"], ["documents.id"], name=op.f("fk_slots_source_document_id")
        ),
        sa.ForeignKeyConstraint(["filled_by_id"], ["users.id"], name=op.f("fk_slots_filled_by_id")),
        sa.ForeignKeyConstraint(["steward_id"], ["users.id"], name=op.f("fk_slots_steward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint(
            "industry_id", "stage_id", "kind_id", name=op.f("uq_slots_industry_id_stage_id_kind_id")
        ),
    )
    with op.batch_alter_table("slots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slots_document_id"), ["document_id"], unique=False)


def _history() -> None:
    op.create_table(
        "slot_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_history_slot_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_slot_history_document_id")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_slot_history_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_history")),
    )
    with op.batch_alter_table("slot_history", schema=None) as batch_op:
        batch_op.create_index("ix_slot_history_slot_id_at", ["slot_id", "at"], unique=False)
    op.create_table(
        "slot_candidates",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name=op.f("fk_slot_candidates_slot_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_slot_candidates_document_id")
        ),
        sa.PrimaryKeyConstraint("slot_id", "rank", name=op.f("pk_slot_candidates")),
    )
