"""Numbers, dates, sizes and places in the words that people use."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from portal.catalogue import Taxonomy
from portal.db import utcnow
from portal.search import FORMATS
from portal.services import Services
from portal.web.language import language
from portal.web.messages import LazyText, date, gettext, lazy_gettext, listed, ngettext, number
from portal.web.sentences import said

# In the order in which a person narrows a search.
FACET_NAMES: Mapping[str, LazyText] = {
    "stage": lazy_gettext("阶段"),
    "kind": lazy_gettext("类型"),
    "work_type": lazy_gettext("工作类别"),
    "industry": lazy_gettext("行业"),
    "product": lazy_gettext("产品"),
    "library": lazy_gettext("知识库"),
    "format": lazy_gettext("格式"),
    "year": lazy_gettext("年份"),
}
SORT_NAMES: Mapping[str, LazyText] = {
    "relevance": lazy_gettext("相关度"),
    "newest": lazy_gettext("最新"),
    "hottest": lazy_gettext("最热"),
}
FORMAT_NAMES: Mapping[str, str] = {"md": "Markdown"}
UNITS = ("B", "KB", "MB", "GB")


@dataclass(frozen=True, slots=True)
class Code:
    """A value of a facet with its name in the reader's language."""

    code: str
    name: str


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
        listed=listed,
        took=took,
        lasted=lasted,
        percent=percent,
    )
    app.jinja_env.globals.update(place_name=place_name, said=said, FACET_NAMES=FACET_NAMES)


def code_name(taxonomy: Taxonomy, facet: str, code: str) -> str:
    """The name of a facet's value: of the taxonomy, a file format or a year."""
    if facet == "format":
        return FORMAT_NAMES.get(code, code.upper())
    if facet == "year":
        return gettext("%(year)s 年", year=code)
    return taxonomy.name(facet, code, language())


def codes_of(taxonomy: Taxonomy, facet: str) -> tuple[Code, ...]:
    """Every value that a facet can have, in order; nothing for years, which have no end."""
    known = FORMATS if facet == "format" else ()
    codes = known or tuple(term.code for term in taxonomy.terms.get(facet, ()))
    return tuple(Code(code, code_name(taxonomy, facet, code)) for code in codes)


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


def lasted(seconds: float) -> str:
    """How long something took a person, to the second below an hour."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return gettext("%(seconds)s 秒", seconds=rest)
    if minutes < 60:
        return gettext("%(minutes)s 分 %(seconds)s 秒", minutes=minutes, seconds=rest)
    return gettext("%(hours)s 小时 %(minutes)s 分", hours=minutes // 60, minutes=minutes % 60)


def percent(share: float) -> str:
    """A share of one in whole per cent."""
    return number(share, "#,##0%")


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
