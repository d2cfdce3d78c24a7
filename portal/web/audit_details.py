"""What the audit log keeps about an act besides its title, in words; codes stay in exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.catalogue import Taxonomy
from portal.web.account_words import METHOD_NAMES, ROLE_NAMES
from portal.web.audit_words import ACTS
from portal.web.language import language
from portal.web.life import STATUS_NAMES
from portal.web.messages import LazyText, gettext, lazy_gettext, listed
from portal.web.tokens import SCOPE_NAMES

NAMES: Mapping[str, LazyText] = {
    "from": lazy_gettext("原来"),
    "to": lazy_gettext("现在"),
    "version": lazy_gettext("版本"),
    "status": lazy_gettext("状态"),
    "visibility": lazy_gettext("可见范围"),
    "template": lazy_gettext("模板"),
    "days": lazy_gettext("天数"),
    "source": lazy_gettext("来源"),
    "steward": lazy_gettext("负责人"),
    "slot": lazy_gettext("位置"),
    "document": lazy_gettext("资料"),
    "word": lazy_gettext("词语"),
    "words": lazy_gettext("词语"),
    "login": lazy_gettext("登录名"),
    "person": lazy_gettext("登录名"),
    "people": lazy_gettext("人数"),
    "role": lazy_gettext("角色"),
    "unit": lazy_gettext("单位"),
    "industries": lazy_gettext("行业"),
    "changed": lazy_gettext("改动"),
    "name": lazy_gettext("名称"),
    "outcome": lazy_gettext("结果"),
    "rows": lazy_gettext("行数"),
    "format": lazy_gettext("格式"),
    "file": lazy_gettext("文件"),
    "originals": lazy_gettext("原件"),
    "bytes": lazy_gettext("字节"),
    "made_at": lazy_gettext("备份时间"),
    "documents": lazy_gettext("资料"),
    "reason": lazy_gettext("原因"),
    "scopes": lazy_gettext("权限"),
    "method": lazy_gettext("登录方式"),
    "factor": lazy_gettext("哪一步"),
    "sessions": lazy_gettext("结束的登录"),
    "seconds": lazy_gettext("限制秒数"),
    "by": lazy_gettext("由谁发起"),
    "provider": lazy_gettext("由哪个认证系统"),
    "recovery_codes": lazy_gettext("恢复码"),
    "saved_search": lazy_gettext("保存的搜索"),
    "action": lazy_gettext("做了什么"),
    "subject": lazy_gettext("对象"),
    "since": lazy_gettext("从"),
    "until": lazy_gettext("到"),
    "index-unavailable": lazy_gettext("索引打不开"),
    "index-missing": lazy_gettext("索引里缺少"),
    "index-different": lazy_gettext("索引里不一致"),
    "index-orphan": lazy_gettext("索引里多余"),
    "outbox-error": lazy_gettext("没有送进索引"),
}
"""Names of details; one that is not here stands as its code."""

_STANDING: Mapping[str, LazyText] = {
    **STATUS_NAMES,
    "everyone": lazy_gettext("所有同事"),
    "unit": lazy_gettext("本单位"),
    "author": lazy_gettext("仅作者"),
}
_CODES: Mapping[str, Mapping[str, LazyText]] = {
    "from": _STANDING,
    "to": _STANDING,
    "status": _STANDING,
    "visibility": _STANDING,
    "method": {code.value: name for code, name in METHOD_NAMES.items()},
    "role": {code.value: name for code, name in ROLE_NAMES.items()},
    "scopes": SCOPE_NAMES,
    "action": ACTS,
    "factor": {"code": lazy_gettext("验证码")},
    "by": {"administrator": lazy_gettext("管理员")},
    "recovery_codes": {"renewed": lazy_gettext("换了新的")},
    "outcome": {
        "added": lazy_gettext("收录成功"),
        "duplicate": lazy_gettext("已经有了"),
        "failed": lazy_gettext("失败"),
    },
    "changed": {
        "added": lazy_gettext("新建"),
        "secret": lazy_gettext("换了密钥"),
        "started": lazy_gettext("重新启用"),
        "stopped": lazy_gettext("停用"),
        "removed": lazy_gettext("删除"),
        "email": lazy_gettext("邮箱"),
    },
}
_FACETS = {"industries": "industry", "days": "kind"}
_CHANGES = ("name", "role", "unit")


@dataclass(frozen=True, slots=True)
class Known:
    """What codes stand for that administrators can add to; ``units`` by code."""

    taxonomy: Taxonomy
    units: Mapping[str, str]


def details_words(details: Mapping[str, Any], known: Known) -> str:
    """Details on one line, without the title, which stands elsewhere in the row."""
    return " · ".join(
        gettext("%(facet)s：%(name)s", facet=NAMES.get(name, name), name=_words(name, value, known))
        for name, value in details.items()
        if name != "title" and value not in (None, "", [])
    )


def _words(name: str, value: object, known: Known) -> str:
    if isinstance(value, dict):
        return listed(f"{_word(name, key, known)} {each}" for key, each in value.items())
    if isinstance(value, list):
        words = [_words(name, each, known) for each in value]
        is_change = name in _CHANGES or any(isinstance(each, list) for each in value)
        return " → ".join(each or "—" for each in words) if is_change else listed(words)
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    return _word(name, str(value), known)


def _word(name: str, code: str, known: Known) -> str:
    if name == "unit":
        return known.units.get(code, code)
    if name == "slot":
        facets = ("industry", "stage", "kind")
        parts = zip(facets, code.split("/"), strict=False)
        return " · ".join(known.taxonomy.name(facet, each, language()) for facet, each in parts)
    if name in _FACETS:
        return known.taxonomy.name(_FACETS[name], code, language()) or gettext("其他资料")
    return str(_CODES.get(name, {}).get(code, code))
