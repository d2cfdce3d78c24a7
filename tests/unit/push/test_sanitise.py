"""Texts on their way out of the portal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from portal.push.sanitise import one_line, paragraph, plain


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("校园宽带资费表（2026 秋）", "校园宽带资费表（2026 秋）"),
        ('<script>alert("标题")</script>安全样例', "安全样例"),
        ("<b>重点</b>客户&amp;方案", "重点客户&方案"),
        ("带宽 < 100M 的 & 方案", "带宽 ＜ 100M 的 & 方案"),
        ("&lt;img src=x onerror=alert(1)&gt;", "＜img src=x onerror=alert(1)＞"),
        ("资费\x00\x08\x1b表\x85", "资费表"),
        ("报价\u202egnp.exe\u202c", "报价gnp.exe"),
        ("👩‍🏫 智慧课堂 🎓", "👩‍🏫 智慧课堂 🎓"),
        ("شركة\u200f 方案", "شركة\u200f 方案"),
        ("第一行\r\nBcc: all@example.com", "第一行 Bcc: all@example.com"),
        ("坏\ud800字\ufffe", "坏字"),
    ],
)
def test_a_title_becomes_harmless_and_stays_readable(title: str, shown: str) -> None:
    assert one_line(title) == shown


@given(st.text())
def test_any_text_fits_into_xml_and_holds_no_markup(text: str) -> None:
    for made in (plain(text), one_line(text)):
        element = etree.Element("title")
        element.text = made
        assert "<" not in made
    assert paragraph(text).startswith("<p>")
    assert [each.tag for each in html.fromstring(paragraph(text)).iter()] == ["p"]


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
