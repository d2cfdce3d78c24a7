"""Calls in a text: whom they mean is found by login and name, and nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.mentions import MOST_CALLS, calls_in, longest_name, parts_of


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("@周敏 请看", ["周敏"]),
        ("请@周敏看一下", ["周敏看一下"]),
        ("＠zhoumin，好了吗", ["zhoumin，好了吗"]),
        ("发到 zhoumin@example.cn 吧", []),
        ("8 折 @ 全省", []),
        ("@@周敏", ["周敏"]),
        ("@周敏 @周敏", ["周敏"]),
    ],
)
def test_what_follows_the_sign_is_a_call(text: str, calls: list[str]) -> None:
    assert calls_in(text) == calls


def test_a_text_calls_only_so_many() -> None:
    assert len(calls_in(" ".join(f"@同事{number}" for number in range(100)))) == MOST_CALLS


@pytest.mark.parametrize(
    ("run", "names", "found"),
    [
        ("周敏请看", ["周敏", "周"], "周敏"),
        ("zhoumin请看", ["zhoumin"], "zhoumin"),
        ("zhoumin2", ["zhoumin"], ""),
        ("zhoumin,", ["zhoumin"], "zhoumin"),
        ("zhou.min", ["zhou", "zhou.min"], "zhou.min"),
        ("何平", ["周敏"], ""),
    ],
)
def test_the_longest_name_that_ends_there_is_meant(run: str, names: list[str], found: str) -> None:
    assert longest_name(run, names) == found


def test_calls_that_reached_somebody_are_marked() -> None:
    parts = parts_of("请@周敏看第 3 页，@何平也看", ["周敏"])
    assert [part.text for part in parts if part.is_call] == ["@周敏"]


@given(
    st.text(alphabet="@＠周敏何平ab \n", max_size=60), st.lists(st.text("周敏何平ab", min_size=1))
)
def test_the_parts_together_are_the_text(text: str, names: list[str]) -> None:
    parts = parts_of(text, names)
    assert "".join(part.text for part in parts) == text
    assert all(part.text[1:] in names for part in parts if part.is_call)
