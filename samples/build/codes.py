"""The codes that the front matter of a source may use."""

INDUSTRIES = frozenset(
    (
        "government",
        "public-safety",
        "education",
        "healthcare",
        "finance",
        "transport",
        "agriculture",
        "manufacturing",
        "commerce",
    )
)
WORK_TYPES = frozenset(
    (
        "customer-sales",
        "product-development",
        "tariff-design",
        "marketing-planning",
        "industry-event",
        "key-event",
    )
)
STAGES = frozenset(
    (
        "visit",
        "needs",
        "solution",
        "presentation",
        "negotiation",
        "contract",
        "order",
        "provisioning",
        "testing",
        "trial",
        "launch",
        "follow-up",
        "relationship",
        "complaint",
        "change",
        "maintenance",
    )
)
KINDS = frozenset(
    (
        "template",
        "proposal",
        "tariff",
        "product",
        "brochure",
        "case",
        "contract",
        "manual",
        "news",
    )
)
PRODUCTS = frozenset(
    (
        "voice",
        "line",
        "iot",
        "messaging",
        "cloud",
        "office",
        "video",
        "integration",
    )
)
LIBRARIES = frozenset(("needs", "experts", "solutions", "partners"))
VISIBILITIES = frozenset(("everyone", "unit"))
FORMATS = frozenset(("docx", "pptx", "xlsx", "pdf", "html", "md", "txt"))
ENCODINGS = frozenset(("utf-8", "gb18030", "big5", "utf-16"))

AUTHORS = {
    "linwei": "林薇",
    "chenhao": "陈浩",
    "zhoumin": "周敏",
    "wuqiang": "吴强",
    "liujie": "刘洁",
    "huangtao": "黄涛",
    "xujing": "徐静",
    "heping": "何平",
    "tangli": "唐莉",
    "sunbo": "孙波",
    "guoyan": "郭岩",
}
"""Logins with the names that stand in a file's properties."""
