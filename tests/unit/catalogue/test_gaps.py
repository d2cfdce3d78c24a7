"""The gap radar's order."""

import pytest

from portal.catalogue.gaps import Wish, kinds_named, ranked_gaps, wanted_in
from portal.catalogue.knowledge_map import IndustryMap, SlotView, StageView
from portal.catalogue.slot_state import SlotState, Standing


def slot(
    number: int, industry: str, stage: str, kind: str, state: SlotState = SlotState.EMPTY
) -> SlotView:
    return SlotView(
        id=number,
        industry=industry,
        stage=stage,
        kind=kind,
        standing=Standing(state),
        document_id=None,
        vacated=False,
        changed_at=None,
        checked_at=None,
        refresh_days=30,
        source_id=None,
        steward="",
        steward_login="",
    )


def industry(code: str, *slots: SlotView) -> IndustryMap:
    stages = dict.fromkeys(each.stage for each in slots)
    return IndustryMap(
        code,
        tuple(
            StageView(stage, "pre-sale", tuple(each for each in slots if each.stage == stage))
            for stage in stages
        ),
    )


def wish(industry: str, kinds: str = "", stages: str = "", people: int = 1) -> Wish:
    return Wish("问题", industry, frozenset(stages.split()), frozenset(kinds.split()), people)


EDUCATION = industry(
    "education",
    slot(1, "education", "visit", "brochure"),
    slot(2, "education", "visit", "case", SlotState.OVERDUE),
    slot(3, "education", "negotiation", "tariff"),
    slot(4, "education", "negotiation", "contract", SlotState.FILLED),
)
FINANCE = industry(
    "finance",
    slot(5, "finance", "visit", "brochure", SlotState.DUE),
    slot(6, "finance", "negotiation", "tariff"),
)


def ids(*wishes: Wish) -> list[int]:
    return [gap.slot.id for gap in ranked_gaps([EDUCATION, FINANCE], list(wishes))]


def test_only_what_is_empty_or_overdue_is_a_gap() -> None:
    assert set(ids()) == {1, 2, 3, 6}


def test_without_wishes_empty_slots_come_first_and_industries_take_turns() -> None:
    assert ids() == [1, 6, 3, 2]


def test_what_most_people_sought_in_vain_comes_first() -> None:
    assert ids(wish("education", kinds="case", people=2), wish("finance", kinds="tariff")) == [
        2,
        6,
        1,
        3,
    ]


def test_a_wish_for_one_stage_is_none_for_another() -> None:
    gaps = ranked_gaps([EDUCATION], [wish("education", kinds="tariff", stages="visit")])
    assert {gap.slot.id: gap.wanted for gap in gaps} == {1: 0, 2: 0, 3: 0}
    gaps = ranked_gaps([EDUCATION], [wish("education", stages="visit", people=4)])
    assert {gap.slot.id: gap.wanted for gap in gaps} == {1: 4, 2: 4, 3: 0}


def test_an_industry_where_much_is_missed_comes_before_one_where_little_is() -> None:
    assert ids(wish("finance", people=3))[0] == 6
    assert wanted_in([wish("finance", people=3), wish("finance"), wish("", people=9)]) == {
        "finance": 4
    }


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("校园宽带价格", {"tariff"}),
        ("专线合同", {"contract"}),
        ("教育成功案例", {"case"}),
        ("5G", set()),
        ("平安校园建议书", {"proposal"}),
    ],
)
def test_kinds_are_named_in_the_words_people_use(text: str, kinds: set[str]) -> None:
    assert kinds_named(text) == kinds
