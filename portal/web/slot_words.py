"""Slots and candidates in the words of a colleague."""

import datetime as dt
import functools
from collections import Counter
from collections.abc import Mapping

from flask import Flask

from portal.catalogue.knowledge_map import SlotView, StageView
from portal.catalogue.slot_cards import Candidate, SlotCard
from portal.catalogue.slot_state import SlotState
from portal.db import utcnow
from portal.models import SlotAction
from portal.services import Services
from portal.web.context import services
from portal.web.language import language
from portal.web.messages import LazyText, gettext, lazy_gettext, listed, ngettext
from portal.web.wording import human_date

STATE_NAMES: Mapping[SlotState, LazyText] = {
    SlotState.FILLED: lazy_gettext("有效"),
    SlotState.DUE: lazy_gettext("将到期"),
    SlotState.OVERDUE: lazy_gettext("已过期"),
    SlotState.EMPTY: lazy_gettext("空缺"),
}
ACTION_NAMES: Mapping[SlotAction, LazyText] = {
    SlotAction.FILLED: lazy_gettext("放入"),
    SlotAction.REPLACED: lazy_gettext("换成"),
    SlotAction.CONFIRMED: lazy_gettext("确认仍然有效"),
    SlotAction.CLEARED: lazy_gettext("取下"),
}


def init_app(app: Flask, _services: Services) -> None:
    """Give templates the wording of slots."""
    app.jinja_env.globals.update(
        STATE_NAMES=STATE_NAMES,
        ACTION_NAMES=ACTION_NAMES,
        slot_standing=slot_standing,
        slot_facts=slot_facts,
        candidate_reasons=candidate_reasons,
        count_words=count_words,
        stage_words=stage_words,
    )


def slot_standing(slot: SlotView) -> str:
    """How a slot stands, in whole days of the portal's time zone."""
    deadline = slot.standing.deadline
    if slot.state in (SlotState.FILLED, SlotState.EMPTY) or deadline is None:
        return str(STATE_NAMES[slot.state])
    zone = services().settings.timezone
    days = (deadline.astimezone(zone).date() - utcnow().astimezone(zone).date()).days
    if slot.standing.by_source:
        if slot.state is SlotState.OVERDUE:
            return gettext("来源已更新，还没有核对")
        return gettext("来源已更新，请核对")
    if slot.state is SlotState.OVERDUE:
        return ngettext("已过期 %(num)s 天", "已过期 %(num)s 天", -days) if days else _today()
    return ngettext("%(num)s 天后到期", "%(num)s 天后到期", days) if days else _today()


def slot_facts(card: SlotCard) -> list[str]:
    """Version, age, use and outcome of the document in a slot; what nobody did is not said."""
    if card.document is None or card.slot.changed_at is None:
        return []
    facts = [f"v{card.document.version}", gettext("%(when)s更新", when=_ago(card.slot.changed_at))]
    if card.use.won:
        facts.append(ngettext("赢单 %(num)s 次", "赢单 %(num)s 次", card.use.won))
    if card.use.readers:
        facts.append(ngettext("%(num)s 位同事用过", "%(num)s 位同事用过", card.use.readers))
    return facts


def candidate_reasons(candidate: Candidate, stage: str) -> str:
    """Why a document is proposed for a slot of this stage; every word of it is true."""
    reasons = [
        _place(candidate, stage),
        gettext("%(when)s更新", when=_ago(candidate.changed_at)),
    ]
    if candidate.won:
        reasons.insert(0, ngettext("赢单 %(num)s 次", "赢单 %(num)s 次", candidate.won))
    if candidate.readers:
        used = ngettext(
            "本行业近半年 %(num)s 位同事用过",
            "本行业近半年 %(num)s 位同事用过",
            candidate.readers,
        )
        reasons.insert(0, used)
    return " · ".join(filter(None, reasons))


def count_words(counts: Mapping[SlotState, int]) -> str:
    """How many slots are in each state, for a title or a screen reader."""
    return _count_words(tuple(counts.get(state, 0) for state in SlotState), language())


# A page says this dozens of times, mostly about the same few numbers.
@functools.lru_cache(maxsize=4096)
def _count_words(counts: tuple[int, ...], _language: str) -> str:
    if not any(counts):
        return gettext("不需要模板")
    parts = [
        f"{STATE_NAMES[state]} {count}"
        for state, count in zip(SlotState, counts, strict=True)
        if count
    ]
    return ngettext(
        "%(num)s 个模板位：%(parts)s",
        "%(num)s 个模板位：%(parts)s",
        sum(counts),
        parts=listed(parts),
    )


def stage_words(stage: StageView) -> str:
    """How a stage's slots stand, for a title or a screen reader."""
    return count_words(Counter(slot.state for slot in stage.slots))


def _place(candidate: Candidate, stage: str) -> str:
    if candidate.fits_stage:
        return gettext("归在这个阶段")
    taxonomy = services().taxonomy()
    elsewhere = [code for code in candidate.document.keys["stage"] if code != stage]
    if not elsewhere:
        return ""
    name = taxonomy.name("stage", elsewhere[0], language())
    return gettext("原来归在“%(stage)s”阶段", stage=name)


def _ago(moment: dt.datetime) -> str:
    zone = services().settings.timezone
    return human_date(moment.astimezone(zone), utcnow().astimezone(zone))


def _today() -> str:
    return gettext("今天到期")
