"""The gap radar: which slots of which industries are missed most, by what people sought in vain."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue.knowledge_map import IndustryMap, SlotView
from portal.catalogue.slot_state import SlotState

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "template": ("模板", "范例"),
    "proposal": ("建议书", "方案", "标书"),
    "tariff": ("资费", "价格", "报价"),
    "product": ("产品", "说明书"),
    "brochure": ("宣传", "彩页", "单页"),
    "case": ("案例",),
    "contract": ("合同", "协议"),
    "manual": ("手册", "指引", "操作"),
    "news": ("动态", "新闻"),
}
"""Words by which people ask for a kind without filtering by it."""

_GAPS = (SlotState.EMPTY, SlotState.OVERDUE)


@dataclass(frozen=True, slots=True)
class Wish:
    """A question that found nothing: its words, the codes it was narrowed to, and how many asked.

    ``industry`` is a code, or empty where none is known.
    """

    text: str
    industry: str
    stages: frozenset[str]
    kinds: frozenset[str]
    people: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A slot that is empty or overdue; ``wanted`` counts the people who sought the like in vain."""

    slot: SlotView
    wanted: int


def kinds_named(text: str) -> frozenset[str]:
    """The kinds of document that a question asks for in words."""
    return frozenset(
        kind for kind, words in KIND_WORDS.items() if any(word in text for word in words)
    )


def wanted_in(wishes: Iterable[Wish]) -> dict[str, int]:
    """How many times people sought something in vain, by industry."""
    found: dict[str, int] = {}
    for wish in wishes:
        if wish.industry:
            found[wish.industry] = found.get(wish.industry, 0) + wish.people
    return found


def ranked_gaps(maps: Sequence[IndustryMap], wishes: Sequence[Wish]) -> list[Gap]:
    """Empty and overdue slots, the most wanted first.

    Of equals, those of the industry where most is sought in vain and the empty ones come first;
    then the industries take turns, each in the order of its stages.
    """
    total = wanted_in(wishes)
    by_industry: dict[str, list[Wish]] = {}
    for wish in wishes:
        by_industry.setdefault(wish.industry, []).append(wish)
    turns: Counter[str] = Counter()
    keyed = []
    for each in maps:
        for slot in each.slots:
            if slot.state not in _GAPS:
                continue
            gap = Gap(slot, _wanted(slot, by_industry.get(slot.industry, ())))
            turn = turns[slot.industry]
            turns[slot.industry] += 1
            order = _GAPS.index(slot.state)
            keyed.append(((-gap.wanted, -total.get(slot.industry, 0), order, turn), gap))
    # The sort is stable: what is equal stays in the order of the taxonomy.
    return [gap for _key, gap in sorted(keyed, key=lambda item: item[0])]


def _wanted(slot: SlotView, wishes: Iterable[Wish]) -> int:
    return sum(wish.people for wish in wishes if _asks(wish, slot))


def _asks(wish: Wish, slot: SlotView) -> bool:
    """Whether a question names the slot's stage or kind, and no other stage or kind instead."""
    at_stage = slot.stage in wish.stages
    of_kind = slot.kind in wish.kinds
    return (at_stage or not wish.stages) and (of_kind or not wish.kinds) and (at_stage or of_kind)
