"""The sentences of a digest: why a document stands in it, and what waits for the person."""

from portal.catalogue import Taxonomy
from portal.languages import Tongue
from portal.push.digest_types import Due, Item, Task, Why
from portal.push.sanitise import one_line


def why_sentence(item: Item, taxonomy: Taxonomy, spoken: Tongue) -> str:
    """Why a document stands in the digest, as a colleague would say it."""
    data = item.data
    industry = taxonomy.name("industry", str(data.get("industry", "")), spoken.language.code)
    match item.why:
        case Why.SEARCH:
            name = one_line(str(data["name"]))
            return spoken.gettext("您保存的搜索“%(name)s”找到的新资料", name=name)
        case Why.NEW_AND_READ:
            return spoken.ngettext(
                "%(industry)s新资料，%(ago)s，已有 %(num)s 位同事读过",
                "%(industry)s新资料，%(ago)s，已有 %(num)s 位同事读过",
                data["readers"],
                industry=industry,
                ago=_ago(data["days"], spoken),
            )
        case Why.HOT:
            return spoken.ngettext(
                "%(industry)s的 %(num)s 位同事这一周读过",
                "%(industry)s的 %(num)s 位同事这一周读过",
                data["readers"],
                industry=industry,
            )
        case Why.NEW:
            ago = _ago(data["days"], spoken)
            return spoken.gettext("%(industry)s新资料，%(ago)s", industry=industry, ago=ago)


def due_words(due: Due, taxonomy: Taxonomy, spoken: Tongue) -> dict[str, str]:
    """What waits, in words, and where to do it."""
    text = _due_sentence(due, spoken)
    if due.industry:
        name = taxonomy.name("industry", due.industry, spoken.language.code)
        text = spoken.gettext("%(industry)s：%(text)s", industry=name, text=text)
    if due.late:
        late = _late(due, spoken)
        text = spoken.gettext("%(text)s，%(late)s", text=text, late=late)
    return {
        "text": text,
        "url": f"/map/{due.industry}" if due.task is Task.SLOTS else _PAGES[due.task],
    }


_PAGES = {Task.REVIEWS: "/review", Task.REQUESTS: "/requests", Task.DOCUMENTS: "/review"}


def _due_sentence(due: Due, spoken: Tongue) -> str:
    match due.task:
        case Task.REVIEWS:
            return spoken.ngettext("%(num)s 份资料等您审核", "%(num)s 份资料等您审核", due.count)
        case Task.REQUESTS:
            return spoken.ngettext(
                "%(num)s 个同事求助等您回答", "%(num)s 个同事求助等您回答", due.count
            )
        case Task.SLOTS:
            return spoken.ngettext(
                "地图上 %(num)s 个模板位该更新了", "地图上 %(num)s 个模板位该更新了", due.count
            )
        case Task.DOCUMENTS:
            return spoken.ngettext(
                "您负责的 %(num)s 份资料可能过期，请看看还能不能用",
                "您负责的 %(num)s 份资料可能过期，请看看还能不能用",
                due.count,
            )


def _late(due: Due, spoken: Tongue) -> str:
    if due.late == due.count:
        return spoken.gettext("都已过期")
    return spoken.ngettext("其中 %(num)s 个已过期", "其中 %(num)s 个已过期", due.late)


def _ago(days: int, spoken: Tongue) -> str:
    if days < 1:
        return spoken.gettext("刚刚发布")
    return spoken.ngettext("%(num)s 天前发布", "%(num)s 天前发布", days)
