"""The passage that shows why, with exact marks on the text as it was written."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from portal.search import Span
from portal.search import snippet as passages
from portal.search.snippet import WIDTH
from portal.text import fold, segmenter

LONG = (
    "本手册供装维人员使用。" * 30
    + "校園寬帶在晚高峰出現卡頓時，先看出口鏈路的利用率。"
    + "其余情况请联系网络管家。" * 30
)
plain = st.text(st.sampled_from("校園宽帶资费５Ｇ㎡ﬁ\u0301。\n x"), max_size=300)
needles = st.lists(st.sampled_from(["校园", "宽带", "资费", "5g", "m2", "x", "带"]), max_size=4)


def mark(text: str, wanted: Sequence[str]) -> tuple[Span, ...]:
    return passages.mark(text, tuple(wanted), segmenter())


def snippet(text: str, wanted: Sequence[str], width: int = WIDTH) -> tuple[Span, ...]:
    return passages.snippet(text, tuple(wanted), segmenter(), width)


def marked(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans if span.marked]


def joined(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def test_it_works() -> None:
    assert mark("校园宽带资费表", ["宽带"]) == (
        Span("校园"),
        Span("宽带", marked=True),
        Span("资费表"),
    )


def test_simplified_words_mark_traditional_text() -> None:
    assert marked(mark("校園寬帶資費，寬帶提速", ["宽带"])) == ["寬帶", "寬帶"]


def test_marks_are_as_wide_as_they_were_written() -> None:
    assert marked(mark("面积㎡，ＳＤ－ＷＡＮ與cafe\u0301", ["m2", "sd-wan", "cafe"])) == [
        "㎡",
        "ＳＤ－ＷＡＮ",
        "cafe\u0301",
    ]


def test_a_word_that_is_not_there_is_marked_by_its_parts() -> None:
    assert marked(mark("校园里的宽带资费", ["校园宽带"])) == ["校园", "宽带"]


def test_a_latin_word_is_marked_from_its_beginning_only() -> None:
    assert marked(mark("iphone on 5G, 15g, 5g专线", ["on", "5g"])) == ["on", "5G", "5g"]


def test_needles_that_touch_or_overlap_give_one_mark() -> None:
    assert marked(mark("校园宽带资费", ["校园宽带", "宽带", "资费"])) == ["校园宽带资费"]


def test_needles_are_text_and_no_patterns() -> None:
    assert marked(mark("C++(入门)", ["c++", "(", "."])) == ["C++("]


def test_nothing_to_mark_leaves_the_text_whole() -> None:
    assert mark("校园宽带", []) == (Span("校园宽带"),)
    assert mark("", ["宽带"]) == ()


def test_a_short_text_is_its_own_snippet() -> None:
    assert joined(snippet("校园宽带资费", ["资费"])) == "校园宽带资费"


def test_a_snippet_shows_the_sentence_with_most_of_the_words() -> None:
    spans = snippet(LONG, ["校园", "宽带", "出口", "手册"])
    assert set(marked(spans)) == {"手册", "校園寬帶", "出口"}
    assert joined(spans).startswith("…")
    assert joined(spans).endswith("…")


def test_a_snippet_begins_with_a_sentence_where_one_is_near() -> None:
    assert joined(snippet(LONG, ["校园"])).startswith("…校園寬帶在晚高峰")


def test_without_any_word_the_beginning_is_shown() -> None:
    assert joined(snippet(LONG, ["医院"])) == LONG[:WIDTH] + "…"


def test_the_end_of_a_text_fills_the_window() -> None:
    spans = snippet(LONG + "附录：割接流程", ["割接"])
    assert marked(spans) == ["割接"]
    assert len(joined(spans)) == WIDTH + 1


@given(plain, needles)
def test_marks_change_no_character(text: str, wanted: list[str]) -> None:
    spans = mark(text, wanted)
    assert joined(spans) == text
    assert all(span.text for span in spans)
    folded = fold(text)
    assert all(any(part in fold(span) for part in wanted) for span in marked(spans))
    if "校园" in wanted and "校园" in folded:
        assert "校园" in fold("".join(marked(spans)))


@given(plain, needles, st.integers(40, 200))
def test_a_snippet_is_a_piece_of_the_text_no_longer_than_asked(
    text: str, wanted: list[str], width: int
) -> None:
    shown = joined(snippet(text, wanted, width))
    passage = shown.removeprefix("…").removesuffix("…")
    assert passage in text.replace("\n", " ")
    assert len(passage) <= width
    assert bool(marked(snippet(text, wanted, width))) == bool(marked(mark(text, wanted)))
