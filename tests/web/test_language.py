"""Chinese and English."""

import pytest

from tests.web.visitor import Visitor


def test_pages_are_chinese_whatever_the_browser_prefers(guest: Visitor) -> None:
    page = guest.get("/", {"Accept-Language": "en-US,en;q=0.9"})
    assert page.all("html")[0].attributes["lang"] == "zh-CN"


def test_english_is_chosen_once_and_remembered(guest: Visitor) -> None:
    answer = guest.submit("/language", language="en", next="/search?q=校园")
    assert answer.status == 303
    page = guest.get(answer.location)
    assert page.all("html")[0].attributes["lang"] == "en"
    assert page.texts(".found #count")[0].startswith("3 documents")
    assert "Campus" not in page.text
    assert guest.get("/").texts(".hero h1") == ["What are you looking for today?"]


def test_english_pages_name_codes_units_and_places_in_english(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    page = guest.get("/search?q=学年价")
    assert page.texts(".hit .pill")[0] == "Sheet “宿舍宽带”"
    assert page.texts(".hit .meta > span")[2] == "Province headquarters"
    assert "Education1" in page.texts(".sidebar .choice")


def test_one_document_is_counted_in_the_singular(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    assert guest.get("/search?q=学年价").texts(".found #count")[0].startswith("1 document ·")


def test_the_choice_survives_signing_in(stranger: Visitor) -> None:
    stranger.submit("/language", language="en")
    stranger.sign_in("linruoxi")
    assert stranger.get("/").all("html")[0].attributes["lang"] == "en"


def test_it_can_be_switched_back(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    guest.submit("/language", language="zh")
    assert guest.get("/").all("html")[0].attributes["lang"] == "zh-CN"


@pytest.mark.parametrize("language", ["", "fr", "zh' onload='x"])
def test_another_language_is_refused(guest: Visitor, language: str) -> None:
    assert guest.submit("/language", language=language).status == 400


def test_switching_needs_the_token_and_stays_on_this_site(guest: Visitor) -> None:
    assert guest.post("/language", language="en").status == 400
    answer = guest.submit("/language", language="en", next="//evil.example")
    assert answer.location == "/"
