"""Whatever is put into whichever field of whichever form: an answer, never a failure.

The forms are taken from the portal's own pages, so that a new one is tried, too. What SQLite keeps
and PostgreSQL refuses is among what is typed: NUL, texts longer than their column, numbers wider.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborNode

from tests.browser.furnished import DRAFT, WAITING, Furnished, furnish
from tests.web.stock import Stock
from tests.web.visitor import Visitor

TYPED = ("校园\x00宽带", "长" * 5000, "9" * 18, "9" * 30, "-1", "")
PEOPLE = ("linruoxi", "zhoumin", "guanliyuan")
NAMES = {"drafts.edit": DRAFT, "review.show": WAITING}
NOT_TRIED = {"accounts.sign_out", "static"}


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it came, with what stands in its fields."""

    endpoint: str
    method: str
    address: str
    fields: dict[str, str]


@pytest.fixture
def furnished(office: Stock) -> Furnished:
    return furnish(office)


def addresses(furnished: Furnished) -> Iterator[str]:
    """Every page whose address can be told."""
    for rule in furnished.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in NOT_TRIED:
            continue
        samples = dict(furnished.samples)
        if rule.endpoint in NAMES:
            samples["document_id"] = furnished.ids[NAMES[rule.endpoint]]
        if rule.arguments <= samples.keys():
            wanted = {name: samples[name] for name in rule.arguments}
            yield furnished.app.url_map.bind("localhost").build(rule.endpoint, wanted)


def forms(furnished: Furnished, visitor: Visitor) -> dict[str, Form]:
    """The forms of all pages, the first of each kind."""
    found: dict[str, Form] = {}
    for address in addresses(furnished):
        answer = visitor.get(address)
        assert answer.status < 500, address
        if answer.status == 200 and "html" in answer.headers["Content-Type"]:
            for node in answer.all("form:not([method=dialog])"):
                form = read(furnished, node, address)
                found.setdefault(f"{form.method} {form.endpoint} {sorted(form.fields)}", form)
    return {key: form for key, form in found.items() if form.endpoint not in NOT_TRIED}


def read(furnished: Furnished, node: LexborNode, page: str) -> Form:
    method = (node.attributes.get("method") or "get").upper()
    address = urljoin(page, node.attributes.get("action"))
    fields = {
        field.attributes["name"] or "": field.attributes.get("value") or field.text()
        for field in node.css("[name]")
        if field.attributes.get("type") != "file"
    }
    adapter = furnished.app.url_map.bind("localhost")
    endpoint, _ = adapter.match(urlsplit(address).path, method=method)
    return Form(endpoint, method, address, fields)


def send(visitor: Visitor, form: Form, fields: dict[str, str]) -> int:
    if form.method == "GET":
        query = "&".join(f"{name}={quote(value)}" for name, value in fields.items())
        return visitor.get(f"{form.address.partition('?')[0]}?{query}").status
    return visitor.post(form.address, **fields).status


@pytest.mark.parametrize("login", PEOPLE)
def test_nothing_that_is_typed_makes_the_portal_fail(furnished: Furnished, login: str) -> None:
    visitor = Visitor(furnished.app).sign_in(login)
    found = forms(furnished, visitor)
    assert len(found) >= 20
    failed = []
    for key, form in found.items():
        for name in form.fields.keys() - {"csrf_token"}:
            for value in TYPED:
                status = send(visitor, form, form.fields | {name: value})
                if status >= 500:
                    failed.append((key, name, value[:10], status))
    assert failed == []


@pytest.mark.parametrize(
    "address",
    [
        "/map/a%00b",
        "/lists/a%00b",
        "/feeds/industry/a%00b.atom",
        "/feeds/search/a%00b",
        "/statistics/a%00b.csv",
        "/password/new/a%00b",
        "/unsubscribe/a%00b",
        "/digest/a%00b",
    ],
)
def test_an_address_with_a_nul_leads_nowhere(administrator: Visitor, address: str) -> None:
    assert administrator.get(address).status == 404
