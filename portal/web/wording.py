"""Numbers, dates, sizes and places in the words that people use."""

import datetime as dt
from collections.abc import Mapping

from flask import Flask

from portal.db import utcnow
from portal.services import Services
from portal.web.messages import LazyText, date, gettext, lazy_gettext, ngettext, number

# In the order in which a person narrows a search.
FACET_NAMES: Mapping[str, LazyText] = {
    "stage": lazy_gettext("阶段"),
    "kind": lazy_gettext("类型"),
    "work_type": lazy_gettext("工作类别"),
    "industry": lazy_gettext("行业"),
    "product": lazy_gettext("产品"),
    "library": lazy_gettext("知识库"),
}
SORT_NAMES: Mapping[str, LazyText] = {
    "relevance": lazy_gettext("相关度"),
    "newest": lazy_gettext("最新"),
}
UNITS = ("B", "KB", "MB", "GB")


def init_app(app: Flask, services: Services) -> None:
    """Give templates the wording as filters."""
    zone = services.settings.timezone

    def human(moment: dt.datetime) -> str:
        return human_date(moment.astimezone(zone), utcnow().astimezone(zone))

    app.jinja_env.filters.update(
        human_date=human,
        exact_date=exact_date,
        human_size=human_size,
        number=number,
        took=took,
    )
    app.jinja_env.globals.update(place_name=place_name, FACET_NAMES=FACET_NAMES)


def human_date(moment: dt.datetime, now: dt.datetime) -> str:
    """How long ago in calendar days, months or years; both times in the zone people live in."""
    days = (now.date() - moment.date()).days
    if days <= 0:
        return gettext("今天")
    if days == 1:
        return gettext("昨天")
    if days < 60:
        return ngettext("%(num)s 天前", "%(num)s 天前", days)
    if days < 365:
        return ngettext("%(num)s 个月前", "%(num)s 个月前", days // 30)
    return ngettext("%(num)s 年前", "%(num)s 年前", days // 365)


def exact_date(moment: dt.datetime) -> str:
    """The date and time to the minute, in the portal's time zone."""
    return date(moment, "yyyy-MM-dd HH:mm")


def human_size(size: int) -> str:
    """A size in bytes in the largest fitting unit, with one decimal below ten."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    shape = "#,##0.#" if value < 10 and unit else "#,##0"
    return f"{number(value, shape)} {UNITS[unit]}"


def took(milliseconds: float) -> str:
    """A duration as the results page says it."""
    if milliseconds < 1:
        return gettext("不到 1 毫秒")
    return gettext("%(ms)s 毫秒", ms=number(round(milliseconds)))


def place_name(kind: str, position: int | None, label: str) -> str:
    """Where in a document something is: 第 7 页, 幻灯片 12, 工作表“资费”, a heading."""
    if kind == "page":
        return gettext("第 %(number)s 页", number=position)
    if kind == "slide":
        return gettext("幻灯片 %(number)s", number=position)
    if kind == "sheet":
        return gettext("工作表“%(label)s”", label=label)
    if label:
        return label
    if kind == "heading" and position is not None:
        return gettext("第 %(number)s 部分", number=position)
    return gettext("全文")
