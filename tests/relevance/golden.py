"""Golden queries over the sample library: what a colleague types, and what should come first.

Files are named by a part of their name that no other file's name holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Golden:
    """A question, filters beside it, and the file expected among the first ``within``."""

    text: str
    file: str
    within: int = 1
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


EDUCATION = {"industry": ("education",)}
HEALTHCARE = {"industry": ("healthcare",)}
FINANCE = {"industry": ("finance",)}
CONTRACT = {"stage": ("contract",)}
FOLLOW_UP = {"stage": ("follow-up",)}

GOLDEN: tuple[Golden, ...] = (
    # Words, as most people type.
    Golden("校园 宽带 资费", "校园宽带与学生套餐资费表"),
    Golden("校园宽带资费", "校园宽带与学生套餐资费表"),
    Golden("学生 融合套餐 宿舍宽带", "校园宽带与学生套餐资费表"),
    Golden("智慧校园 解决方案 模板", "智慧校园整体解决方案模板"),
    Golden("宿舍 断网 环路", "校园宽带常见故障处理手册"),
    Golden("平安校园 宣传单", "平安校园"),
    Golden("云桌面 实训室", "清浦工贸学校云桌面"),
    Golden("高校 迎新 营销", "2026高校迎新营销策划方案"),
    Golden("医院 双路由 组网", "云澜三院双路由组网"),
    Golden("云影像 资费", "医疗机构专线与云影像资费表"),
    Golden("5G 急救车 测试用例", "5G急救车视频回传"),
    Golden("SD-WAN 底价", "金融专线底价与折扣授权", 2),
    Golden("农商行 网点 SD-WAN 建议书", "泽丰农商行"),
    Golden("证券 双活 机房", "岭川证券双活"),
    Golden("政务外网 专线 资费", "电子政务外网专线资费表"),
    Golden("12345 热线 扩容", "东麓市12345热线"),
    Golden("110 接处警 割接", "110接处警语音中继"),
    Golden("马拉松 安保 通信保障", "镜湖半程马拉松"),
    Golden("春运 保障", "2026年春运通信保障方案"),
    Golden("冷链 温度 投诉", "驿程冷链"),
    Golden("机场 航站楼 行李", "东麓云岫机场"),
    Golden("大棚 物联网卡 资费", "智慧大棚物联网卡"),
    Golden("柑橘 水肥一体化", "石塘县柑橘基地"),
    Golden("AGV 5G 专网", "清浦临港重机"),
    Golden("合作伙伴 收银 门店", "商贸行业合作伙伴名录"),
    # Questions in a sentence.
    Golden("校园宽带多少钱？", "校园宽带与学生套餐资费表", 2),
    Golden("宿舍晚上网速慢怎么处理", "校园宽带常见故障处理手册", 2),
    Golden("银行网点专线断了应该先问什么", "银行网点专线故障处理指引", 2),
    Golden("第一次拜访民营医院要准备什么？", "民营医院通信需求访谈提纲"),
    Golden("客户投诉营销短信怎么办", "商家营销短信投诉处理手册", 2),
    Golden("医院总机上线工单怎么提交", "医院云总机"),
    Golden("虫情测报灯离线了怎么查", "虫情测报灯离线故障"),
    # With the industry or the stage in the question or beside it.
    Golden("教育 行业的 校园 宽带 资费", "校园宽带与学生套餐资费表"),
    Golden("行业:教育 视频监控 合同", "校园视频监控服务合同范本"),
    Golden("服务合同范本", "县域医共体云影像服务合同", 2, HEALTHCARE | CONTRACT),
    Golden("专线 资费", "金融专线与网点SD-WAN资费方案", 2, FINANCE),
    Golden("回访话术", "金融客户季度回访话术", 1, FINANCE | FOLLOW_UP),
    Golden("资费", "校园宽带与学生套餐资费表", 1, EDUCATION | {"kind": ("tariff",)}),
    Golden("专家 名录", "医疗行业专家名录", 1, {"library": ("experts",)}),
    # Traditional characters and full width, both ways.
    Golden("校園 寬帶 資費", "校园宽带与学生套餐资费表"),
    Golden("ＳＤ－ＷＡＮ　工單　數據製作", "SD-WAN组网工单与数据制作操作手册"),
    Golden("港资 连锁餐饮 回访", "港資連鎖餐飲客戶回訪話術"),
    Golden("远程会诊 跨境", "恆澤醫療集團跨境遠程會診"),
    Golden("台资 电子厂 专线", "台資電子廠專線"),
    Golden("姊妹学校 视像课堂", "港澳姊妹學校視像課堂"),
    # A phrase, and a word that is not wanted.
    Golden('"底价参考" 同城', "金融专线底价与折扣授权"),
    Golden("回访话术 -金融 -政法 -农业", "港資連鎖餐飲客戶回訪話術", 3),
)
