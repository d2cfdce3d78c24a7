"""The vocabulary that administrators keep, in a real database."""

import datetime as dt

import pytest

from portal.catalogue import vocabulary
from portal.catalogue.vocabulary import VocabularyError, load_vocabulary
from portal.services import Services
from tests.conftest import Library

NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)


@pytest.fixture
def author(library: Library) -> int:
    return library.person("guanliyuan", name="管理员")


def synonyms_of(services: Services, word: str) -> tuple[str, ...]:
    with services.db.read() as session:
        return load_vocabulary(session).synonyms.get(word, ())


def add_synonyms(services: Services, text: str, author: int) -> int:
    with services.db.write() as session:
        return vocabulary.add_synonyms(session, text, author, NOW)


def add_word(services: Services, text: str, author: int) -> int:
    with services.db.write() as session:
        return vocabulary.add_word(session, text, author, NOW)


def test_a_new_portal_knows_the_synonyms_of_the_trade(services: Services) -> None:
    assert synonyms_of(services, "集客") == ("集团客户", "政企客户")
    assert synonyms_of(services, "集团客户") == ("集客", "政企客户")
    assert synonyms_of(services, "数据中心") == ("idc",)
    with services.db.read() as session:
        assert load_vocabulary(session).words == ()
        assert len(vocabulary.synonym_entries(session)) >= 12


@pytest.mark.parametrize(
    "text",
    [
        "布线 = 综合布线",
        "布线、综合布线",
        "布线，综合布线",
        "布线,综合布线; 布线",
        "  布线   綜合佈線 ",
        "布线\n综合布线",
        "布线＝综合布线",
    ],
)
def test_words_are_separated_as_people_separate_them(
    services: Services, author: int, text: str
) -> None:
    add_synonyms(services, text, author)
    assert synonyms_of(services, "布线") == ("综合布线",)
    assert synonyms_of(services, "综合布线") == ("布线",)


def test_synonyms_are_compared_folded_and_shown_as_written(services: Services, author: int) -> None:
    add_synonyms(services, "ＳＤ－ＷＡＮ = 軟件定義廣域網", author)
    assert synonyms_of(services, "sd-wan") == ("软件定义广域网",)
    with services.db.read() as session:
        entry = vocabulary.synonym_entries(session)[0]
    assert entry.words == ("ＳＤ－ＷＡＮ", "軟件定義廣域網")
    assert (entry.author, entry.created_at) == ("管理员", NOW)


def test_a_word_of_two_groups_has_the_synonyms_of_both(services: Services, author: int) -> None:
    add_synonyms(services, "工单、派单", author)
    add_synonyms(services, "工单、任务单、派单单", author)
    assert synonyms_of(services, "工单") == ("派单", "任务单", "派单单")
    assert synonyms_of(services, "派单") == ("工单",)


@pytest.mark.parametrize(
    ("text", "reason", "word"),
    [
        ("", "empty", ""),
        (" 、=， ", "empty", ""),
        ("布线", "alone", "布线"),
        ("布线 = 佈線", "alone", "布线"),
        ("布线 = 线", "short", "线"),
        ("布线 = " + "长" * 33, "long", "长" * 33),
        ("布线 = ㍿㍿㍿㍿㍿㍿㍿㍿㍿", "long", "㍿㍿㍿㍿㍿㍿㍿㍿㍿"),
        ("布线 = ？！", "characters", "？！"),
        ("布线 = 综\0合", "characters", "综\0合"),
        ("布线 = \ud800\ud800", "characters", "\ud800\ud800"),
        ('布线 = a"b', "characters", 'a"b'),
        ("集客 集团客户", "known", "集客 = 集团客户"),
        ("政企客户 = 集客 = 集团客户", "known", "政企客户 = 集客 = 集团客户"),
        ("、".join(f"同义词{number}" for number in range(13)), "many", ""),
    ],
)
def test_synonyms_that_make_no_sense_are_refused_with_the_reason(
    services: Services, author: int, text: str, reason: str, word: str
) -> None:
    with pytest.raises(VocabularyError) as refused:
        add_synonyms(services, text, author)
    assert (refused.value.reason, refused.value.word) == (reason, word)


def test_removed_synonyms_are_gone_and_the_others_stay(services: Services, author: int) -> None:
    group = add_synonyms(services, "布线、综合布线", author)
    with services.db.write() as session:
        assert vocabulary.remove_synonyms(session, group)
        assert not vocabulary.remove_synonyms(session, group)
    assert synonyms_of(services, "布线") == ()
    assert synonyms_of(services, "集客") != ()


def test_words_of_the_lexicon_are_sorted_and_folded(services: Services, author: int) -> None:
    for word in ("雪亮工程", "政務外網", " 岭海通 "):
        add_word(services, word, author)
    with services.db.read() as session:
        assert load_vocabulary(session).words == ("岭海通", "政务外网", "雪亮工程")
        entries = vocabulary.lexicon_entries(session)
    assert [entry.word for entry in entries] == ["岭海通", "政務外網", "雪亮工程"]
    assert {entry.author for entry in entries} == {"管理员"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("网", "short"),
        ("长" * 33, "long"),
        ("5G专网", "characters"),
        ("政务 外网", "characters"),
        ("ICT", "characters"),
        ("政务外网", "known"),
        ("政務外網", "known"),
        ("项目建议书", "known"),
    ],
)
def test_words_that_make_no_sense_are_refused_with_the_reason(
    services: Services, author: int, text: str, reason: str
) -> None:
    add_word(services, "政务外网", author)
    with pytest.raises(VocabularyError) as refused:
        add_word(services, text, author)
    assert refused.value.reason == reason


def test_a_removed_word_is_gone_and_can_come_again(services: Services, author: int) -> None:
    number = add_word(services, "雪亮工程", author)
    with services.db.write() as session:
        assert vocabulary.remove_word(session, number)
        assert not vocabulary.remove_word(session, number)
        assert load_vocabulary(session).words == ()
    assert add_word(services, "雪亮工程", author)


def test_both_lists_are_bounded(
    services: Services, author: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "MAX_WORDS", 1)
    monkeypatch.setattr(vocabulary, "MAX_GROUPS", 18)
    add_word(services, "雪亮工程", author)
    add_synonyms(services, "布线、综合布线", author)
    with pytest.raises(VocabularyError, match="full"):
        add_word(services, "政务外网", author)
    with pytest.raises(VocabularyError, match="full"):
        add_synonyms(services, "工单、派单", author)
