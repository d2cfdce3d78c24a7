"""Simplified Chinese, traditional Chinese and English."""

import pytest

from portal.models import User
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor


def spoken(page: Answer) -> str | None:
    """The language that a page says it is in."""
    return page.all("html")[0].attributes["lang"]


@pytest.mark.parametrize(
    ("preference", "language"),
    [
        ("", "zh-CN"),
        ("zh-CN,zh;q=0.9", "zh-CN"),
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-MO,en", "zh-Hant"),
        ("zh-Hans-SG", "zh-CN"),
        ("en-US,en;q=0.9", "en"),
        ("en;q=0.5,zh-TW;q=0.9", "zh-Hant"),
        ("fr-FR,en;q=0.4", "en"),
        ("fr,ja", "zh-CN"),
        ("*", "zh-CN"),
    ],
)
def test_a_first_visit_is_in_the_browsers_language(
    guest: Visitor, preference: str, language: str
) -> None:
    assert spoken(guest.get("/", {"Accept-Language": preference})) == language


def test_english_is_chosen_once_and_remembered(guest: Visitor) -> None:
    answer = guest.submit("/language", language="en", next="/search?q=校园")
    assert answer.status == 303
    page = guest.get(answer.location)
    assert spoken(page) == "en"
    assert page.texts(".found #count")[0].startswith("3 documents")
    assert "Campus" not in page.text
    home = guest.get("/", {"Accept-Language": "zh-TW"})
    assert home.texts(".hero h1") == ["What are you looking for today?"]


def test_traditional_chinese_says_everything_in_its_own_words(guest: Visitor) -> None:
    guest.submit("/language", language="zh-Hant")
    page = guest.get("/search?q=学年价")
    assert spoken(page) == "zh-Hant"
    assert page.texts(".hit .pill")[0] == "工作表「宿舍宽带」"  # a sheet's own name stays as it is
    assert page.texts(".hit .meta > span")[2] == "省公司"
    assert "教育1" in page.texts(".sidebar .choice")
    assert page.texts(".search button") == ["搜尋"]
    assert page.texts(".found #count")[0].startswith("1 份文件 · ")
    assert page.texts(".facet h2")[:3] == ["階段", "類型", "行業"]


def test_names_of_the_taxonomy_keep_their_words_and_change_their_characters(
    guest: Visitor,
) -> None:
    guest.submit("/language", language="zh-Hant")
    page = guest.get("/search?q=校园")
    assert any("資費方案" in text for text in page.texts(".choice"))

    assert guest.get("/search?q=校園+類型:資費方案").texts(".hit h2") == [
        "校园宽带与学生套餐资费表"
    ]


def test_english_pages_name_codes_units_and_places_in_english(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    page = guest.get("/search?q=学年价")
    assert page.texts(".hit .pill")[0] == "Sheet “宿舍宽带”"
    assert page.texts(".hit .meta > span")[2] == "Province headquarters"
    assert "Education1" in page.texts(".sidebar .choice")


def test_one_document_is_counted_in_the_singular(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    assert guest.get("/search?q=学年价").texts(".found #count")[0].startswith("1 document ·")


def test_the_choice_is_the_persons_and_follows_to_another_browser(
    office_visitor: Visitor, office: Stock
) -> None:
    office_visitor.submit("/language", language="en")
    office_visitor.sign_in("linruoxi")
    assert spoken(office_visitor.get("/")) == "en"
    elsewhere = Visitor(office_visitor.client.application).sign_in("linruoxi")
    assert spoken(elsewhere.get("/", {"Accept-Language": "zh-CN"})) == "en"
    elsewhere.submit("/language", language="zh-Hant")
    assert spoken(office_visitor.get("/")) == "zh-Hant"
    with office.services.db.read() as session:
        kept = session.query(User.language).filter(User.login == "linruoxi").scalar()
    assert kept == "zh-Hant"


def test_settings_offer_the_languages_by_their_own_names(office_visitor: Visitor) -> None:
    office_visitor.sign_in("linruoxi")
    page = office_visitor.get("/settings")
    assert page.texts("#language-choice option") == ["简体中文", "繁體中文", "English"]
    chosen = [each.attributes["value"] for each in page.all("#language-choice option[selected]")]
    assert chosen == ["zh"]
    answer = office_visitor.submit("/language", language="en", next="/settings#language")
    assert answer.location == "/settings#language"
    assert office_visitor.get("/settings").texts("#language-head") == ["Language"]


def test_it_can_be_switched_back(guest: Visitor) -> None:
    guest.submit("/language", language="en")
    guest.submit("/language", language="zh")
    assert spoken(guest.get("/", {"Accept-Language": "en"})) == "zh-CN"


@pytest.mark.parametrize("language", ["", "fr", "zh-hant", "zh' onload='x"])
def test_another_language_is_refused(guest: Visitor, language: str) -> None:
    assert guest.submit("/language", language=language).status == 400


def test_switching_needs_the_token_and_stays_on_this_site(guest: Visitor) -> None:
    assert guest.post("/language", language="en").status == 400
    answer = guest.submit("/language", language="en", next="//evil.example")
    assert answer.location == "/"
