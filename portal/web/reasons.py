"""Why a document stands in a list, as a sentence for the reader."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from portal.recommend import Reason, ReasonCode
from portal.services import Services
from portal.web.context import services
from portal.web.messages import gettext, ngettext
from portal.web.wording import code_name

Data = Mapping[str, Any]


def init_app(app: Flask, _services: Services) -> None:
    """Give templates ``reason_sentence``."""
    app.jinja_env.globals.update(reason_sentence=reason_sentence)


def reason_sentence(reason: Reason) -> str:
    """The one line below a document in a list; it says how the document was in fact chosen."""
    return _SENTENCES[reason.code](reason.data)


def _industry_week(data: Data) -> str:
    return ngettext("本行业 %(num)s 位同事本周用过", "本行业 %(num)s 位同事本周用过", data["count"])


def _week(data: Data) -> str:
    return ngettext("%(num)s 位同事本周用过", "%(num)s 位同事本周用过", data["count"])


def _month(data: Data) -> str:
    return ngettext("近四周有 %(num)s 位同事用过", "近四周有 %(num)s 位同事用过", data["count"])


def _updated(data: Data) -> str:
    return gettext("内容有更新，现在是第 %(version)s 版", version=data["version"])


def _co_read(data: Data) -> str:
    if "title" not in data:
        return gettext("和您看过相近资料的同事也看了这份")
    return gettext("看过《%(title)s》的同事也看了这份", title=data["title"])


def _similar(data: Data) -> str:
    if "title" not in data:
        return gettext("和您看过的一份资料内容相近")
    return gettext("和您看过的《%(title)s》内容相近", title=data["title"])


def _gap(data: Data) -> str:
    return gettext(
        "%(industry)s行业的地图上“%(stage)s”还缺%(kind)s，这份也许可以补上",
        industry=_name("industry", data),
        stage=_name("stage", data),
        kind=_name("kind", data),
    )


def _stage(data: Data) -> str:
    if "industry" not in data:
        return gettext("您最近常看“%(stage)s”阶段的资料", stage=_name("stage", data))
    return gettext(
        "您最近常看“%(stage)s”，这是%(industry)s行业同阶段的资料",
        stage=_name("stage", data),
        industry=_name("industry", data),
    )


def _role(data: Data) -> str:
    if "industry" not in data:
        return gettext("您的岗位常用的%(kind)s", kind=_name("kind", data))
    return gettext(
        "%(industry)s行业的%(kind)s，您的岗位常用到",
        industry=_name("industry", data),
        kind=_name("kind", data),
    )


def _industry_hot(data: Data) -> str:
    if "industry" not in data:
        return gettext("同事们近期用得最多")
    return gettext("%(industry)s行业近期用得最多", industry=_name("industry", data))


def _industry_new(data: Data) -> str:
    if "industry" not in data:
        return gettext("新近发布或更新")
    return gettext("%(industry)s行业新近发布或更新", industry=_name("industry", data))


def _name(facet: str, data: Data) -> str:
    return code_name(services().taxonomy(), facet, data[facet])


_SENTENCES: Mapping[ReasonCode, Callable[[Data], str]] = {
    ReasonCode.INDUSTRY_WEEK: _industry_week,
    ReasonCode.WEEK: _week,
    ReasonCode.MONTH: _month,
    ReasonCode.JUST_PUBLISHED: lambda _data: gettext("这几天刚发布"),
    ReasonCode.EARLIER: lambda _data: gettext("前一阵子用得多"),
    ReasonCode.PUBLISHED: lambda _data: gettext("新发布"),
    ReasonCode.UPDATED: _updated,
    ReasonCode.CO_READ: _co_read,
    ReasonCode.SIMILAR: _similar,
    ReasonCode.GAP: _gap,
    ReasonCode.STAGE: _stage,
    ReasonCode.ROLE: _role,
    ReasonCode.INDUSTRY_HOT: _industry_hot,
    ReasonCode.INDUSTRY_NEW: _industry_new,
}
