"""How alike two texts are said to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ingest.fingerprint import LIKE, bands, likeness, signature

TARIFF = "".join(
    f"校园宽带 {speed}M 学年价 {speed // 2} 元，叠加学生套餐减免六十元，仅限本科宿舍第{speed}栋。"
    for speed in range(100, 1000, 50)
)
CONTRACT = "甲方租用乙方云影像专线，合同期三年，到期前三十日任何一方可以书面提出终止。" * 6


def test_the_same_text_is_entirely_alike_however_it_is_written() -> None:
    wide = TARIFF.replace("M", "Ｍ").replace("，", ", ").replace("宽带", "寬帶")
    assert likeness(signature([TARIFF]), signature([wide])) == 1.0


def test_sections_do_not_matter() -> None:
    assert signature([TARIFF]) == signature([TARIFF[:100], TARIFF[100:]])


def test_next_years_prices_are_a_near_duplicate() -> None:
    changed = TARIFF.replace("减免六十元", "减免八十元", 6)
    share = likeness(signature([TARIFF]), signature([changed]))
    assert LIKE <= share < 1
    assert bands(signature([TARIFF])) & bands(signature([changed]))


def test_another_text_is_not() -> None:
    assert likeness(signature([TARIFF]), signature([CONTRACT])) < 0.1


@pytest.mark.parametrize("short", ["", "好的", "……！！？？" * 50])
def test_too_little_text_is_like_nothing(short: str) -> None:
    assert signature([short]) == b""
    assert bands(b"") == set()
    assert likeness(signature([short]), signature([short])) == 0


@given(st.text(max_size=300))
def test_any_text_has_a_signature_of_one_size_or_none(text: str) -> None:
    sketch = signature([text])
    assert len(sketch) in (0, 512)
    assert all(-(2**63) <= key < 2**63 for key in bands(sketch))
