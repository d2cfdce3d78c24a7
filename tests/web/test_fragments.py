"""Kept pieces hold no token and no address: each gets those of the page it is on."""

import re

from portal.models import Role
from tests.web.stock import Stock
from tests.web.test_home import Homes
from tests.web.visitor import Answer, Visitor

INDUSTRIES = ("education", "healthcare")


def tokens(page: Answer) -> set[str]:
    """Those of all forms of the page, the kept ones and the others."""
    return {node.attributes["value"] or "" for node in page.all("input[name=csrf_token]")}


def adopt(visitor: Visitor, page: Answer) -> int:
    """Send the first form of a slot's card, as it stands on the page."""
    form = page.all(".slot-card form")[0]
    fields = {
        field.attributes["name"] or "": field.attributes["value"] or ""
        for field in form.css("input[name]")
    }
    return visitor.post(form.attributes["action"] or "", **fields).status


def test_a_kept_form_carries_the_token_of_whoever_sees_it(office: Stock) -> None:
    homes = Homes(office)
    for login in ("linruoxi", "zhoumin"):
        homes.become(login, Role.INDUSTRY_MANAGER, *INDUSTRIES)
    first, second = homes.visitor("linruoxi"), homes.visitor("zhoumin")
    pages = first.get("/"), second.get("/")
    assert pages[0].all(".slot-card form")
    assert [len(tokens(page)) for page in pages] == [1, 1]
    assert tokens(pages[0]) != tokens(pages[1])
    assert adopt(second, pages[0]) == 400
    assert adopt(second, pages[1]) == 303


def test_kept_hits_name_the_search_of_whoever_sees_them(office: Stock) -> None:
    homes = Homes(office)
    pages = [homes.visitor(login).get("/search?q=校园") for login in ("linruoxi", "zhoumin")]
    links = [
        [link.attributes["href"] or "" for link in page.all(".hit h2 a, .hit-foot a.tap")]
        for page in pages
    ]
    searches = [sorted({re.split("[=.]", link)[1] for link in each}) for each in links]
    assert [len(each) for each in searches] == [1, 1]
    assert searches[0] != searches[1]
    # But for the name of the search, both are shown the same.
    assert [link.replace(searches[0][0], "") for link in links[0]] == [
        link.replace(searches[1][0], "") for link in links[1]
    ]


def test_a_kept_choice_of_language_leads_back_to_the_page_it_is_on(office: Stock) -> None:
    visitor = Homes(office).visitor("linruoxi")
    for path in ('/search?q="校园"%20%26%20<组网>', "/search?q=资费", "/favourites?page=1"):
        page = visitor.get(path)
        back = {
            node.attributes["value"] or ""
            for node in page.all("form[action='/language'] input[name=next]")
        }
        assert len(page.all("form[action='/language']")) == 2
        [address] = back
        assert visitor.get(address).texts("title") == page.texts("title")
