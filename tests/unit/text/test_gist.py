"""Keywords and summaries."""

from hypothesis import given
from hypothesis import strategies as st

from portal.text import segmenter
from portal.text.gist import gist

TEXT = """云澜七中宽带升级
学校现有出口带宽两百兆，晚自习时段视频课堂经常卡顿。
项目 | 月租 | 备注
本方案新增一条千兆专线，与原线路互为备份，寒假期间完成割接。
感谢阅读。
月租五千二百元，三年合约期内免收安装费用，专线故障四小时内修复。
【填写学校名称】的校长签字后生效，签字页一式两份。
"""


def find(title: str, text: str, characters: int = 160) -> tuple[tuple[str, ...], str]:
    found = gist(title, text, segmenter(), lambda _word: 1.0, characters=characters)
    return found.keywords, found.summary


def test_a_summary_is_made_of_the_texts_own_sentences_in_their_order() -> None:
    _, summary = find("云澜七中千兆专线方案", TEXT)
    sentences = [part + "。" for part in summary.split("。") if part]
    places = [TEXT.index(sentence) for sentence in sentences]
    assert places == sorted(places)
    assert "本方案新增一条千兆专线，与原线路互为备份，寒假期间完成割接。" in sentences


def test_tables_blanks_and_empty_phrases_are_no_summary() -> None:
    _, summary = find("云澜七中千兆专线方案", TEXT)
    assert "|" not in summary
    assert "【" not in summary
    assert "感谢阅读" not in summary


def test_keywords_come_from_title_and_text_and_not_from_numbers() -> None:
    keywords, _ = find("云澜七中千兆专线方案", TEXT)
    assert "专线" in keywords
    assert not any(word.isdigit() or len(word) < 2 for word in keywords)


def test_a_summary_keeps_to_its_length() -> None:
    assert len(find("专线", TEXT, characters=40)[1]) <= 40


@given(st.text(max_size=400), st.text(max_size=40))
def test_any_text_has_a_gist(text: str, title: str) -> None:
    keywords, summary = find(title, text)
    assert len(keywords) <= 6
    assert len(summary) <= 160
