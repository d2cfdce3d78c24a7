"""A program that shows a token, as the tests of the interface for programs use it."""

import io
import json
from collections.abc import Mapping
from typing import Any

from flask import Flask

from portal.accounts import find_user, tokens
from portal.db import utcnow
from portal.services import Services
from tests.web.visitor import Answer, Visitor


def new_token(services: Services, login: str, *scopes: str, days: int = 30) -> str:
    """A token of a person, for everything unless scopes are named."""
    with services.db.write() as session:
        user = find_user(session, login)
        assert user is not None
        return tokens.make_token(
            session, user.id, "测试程序", scopes or tokens.SCOPES, days, utcnow()
        )


class Program(Visitor):
    """Asks the interface, with a token in the header and without cookies of its own."""

    def __init__(self, app: Flask, token: str) -> None:
        super().__init__(app)
        self.bearer = {"Authorization": f"Bearer {token}"}

    def call(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send JSON, or nothing, to an address under /api/v1."""
        sent: dict[str, Any] = {} if body is None else {"json": body}
        with self.client.open(
            f"/api/v1{path}", method=method, headers={**self.bearer, **(headers or {})}, **sent
        ) as response:
            return Answer(response.status_code, response.headers, response.get_data())

    def send(self, path: str, data: bytes, name: str, **fields: Any) -> Answer:
        """Send a file as a form does."""
        form = {**fields, "file": (io.BytesIO(data), name)}
        with self.client.post(
            f"/api/v1{path}", headers=self.bearer, data=form, content_type="multipart/form-data"
        ) as response:
            return Answer(response.status_code, response.headers, response.get_data())


def said(answer: Answer, status: int = 200) -> Any:
    """The JSON of an answer of this status."""
    assert answer.status == status, answer.data.decode()
    return json.loads(answer.data)


def problem(answer: Answer, status: int, kind: str) -> Any:
    """The problem that an answer states."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = said(answer, status)
    assert body["type"] == f"/api#problem-{kind}"
    assert body["status"] == status
    assert body["detail"] != ""
    return body
