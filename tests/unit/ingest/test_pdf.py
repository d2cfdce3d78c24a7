"""PDF: pages of readable Chinese, and an honest word about the others."""

import pytest

from portal.ingest.errors import Corrupt, Encrypted, NoText
from portal.ingest.extract import extract
from portal.ingest.extract.pdf import page_ranges
from portal.ingest.extract.pdf_text import is_garbled, repair_page
from portal.ingest.types import Limits, Place

from .builders import IMAGE_PAGE, pdf_bytes, song_page, unmapped_page

TARIFF = song_page(
    [
        (24, "校园宽带资费方案"),
        "岭海通信面向全省高校推出校园宽带套餐，学生凭学生证办理，首年每月仅需",
        "五十九元，含千兆接入与三十吉流量，到期后按标准资费续约，详情请咨询当地",
        "客户经理。",
        "本方案自二〇二六年九月一日起执行。",
    ]
)
CONTACT = song_page(["联系人：唐莉，省公司产品经理。"])
GLYPHS = [0x101, 0x2A3, 0x4567, 0x1234, 0x5678, 0x8001, 0x33, 0x8888, 0x5001] * 4


def test_a_page_is_a_section_and_broken_lines_are_whole_again() -> None:
    got = extract(pdf_bytes([TARIFF, CONTACT]), "a.pdf")
    assert [s.place for s in got.sections] == [Place("page", 1, ""), Place("page", 2, "")]
    assert got.sections[0].text == (
        "校园宽带资费方案\n"
        "岭海通信面向全省高校推出校园宽带套餐，学生凭学生证办理，首年每月仅需五十九元，"
        "含千兆接入与三十吉流量，到期后按标准资费续约，详情请咨询当地客户经理。\n"
        "本方案自二〇二六年九月一日起执行。"
    )
    assert got.notices == ()


def test_the_title_is_the_one_stated_else_the_biggest_line_else_the_file_name() -> None:
    assert extract(pdf_bytes([TARIFF], title="2026 秋季资费"), "a.pdf").title == "2026 秋季资费"
    assert extract(pdf_bytes([TARIFF], title="Microsoft Word - 1.doc"), "a.pdf").title == (
        "校园宽带资费方案"
    )
    assert extract(pdf_bytes([CONTACT]), "通讯录.pdf").title == "通讯录"


def test_radicals_become_the_characters_that_people_type() -> None:
    page = song_page(["⼀、⾮⼤客户不适⽤本⽅案，⻓期合约⻅附件。"])
    assert extract(pdf_bytes([page]), "a.pdf").sections[0].text == (
        "一、非大客户不适用本方案，长期合约见附件。"
    )


def test_only_stand_ins_are_normalised_and_not_the_whole_text() -> None:
    assert repair_page("①ＡＢＣ㎡⾦额：１００％") == "①ＡＢＣ㎡金额：１００％"


def test_spaced_out_chinese_closes_up() -> None:
    page = song_page(["通 知 事 项 如 下 所 示", "5G 专线 与 物联网卡"])
    assert extract(pdf_bytes([page]), "a.pdf").sections[0].text == (
        "通知事项如下所示\n5G 专线 与 物联网卡"
    )


def test_list_items_and_short_lines_stay_apart() -> None:
    raw = (
        "产品清单\r\n专线\r\n物联网卡\r\n"
        "一、本方案适用于全省范围内所有签约的集团客户及其分支机构\r\n二、其余另行通知"
    )
    assert repair_page(raw).split("\n") == [
        "产品清单",
        "专线",
        "物联网卡",
        "一、本方案适用于全省范围内所有签约的集团客户及其分支机构",
        "二、其余另行通知",
    ]


@pytest.mark.parametrize("hyphen", ["-", "\x02", "\ufffe"])
def test_hyphenated_latin_words_are_whole_again(hyphen: str) -> None:
    raw = f"The enterprise line connects all branches to the head{hyphen}\r\nquarters at all times"
    assert "headquarters" in repair_page(raw)


