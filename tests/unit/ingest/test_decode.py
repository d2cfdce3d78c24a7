"""Bytes become text by likelihood, whatever a page says of itself."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ingest.decode import decode

SIMPLIFIED = (
    "自二〇二六年九月一日起，校园宽带首年每月五十九元，含千兆接入与三十吉流量。",
    "客户经理应在接到投诉后两小时内回访，并在工单系统中登记处理结果。",
    "套餐外流量按每兆零点三元计费，封顶每月六百元。",
    "双方应对在合作中知悉的对方商业秘密承担保密义务，期限为三年。",
    "物联网卡支持按月停机保号，停机期间每张收取五角。",
)
TRADITIONAL = (
    "本公司謹訂於十一月三日舉行產品說明會，敬請各位客戶撥冗出席。",
    "自簽約日起，專線月租費享八五折優惠，合約期為二十四個月。",
    "請各部門於本週五前回覆測試結果，並附上故障處理紀錄。",
    "雲端主機的備份保留三十天，逾期自動刪除且無法復原。",
)
# Written out because Python has no codec for EUC-TW; made with iconv.
EUC_TW = bytes.fromhex("c6dbc4fcc6b3f7bfd3d4cdf5c4b2c4a1c5ccc4b5c5caf5a8c8e7dca8d0c2eba9cdfce4c4")


@pytest.mark.parametrize("text", SIMPLIFIED)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "utf-16-be"])
def test_simplified_sentences_come_back_whole(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("text", TRADITIONAL)
@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16-le"])
def test_traditional_sentences_come_back_whole(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize("word", ["资费表", "报价单", "通知", "合同范本", "联通", "回访话术"])
def test_two_or_three_characters_of_gb18030_are_enough(word: str) -> None:
    assert decode(word.encode("gb18030"))[0] == word


@pytest.mark.parametrize("word", ["報價單", "通知", "合約範本", "測試用例", "資費"])
def test_two_or_three_characters_of_big5_are_enough(word: str) -> None:
    assert decode(word.encode("big5"))[0] == word


def test_big5_is_not_taken_for_gb18030_which_decodes_it_too() -> None:
    data = TRADITIONAL[0].encode("big5")
    nonsense = data.decode("gb18030", errors="replace")
    assert nonsense != TRADITIONAL[0]
    assert decode(data)[0] == TRADITIONAL[0]


def test_euc_tw_is_read_though_python_has_no_codec_for_it() -> None:
    assert decode(EUC_TW) == ("本公司謹訂於十一月三日舉行產品說明會", "euc-tw")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_decides_and_is_not_text(mark: bytes, encoding: str) -> None:
    data = mark + SIMPLIFIED[0].encode(encoding)
    assert decode(data, "big5") == (SIMPLIFIED[0], encoding)


@pytest.mark.parametrize("lie", ["big5", "utf-8", "iso-8859-1", "shift_jis", "no-such-charset"])
def test_a_declared_charset_may_lie(lie: str) -> None:
    assert decode(SIMPLIFIED[1].encode("gb18030"), lie)[0] == SIMPLIFIED[1]


def test_english_is_utf8() -> None:
    assert decode(b"Service level agreement, 99.95%") == (
        "Service level agreement, 99.95%",
        "utf-8",
    )


def test_utf8_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    data = ("".join(SIMPLIFIED) * 20).encode()[:-1]
    text, encoding = decode(data)
    assert encoding == "utf-8"
    assert text.startswith(SIMPLIFIED[0])


def test_western_letters_of_windows_are_read() -> None:
    assert decode("Café Zürich, à bientôt".encode("cp1252"))[0] == "Café Zürich, à bientôt"


@given(
    sentences=st.lists(st.sampled_from(SIMPLIFIED), min_size=1, max_size=4),
    start=st.integers(0, 8),
    encoding=st.sampled_from(["utf-8", "gb18030", "utf-16-le"]),
)
def test_any_stretch_of_simplified_text_comes_back(
    sentences: list[str], start: int, encoding: str
) -> None:
    text = "\r\n".join(sentences)[start:]
    assert decode(text.encode(encoding))[0] == text


@given(
    sentences=st.lists(st.sampled_from(TRADITIONAL), min_size=1, max_size=4),
    start=st.integers(0, 8),
    encoding=st.sampled_from(["utf-8", "big5", "utf-16-be"]),
)
def test_any_stretch_of_traditional_text_comes_back(
    sentences: list[str], start: int, encoding: str
) -> None:
    text = "\n".join(sentences)[start:]
    assert decode(text.encode(encoding))[0] == text


@given(st.binary(max_size=400), st.none() | st.text(max_size=12))
def test_any_bytes_decode_without_an_error(data: bytes, declared: str | None) -> None:
    text, encoding = decode(data, declared)
    assert isinstance(text, str)
    assert encoding
