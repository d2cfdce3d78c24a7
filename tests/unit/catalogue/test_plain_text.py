"""What people type becomes plain text, or is refused with a reason."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.plain_text import TextRefused, plain_text


@given(st.text())
def test_nothing_that_hides_or_turns_text_is_left(text: str) -> None:
    plain = plain_text(text, "comment", 10_000, required=False)
    assert not [ch for ch in plain if unicodedata.category(ch) == "Cc" and ch != "\n"]
    assert not set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069") & set(plain)
    assert plain_text(plain, "comment", 10_000, required=False) == plain


def test_lines_stay_and_empty_lines_do_not_pile_up() -> None:
    assert plain_text("第一行\r\n第二行\r\n\r\n\r\n\r\n第三行 ", "comment", 99) == (
        "第一行\n第二行\n\n第三行"
    )


def test_families_of_emoji_and_rare_characters_stay() -> None:
    assert plain_text("辛苦了👨‍👩‍👧 𠮷", "comment", 99) == "辛苦了👨‍👩‍👧 𠮷"


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), (" \n\x00", "empty"), ("字" * 11, "long")]
)
def test_what_cannot_be_kept_is_refused(text: str, reason: str) -> None:
    with pytest.raises(TextRefused) as refused:
        plain_text(text, "comment", 10)
    assert (refused.value.reason, refused.value.field) == (reason, "comment")