def test_pages_without_text_are_told_of_and_blank_pages_are_not() -> None:
    got = extract(pdf_bytes([TARIFF, IMAGE_PAGE, IMAGE_PAGE, b"", CONTACT]), "a.pdf")
    assert [s.place.number for s in got.sections] == [1, 5]
    assert got.notices == ("第 2–3 页没有可检索的文字，需要 OCR。",)


def test_a_scanned_page_with_a_page_number_is_told_of_too() -> None:
    got = extract(pdf_bytes([TARIFF, IMAGE_PAGE + song_page(["第 2 页"])]), "a.pdf")
    assert got.notices == ("第 2 页没有可检索的文字，需要 OCR。",)


def test_a_pdf_of_images_only_needs_ocr() -> None:
    with pytest.raises(NoText, match="需要 OCR"):
        extract(pdf_bytes([IMAGE_PAGE, IMAGE_PAGE]), "扫描件.pdf")


def test_a_font_without_a_unicode_map_gives_no_nonsense() -> None:
    with pytest.raises(NoText, match="需要 OCR"):
        extract(pdf_bytes([unmapped_page(GLYPHS)]), "a.pdf")


def test_a_page_on_which_only_the_english_survives_is_left_out() -> None:
    page = unmapped_page(GLYPHS, "5G private line, page 3")
    got = extract(pdf_bytes([TARIFF, page]), "a.pdf")
    assert [s.place.number for s in got.sections] == [1]
    assert got.notices == ("第 2 页没有可检索的文字，需要 OCR。",)


@pytest.mark.parametrize(
    "nonsense",
    [
        "\ue123\ue456\ue789\ue001专线",
        "ÎÒÃÇÌṩ·þÎñÓë¼¼ÊõÖ§³Ö",
        "蝝帤埫慸斘鎤堙岉瀢撱驁飤",
        "ꀀꀁꀂꀃꀄꀅ 100",
    ],
)
def test_fluent_nonsense_is_known_for_what_it_is(nonsense: str) -> None:
    assert is_garbled(nonsense, unmapped=0.0)


@pytest.mark.parametrize(
    "text",
    [
        "本方案自九月一日起执行，详见附件一。",
        "本公司謹訂於十一月三日舉行產品說明會，敬請撥冗出席。",
        "SLA 99.95% uptime, ≥100 Mbps; α=0.05",
        "● 覆盖全省 ★ 两小时响应 ℃ ㎡ ① ② √",
        "丶丿",
    ],
)
def test_ordinary_pages_are_not_suspected(text: str) -> None:
    assert not is_garbled(text, unmapped=0.0)


def test_a_user_password_is_asked_about_and_an_owner_lock_opens() -> None:
    with pytest.raises(Encrypted):
        extract(pdf_bytes([TARIFF], user_password="secret"), "a.pdf")
    got = extract(pdf_bytes([TARIFF], user_password=""), "a.pdf")
    assert got.sections[0].text.startswith("校园宽带资费方案")


def test_a_truncated_pdf_is_said_to_be_damaged() -> None:
    with pytest.raises(Corrupt):
        extract(pdf_bytes([TARIFF])[:400], "a.pdf")


def test_junk_before_the_mark_does_not_matter() -> None:
    assert extract(b"\r\n\r\n" + pdf_bytes([CONTACT]), "a.txt").format == "pdf"


def test_a_pdf_of_very_many_pages_is_capped_with_a_sentence() -> None:
    got = extract(pdf_bytes([CONTACT] * 12), "a.pdf", Limits(max_pages=10))
    assert len(got.sections) == 10
    assert got.notices == ("共 12 页，只收录了前 10 页。",)


def test_page_numbers_are_written_as_people_write_them() -> None:
    assert page_ranges([3, 5, 6, 7, 9]) == "3、5–7、9"
