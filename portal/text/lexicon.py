"""Our own terms: words of the trade that jieba's dictionary lacks or cuts apart."""

WORDS: tuple[str, ...] = (
    "集团客户",
    "集客",
    "政企",
    "行业经理",
    "客户经理",
    "产品经理",
    "项目建议书",
    "建议书",
    "资费",
    "资费表",
    "资费方案",
    "宣传单",
    "合同范本",
    "操作手册",
    "成功案例",
    "解决方案",
    "专线",
    "互联网专线",
    "数据专线",
    "语音专线",
    "云专线",
    "校园宽带",
    "校园网",
    "智慧校园",
    "平安校园",
    "智慧医疗",
    "智慧城市",
    "智慧农业",
    "智慧工厂",
    "物联网",
    "物联网卡",
    "车联网",
    "短彩信",
    "行业短信",
    "云主机",
    "云桌面",
    "云视讯",
    "云课堂",
    "移动办公",
    "视频监控",
    "系统集成",
    "切片",
    "网络切片",
    "专网",
    "边缘计算",
    "等保",
    "工单",
    "割接",
    "回访",
    "试用",
    "商用",
    "售前",
    "售中",
    "售后",
    "底价",
    "招投标",
    "标书",
    "一卡通",
)
"""Added to the segmentation dictionary; part of the index version."""

_FUNCTION_WORDS = """
的 了 着 过 地 得 之 是 在 和 与 及 或 而 且 把 被 让 给 从 向 对 为
以 于 由 等 吗 呢 吧 啊 呀 么 我 你 您 他 她 它 我们 你们 他们 这 那
这个 那个 这些 那些 有 没有 什么 怎么 怎样 如何 哪 哪个 哪些 哪里 谁 何时
何 几 多少 为什么 请问 是否 一个 一下 可以 能 能否 要 想 会 都 也 就 还
又 很 最
"""

FUNCTION_WORDS: frozenset[str] = frozenset(_FUNCTION_WORDS.split())
"""Words that ask or join and name nothing; a question may drop them, a text keeps them."""

_QUESTION_WORDS = """
什么 怎么 怎样 如何 哪 哪个 哪些 哪里 谁 何时 多少 为什么 吗 请问 是否 能否
"""

QUESTION_WORDS: frozenset[str] = frozenset(_QUESTION_WORDS.split())
"""Words that make a sentence a question."""
