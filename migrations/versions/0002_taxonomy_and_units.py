"""The default taxonomy and organisation units; administrators may change them afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INDUSTRIES = (
    ("government", "党政军", "Government and military"),
    ("public-safety", "公安政法", "Public safety and justice"),
    ("education", "教育", "Education"),
    ("healthcare", "医疗卫生", "Healthcare"),
    ("finance", "金融保险", "Finance and insurance"),
    ("transport", "交通物流", "Transport and logistics"),
    ("agriculture", "农业农村", "Agriculture and countryside"),
    ("manufacturing", "制造能源", "Manufacturing and energy"),
    ("commerce", "商贸服务", "Commerce and services"),
)
WORK_TYPES = (
    ("customer-sales", "客户销售", "Customer sales"),
    ("product-development", "产品开发", "Product development"),
    ("tariff-design", "资费制定", "Tariff design"),
    ("marketing-planning", "营销策划", "Marketing planning"),
    ("industry-event", "行业信息化活动", "Industry event"),
    ("key-event", "重要活动", "Key event"),
)
PHASES = (
    (
        ("pre-sale", "售前", "Pre-sale"),
        (
            ("visit", "客户拜访", "Customer visit"),
            ("needs", "需求挖掘", "Needs discovery"),
            ("solution", "方案整合", "Solution design"),
            ("presentation", "方案呈现", "Presentation"),
            ("negotiation", "商务谈判", "Negotiation"),
            ("contract", "合同签订", "Contract signing"),
        ),
    ),
    (
        ("delivery", "售中", "Delivery"),
        (
            ("order", "工单提交", "Order entry"),
            ("provisioning", "数据制作", "Provisioning"),
            ("testing", "业务测试", "Service testing"),
            ("trial", "业务试用", "Trial"),
            ("launch", "正式商用", "Launch"),
        ),
    ),
    (
        ("after-sale", "售后", "After-sale"),
        (
            ("follow-up", "客户回访", "Follow-up"),
            ("relationship", "关系维护", "Relationship care"),
            ("complaint", "投诉处理", "Complaint handling"),
            ("change", "业务变更", "Service change"),
            ("maintenance", "系统维护", "System maintenance"),
        ),
    ),
)
KINDS = (
    ("template", "模板", "Template"),
    ("proposal", "项目建议书", "Proposal"),
    ("tariff", "资费方案", "Tariff"),
    ("product", "产品文档", "Product document"),
    ("brochure", "宣传单", "Brochure"),
    ("case", "成功案例", "Success story"),
    ("contract", "合同范本", "Model contract"),
    ("manual", "操作手册", "Manual"),
    ("news", "行业动态", "Industry news"),
)
PRODUCTS = (
    ("voice", "语音", "Voice"),
    ("line", "专线宽带", "Leased line and broadband"),
    ("iot", "物联网", "Internet of things"),
    ("messaging", "行业短彩信", "Business messaging"),
    ("cloud", "云与IDC", "Cloud and IDC"),
    ("office", "移动办公", "Mobile office"),
    ("video", "视频监控", "Video surveillance"),
    ("integration", "系统集成", "System integration"),
)
LIBRARIES = (
    ("needs", "客户需求库", "Customer needs"),
    ("experts", "信息专家库", "Information experts"),
    ("solutions", "解决方案库", "Solutions"),
    ("partners", "合作伙伴库", "Partners"),
)
UNITS = (
    ("hq", "省公司", "Province headquarters"),
    ("yunlan", "云澜分公司", "Yunlan branch"),
    ("qingpu", "清浦分公司", "Qingpu branch"),
    ("donglu", "东麓分公司", "Donglu branch"),
    ("nanyu", "南屿分公司", "Nanyu branch"),
)

terms = sa.table(
    "taxonomy_terms",
    sa.column("id", sa.Integer),
    sa.column("facet", sa.String),
    sa.column("code", sa.String),
    sa.column("zh", sa.String),
    sa.column("en", sa.String),
    sa.column("position", sa.Integer),
    sa.column("parent_id", sa.Integer),
)
units = sa.table(
    "units", sa.column("code", sa.String), sa.column("zh", sa.String), sa.column("en", sa.String)
)


def _rows(
    facet: str, values: tuple[tuple[str, str, str], ...], first: int = 1
) -> list[dict[str, object]]:
    return [
        {"facet": facet, "code": code, "zh": zh, "en": en, "position": position}
        for position, (code, zh, en) in enumerate(values, first)
    ]


def upgrade() -> None:
    """Apply."""
    connection = op.get_bind()
    for facet, values in (
        ("industry", INDUSTRIES),
        ("work_type", WORK_TYPES),
        ("kind", KINDS),
        ("product", PRODUCTS),
        ("library", LIBRARIES),
        ("phase", tuple(phase for phase, _ in PHASES)),
    ):
        op.bulk_insert(terms, _rows(facet, values))
    position = 1
    for phase, stages in PHASES:
        parent = connection.scalar(
            sa.select(terms.c.id).where(terms.c.facet == "phase", terms.c.code == phase[0])
        )
        rows = [row | {"parent_id": parent} for row in _rows("stage", stages, position)]
        op.bulk_insert(terms, rows)
        position += len(stages)
    op.bulk_insert(units, [{"code": code, "zh": zh, "en": en} for code, zh, en in UNITS])
