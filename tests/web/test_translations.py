"""The English catalogue says everything that the pages say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from portal.text import traditional
from tools.catalogues import traditional_catalogue

ROOT = Path(__file__).parents[2]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None}


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (ROOT / "portal/web/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale="en")


def messages_of_pages() -> Iterator[str]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for _file, _line, message, _comments, _context in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS
    ):
        yield message if isinstance(message, str) else message[0]


def test_every_message_is_translated(english: Catalog) -> None:
    missing = {text for text in messages_of_pages() if not translations(english.get(text))}
    assert missing == set()


def test_no_translation_is_left_over(english: Catalog) -> None:
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in english}
    assert known - {""} == set(messages_of_pages())


def test_translations_use_the_same_variables(english: Catalog) -> None:
    assert [error for message in english for error in message.check(english)] == []


def test_nothing_waits_for_review(english: Catalog) -> None:
    assert [message.id for message in english if message.fuzzy and message.id] == []


def translations(message: Message | None) -> list[str]:
    if message is None:
        return []
    found = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return found if all(found) else []


def test_traditional_chinese_is_made_of_every_message_and_keeps_its_variables(
    english: Catalog,
) -> None:
    made = traditional_catalogue(english)
    assert {key(message) for message in made} == {key(message) for message in english}
    assert [error for message in made for error in message.check(made)] == []


def test_traditional_chinese_leaves_no_simplified_character(english: Catalog) -> None:
    texts = [text for message in traditional_catalogue(english) for text in translations(message)]
    left = {each for text in texts for each in text if traditional.name(each) != each}
    # 互不相干 and 這台 are written so there too.
    assert left <= {"干", "台"}, "mend them in portal/text/traditional.py"


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]
