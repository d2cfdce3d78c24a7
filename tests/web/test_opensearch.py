"""Searching from a browser's address bar."""

import json
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

SPACE = "{http://a9.com/-/spec/opensearch/1.1/}"


def described(answer: Answer) -> ET.Element:
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/opensearchdescription+xml")
    return ET.fromstring(answer.data)  # noqa: S314  # what our own template wrote


def templates(description: ET.Element) -> dict[str, str]:
    return {
        url.attrib["type"]: url.attrib["template"] for url in description.findall(f"{SPACE}Url")
    }


def test_it_works(guest: Visitor) -> None:
    page = templates(described(guest.get("/opensearch.xml")))["text/html"]
    assert page == "http://localhost/search?q={searchTerms}"
    typed = page.removeprefix("http://localhost").replace("{searchTerms}", quote("校园 宽带"))
    assert guest.get(typed).texts(".hit h2")[0] == "校园宽带与学生套餐资费表"


def test_a_program_can_search_too(guest: Visitor) -> None:
    address = templates(described(guest.get("/opensearch.xml")))["application/json"]
    for name, value in (("searchTerms", "回访"), ("startPage?", "2"), ("count?", "")):
        address = address.replace(f"{{{name}}}", quote(value))
    answer = guest.get(address.removeprefix("http://localhost"))
    assert answer.status == 200
    assert b'"page":2' in answer.data


def test_every_page_tells_the_browser_of_it(guest: Visitor, stranger: Visitor) -> None:
    pages = [guest.get("/"), guest.get("/search?q=校园"), guest.get("/nowhere")]
    for page in [*pages, stranger.get("/login")]:
        (link,) = page.all("link[rel=search]")
        assert link.attributes["type"] == "application/opensearchdescription+xml"
        assert link.attributes["href"] == "/opensearch.xml"
        assert link.attributes["title"] == "知识门户"


def test_a_browser_that_is_not_signed_in_can_read_it(stranger: Visitor) -> None:
    assert templates(described(stranger.get("/opensearch.xml"))) != {}


def test_addresses_are_those_of_the_host_that_was_asked(guest: Visitor) -> None:
    answer = guest.get(
        "/opensearch.xml", headers={"Host": "知识.example:8443".encode("idna").decode()}
    )
    for template in templates(described(answer)).values():
        assert template.startswith("http://xn--")
        assert ":8443/" in template


@pytest.mark.parametrize("host", ['a"/><Url x="', "a&b", "<b>", "a b"])
def test_what_is_no_host_is_refused(guest: Visitor, host: str) -> None:
    answer = guest.get("/opensearch.xml", headers={"Host": host})
    assert answer.status == 400


def test_names_keep_within_the_lengths_of_the_standard(guest: Visitor) -> None:
    for language in ("zh", "en"):
        guest.submit("/language", language=language)
        description = described(guest.get("/opensearch.xml"))
        for name, longest in (("ShortName", 16), ("LongName", 48), ("Description", 1024)):
            text = description.findtext(f"{SPACE}{name}") or ""
            assert 0 < len(text) <= longest, text


def test_the_address_bar_is_given_suggestions(guest: Visitor, stock: Stock) -> None:
    address = templates(described(guest.get("/opensearch.xml")))["application/x-suggestions+json"]
    asked = address.removeprefix("http://localhost").replace("{searchTerms}", quote("校园宽带"))
    answer = guest.get(asked)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-suggestions+json"
    typed, texts, descriptions, addresses = json.loads(answer.data)
    assert typed == "校园宽带"
    assert len(texts) == len(descriptions) == len(addresses) > 0
    opened = dict(zip(texts, addresses, strict=True))["校园宽带与学生套餐资费表"]
    assert opened.startswith(f"http://localhost/documents/{stock.ids['校园宽带资费表.xlsx']}")


def test_suggestions_are_for_those_who_may_read(stranger: Visitor, manager: Visitor) -> None:
    refused = stranger.get("/suggest/opensearch?q=校园")
    assert refused.status == 401
    assert json.loads(refused.data)["detail"].startswith("请先登录")
    assert json.loads(manager.get("/suggest/opensearch?q=云澜专线底价").data)[1] == []


@pytest.mark.parametrize("typed", ["", "%00", "%ED%A0%80", "%F0%9F%98%80", "校" * 450, "-", '"'])
def test_whatever_is_typed_is_answered(guest: Visitor, typed: str) -> None:
    assert guest.get(f"/suggest/opensearch?q={typed}").status == 200
