"""The search log, the administrators' vocabulary with its first synonyms, and hotness."""

import datetime as dt

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Word and folded form: no code of the portal may change what a migration writes.
SYNONYMS = (
    (("集客", "集客"), ("集团客户", "集团客户"), ("政企客户", "政企客户")),
    (("建议书", "建议书"), ("项目建议书", "项目建议书")),
    (("互联网专线", "互联网专线"), ("宽带专线", "宽带专线")),
    (("宽带", "宽带"), ("宽频", "宽频")),
    (("行业短信", "行业短信"), ("集团短信", "集团短信"), ("企业短信", "企业短信")),
    (("云主机", "云主机"), ("云服务器", "云服务器"), ("弹性云主机", "弹性云主机")),
    (("云桌面", "云桌面"), ("桌面云", "桌面云"), ("虚拟桌面", "虚拟桌面")),
    (("数据中心", "数据中心"), ("IDC", "idc")),
    (("物联网", "物联网"), ("IoT", "iot")),
    (("视频监控", "视频监控"), ("安防监控", "安防监控")),
    (("固话", "固话"), ("固定电话", "固定电话"), ("座机", "座机")),
    (("资费", "资费"), ("价格", "价格"), ("收费标准", "收费标准")),
    (("宣传单", "宣传单"), ("宣传页", "宣传页"), ("宣传彩页", "宣传彩页")),
    (("成功案例", "成功案例"), ("典型案例", "典型案例"), ("标杆案例", "标杆案例")),
    (("标书", "标书"), ("投标书", "投标书"), ("投标文件", "投标文件")),
    (("等保", "等保"), ("等级保护", "等级保护")),
    (("故障", "故障"), ("障碍", "障碍")),
)
WRITTEN_AT = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the database keeps naive UTC

groups = sa.table(
    "synonym_groups", sa.column("id", sa.Integer), sa.column("created_at", sa.DateTime)
)
synonyms = sa.table(
    "synonyms",
    sa.column("group_id", sa.Integer),
    sa.column("folded", sa.String),
    sa.column("word", sa.String),
    sa.column("position", sa.Integer),
)


def upgrade() -> None:
    """Apply."""
    _search_log()
    _vocabulary()
    _hotness()
    for words in SYNONYMS:
        # The database numbers the groups itself, so that its own counting goes on behind them.
        insert = sa.insert(groups).values(created_at=WRITTEN_AT).returning(groups.c.id)
        group = op.get_bind().execute(insert).scalar_one()
        op.bulk_insert(
            synonyms,
            [
                {"group_id": group, "folded": folded, "word": word, "position": position}
                for position, (word, folded) in enumerate(words, 1)
            ],
        )


def _search_log() -> None:
    op.create_table(
        "searches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("person", sa.String(length=48), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("folded", sa.String(length=500), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("industry", sa.String(length=48), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("relaxed", sa.Boolean(), nullable=False),
        sa.Column("substring", sa.Boolean(), nullable=False),
        sa.Column("took_ms", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("errand_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_searches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sa.UniqueConstraint("token", name=op.f("uq_searches_token")),
    )
    with op.batch_alter_table("searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_searches_at"), ["at"], unique=False)
        batch_op.create_index("ix_searches_person_at", ["person", "at"], unique=False)
        batch_op.create_index("ix_searches_hits_at", ["hits", "at"], unique=False)

    op.create_table(
        "search_opens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("find_seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_search_opens_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_opens_search_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_opens")),
        sa.UniqueConstraint(
            "search_id", "document_id", name=op.f("uq_search_opens_search_id_document_id")
        ),
    )
    with op.batch_alter_table("search_opens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_opens_at"), ["at"], unique=False)


def _vocabulary() -> None:
    op.create_table(
        "synonym_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_synonym_groups_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_groups")),
    )
    op.create_table(
        "synonyms",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["synonym_groups.id"], name=op.f("fk_synonyms_group_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "folded", name=op.f("pk_synonyms")),
    )
    op.create_table(
        "lexicon_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=32), nullable=False),
        sa.Column("folded", sa.String(length=32), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_lexicon_words_author_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lexicon_words")),
        sa.UniqueConstraint("folded", name=op.f("uq_lexicon_words_folded")),
    )


def _hotness() -> None:
    op.create_table(
        "reader_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_reader_events_document_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_reader_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reader_events")),
        sa.UniqueConstraint(
            "document_id",
            "user_id",
            "kind",
            "day",
            name=op.f("uq_reader_events_document_id_user_id_kind_day"),
        ),
    )
    with op.batch_alter_table("reader_events", schema=None) as batch_op:
        batch_op.create_index("ix_reader_events_user_id_at", ["user_id", "at"], unique=False)
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hot", sa.Double(), nullable=True))
        batch_op.create_index(batch_op.f("ix_documents_hot"), ["hot"], unique=False)
