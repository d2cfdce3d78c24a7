"""What may not be read leaves no trace: every answer is the same as if it did not exist.

Two copies of one library go through the same day. In one of them documents are hidden in every way
there is. Then whoever may not read them asks both for everything that the application's own routes
offer, and for what could give them away; a new route is asked for by itself.
"""

import difflib
import re
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.web.hidden import EVERYBODY, OUTSIDERS, PLANTED, SLIPS, VERSIONS, House
from tests.web.stock import Stock, copy_of
from tests.web.traces import address_of, plain
from tests.web.visitor import Answer

WORDS = tuple(word for words in PLANTED.values() for word in words) + SLIPS
NOTHING = 2_000_000_000


@pytest.fixture(scope="module")
def houses(
    original: Stock, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[tuple[House, House]]:
    """The house without the hidden documents, and the one with them."""
    folder = tmp_path_factory.mktemp("houses")
    with (
        copy_of(original, folder / "without", lasting_databases) as without,
        copy_of(original, folder / "with", lasting_databases) as planted,
    ):
        yield House(without, ()), House(planted, tuple(PLANTED))


@pytest.mark.parametrize("login", EVERYBODY)
def test_what_is_hidden_leaves_no_trace(houses: tuple[House, House], login: str) -> None:
    without, planted = houses
    differ = {
        address: difference(expected, found)
        for (address, expected), (_same, found) in zip(
            without.look(login, WORDS), planted.look(login, WORDS), strict=True
        )
        if found != expected
    }
    assert not differ, "\n".join(f"{address}: {what}" for address, what in differ.items())


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nobody_is_told_what_they_may_not_read(houses: tuple[House, House], login: str) -> None:
    without, planted = houses
    told = planted.told(login)
    assert told == without.told(login)
    mails = [each for each in told if "网点专线新政策" in each]
    assert len(mails) == (2 if login == "industry" else 1)
    assert not any(word in "".join(told) for words in PLANTED.values() for word in words)


@pytest.mark.parametrize("way", [way for way in PLANTED if way not in VERSIONS])
def test_insiders_have_what_is_hidden(houses: tuple[House, House], way: str) -> None:
    """The other half: what was planted is there, and its author finds it."""
    planted = houses[1]
    page = planted.visitors["zhoumin"].get(f"/documents/{planted.hidden[way]}")
    assert PLANTED[way][0] in page.text
    administrator = planted.visitors["guanliyuan"]
    assert PLANTED[way][0] in administrator.get(f"/search?q={PLANTED[way][0]}").text


@pytest.mark.parametrize("login", EVERYBODY)
def test_its_addresses_answer_as_those_of_nothing(houses: tuple[House, House], login: str) -> None:
    planted = houses[1]
    visitor = planted.visitors[login]
    form = {"csrf_token": visitor.token(), "comment": "看看", "wanted": "yes", "problem": "过期"}
    form |= {"outcome": "won", "customer": "某行", "title": "甲", "action": "submit", "vote": "yes"}
    documents = [planted.hidden[way] for way in PLANTED if way not in VERSIONS]
    for rule in planted.app.url_map.iter_rules():
        if "document_id" not in rule.arguments:
            continue
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answers = [
                alike(visitor.ask(method, address, form if method == "POST" else None), document)
                for document in (NOTHING, *documents)
                for address in (
                    address_of(planted.app, rule, planted.samples(login, document) | {"number": 1}),
                )
            ]
            others = [difference(answers[0], each) for each in answers if each != answers[0]]
            assert others == [], (method, rule.rule)
            assert not answers[0].startswith("200")


def alike(answer: Answer, document: int) -> str:
    """An answer as it would be about another document."""
    return re.sub(rf"(?<=[/F]){document}(?=\b)", "N", plain(answer))


def difference(expected: str, found: str) -> list[str]:
    """The first lines that stand in one answer alone."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), lineterm="", n=0)
    return [line[:200] for line in lines if 'class="bell' not in line][3:9]
