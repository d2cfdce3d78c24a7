"""A visitor with a browser's memory but without a browser."""

from dataclasses import dataclass
from typing import Self

from flask import Flask
from selectolax.lexbor import LexborHTMLParser, LexborNode
from werkzeug.datastructures import Headers

from tests.web.stock import PASSWORD


def within(node: LexborNode, selector: str) -> LexborNode:
    """The first element inside another that a CSS selector finds."""
    found = node.css_first(selector)
    assert found is not None, f"no {selector} in {node.html}"
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    data: bytes

    @property
    def html(self) -> str:
        """The page's source."""
        return self.data.decode()

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["Location"]

    def all(self, selector: str) -> list[LexborNode]:
        """The elements that a CSS selector finds."""
        return LexborHTMLParser(self.html).css(selector)

    def texts(self, selector: str) -> list[str]:
        """The texts of those elements that are shown, with spaces made single."""
        shown = [node for node in self.all(selector) if "hidden" not in node.attributes]
        return [" ".join(node.text().split()) for node in shown]

    def links(self, selector: str) -> dict[str, str]:
        """Text to address of the links that a CSS selector finds."""
        return {
            " ".join(node.text().split()): node.attributes["href"] or ""
            for node in self.all(selector)
        }

    @property
    def text(self) -> str:
        """The words of the whole page."""
        return " ".join(self.texts("body"))


class Visitor:
    """Asks the application for pages, keeping cookies."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, address: str, headers: dict[str, str] | None = None) -> Answer:
        """A page; redirects are not followed."""
        return self.ask("GET", address, headers=headers)

    def post(self, address: str, **form: str) -> Answer:
        """Send a form exactly as given."""
        return self.ask("POST", address, form)

    def submit(self, address: str, **form: str) -> Answer:
        """Send a form with the token that the sign-in page or any other gave out."""
        return self.post(address, csrf_token=self.token(), **form)

    def token(self) -> str:
        """The form token of this visitor's session."""
        for page in ("/login", "/"):
            for field in self.get(page).all("input[name=csrf_token]"):
                return field.attributes["value"] or ""
        raise AssertionError("no page carried a form token")

    def sign_in(self, login: str, password: str = PASSWORD) -> Self:
        """Sign in through the form."""
        answer = self.submit("/login", login=login, password=password)
        assert answer.status == 303, answer.text
        return self

    def cookies(self) -> dict[str, str]:
        """Names and values of the cookies kept."""
        return {
            key: cookie.value
            for key in ("portal_session", "portal_language")
            if (cookie := self.client.get_cookie(key)) is not None
        }

    def ask(
        self,
        method: str,
        address: str,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Any request."""
        with self.client.open(address, method=method, data=form, headers=headers) as response:
            return Answer(response.status_code, response.headers, response.get_data())
