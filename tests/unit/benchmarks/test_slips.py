"""Questions with one slip, made from the words of texts."""

import pytest

from benchmarks.slips import KINDS, LONGEST, SHORTEST, Kind, Slip, make_slips
from portal.search.near import is_slip
from portal.text import segmenter
from portal.text.pinyin import sounds

TEXTS = (
    "校园宽带的资费按学年收取，毕业后自动转为家庭套餐。",
    "项目建议书应当说明建设背景、组网方案与资费测算。",
    "客户经理每季度回访一次，记录专线的使用情况和意见。",
    "短。",
)


def slips(kind: Kind, seed: int = 1) -> list[Slip]:
    return make_slips(TEXTS, segmenter(), kind, 12, seed)


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_typed_is_one_slip_from_what_a_text_says(kind: Kind) -> None:
    made = slips(kind)
    assert len(made) == 12
    assert len({slip.meant for slip in made}) == 12
    for slip in made:
        assert is_slip(slip.typed, slip.meant)
        assert any(slip.meant in text for text in TEXTS)
        assert SHORTEST <= len(slip.meant) <= LONGEST


def test_a_homophone_sounds_alike_and_stands_in_the_texts() -> None:
    for slip in slips("homophone"):
        ((wrong, right),) = (
            pair for pair in zip(slip.typed, slip.meant, strict=True) if len(set(pair)) > 1
        )
        assert wrong in "".join(TEXTS)
        assert sounds(slip.meant)[slip.meant.index(right)] == sounds(wrong)[0]


def test_the_same_seed_makes_the_same_slips() -> None:
    assert slips("swapped") == slips("swapped")
    assert slips("swapped") != slips("swapped", seed=2)
