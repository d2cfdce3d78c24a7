"""What differs between two texts, as people read it."""

import time

from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.difference import Difference, compare
from portal.catalogue.types import SectionView


def section(heading: str, text: str, number: int = 1) -> SectionView:
    return SectionView(number, "heading", number, heading, heading, text)


TARIFF = section("资费", "校园宽带 100M 每月 60 元。\n校园宽带 300M 每月 90 元。\n提前三十天退订。")
SCOPE = section("适用范围", "仅限本科宿舍。", 2)
CONTACT = section("联系人", "云澜分公司 刘洁", 3)


def side(found: Difference, without: str) -> list[str]:
    """The lines of the changed sections with what only the other text has left out."""
    lines = []
    for each in found.sections:
        for line in each.lines:
            if line.kind in (without, "gap"):
                continue
            lines.append("".join(piece.text for piece in line.pieces if piece.kind != without))
    return lines


def test_the_same_text_has_no_difference() -> None:
    found = compare((TARIFF, SCOPE), (TARIFF, SCOPE))
    assert found.is_empty
    assert found.same == 2


def test_the_changed_words_are_marked_and_nothing_else() -> None:
    newer = section("资费", TARIFF.text.replace("60", "50"))
    found = compare((TARIFF, SCOPE), (newer, SCOPE))
    assert [each.kind for each in found.sections] == ["changed"]
    marked = [
        (piece.kind, piece.text)
        for line in found.sections[0].lines
        for piece in line.pieces
        if piece.kind != "same"
    ]
    assert marked == [("removed", "60"), ("added", "50")]
    assert found.same == 1


def test_words_of_chinese_are_marked_whole() -> None:
    older = section("说明", "本方案适用于本科宿舍的学生宽带用户。")
    newer = section("说明", "本方案适用于研究生宿舍的学生宽带用户。")
    pieces = compare((older,), (newer,)).sections[0].lines[-1].pieces
    assert [piece.text for piece in pieces if piece.kind == "removed"] == ["本科"]
    assert [piece.text for piece in pieces if piece.kind == "added"] == ["研究生"]


def test_a_section_in_between_is_added_and_the_others_stay() -> None:
    found = compare((TARIFF, CONTACT), (TARIFF, SCOPE, CONTACT))
    assert [(each.kind, each.section.heading) for each in found.sections] == [("added", "适用范围")]
    assert found.same == 2


def test_a_section_that_is_gone_is_removed() -> None:
    found = compare((TARIFF, SCOPE, CONTACT), (TARIFF, CONTACT))
    assert [(each.kind, each.section.heading) for each in found.sections] == [
        ("removed", "适用范围")
    ]


def test_another_text_in_the_same_place_is_not_called_a_rewording() -> None:
    found = compare((SCOPE,), (section("云影像", "甲方租用乙方的云影像专线，双路由。", 2),))
    assert [each.kind for each in found.sections] == ["removed", "added"]


def test_unchanged_lines_far_from_a_change_are_left_out() -> None:
    lines = [f"第 {number} 条 保持不变" for number in range(30)]
    older = section("条款", "\n".join(lines))
    newer = section("条款", "\n".join([*lines[:-1], "第 29 条 有了变化"]))
    shown = compare((older,), (newer,)).sections[0].lines
    assert [line.kind for line in shown] == ["gap", "same", "changed"]


TEXTS = st.text("宽带资费方案专线 ab12\n，。", max_size=40)
SECTIONS = st.lists(st.builds(section, st.sampled_from(["资费", "说明", ""]), TEXTS), max_size=5)


@given(SECTIONS, SECTIONS)
def test_either_side_can_be_read_back(older: list[SectionView], newer: list[SectionView]) -> None:
    """No word of a changed section is lost or made up on either side."""
    found = compare(older, newer)
    for sections, without in ((older, "added"), (newer, "removed")):
        whole = [
            line.strip()
            for each in sections
            for line in (each.heading, *each.text.splitlines())
            if line.strip()
        ]
        remaining = list(whole)
        for line in side(found, without):
            assert line in remaining
            remaining.remove(line)


def test_two_long_texts_are_compared_in_time() -> None:
    older = [
        section(
            f"第 {page} 页", "\n".join(f"第 {page} 页第 {row} 行的说明" for row in range(40)), page
        )
        for page in range(400)
    ]
    newer = [
        section(each.heading, each.text.replace("说明", "规定"), each.ordinal) for each in older
    ]
    started = time.perf_counter()
    found = compare(older, newer)
    assert time.perf_counter() - started < 10
    assert (len(found.sections), found.left_out) == (200, 200)


def test_one_endless_line_is_compared_in_time() -> None:
    older = section("全文", "甲方，乙方，" * 3000)
    newer = section("全文", "甲方，丙方，" * 3000)
    started = time.perf_counter()
    found = compare((older,), (newer,))
    assert time.perf_counter() - started < 10
    assert not found.is_empty
