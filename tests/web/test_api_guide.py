"""The commands in the guide for programs do what it says, word for word."""

import io
import json
import shlex
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from portal.app import create_app
from tests.web.hidden import file_about
from tests.web.programs import new_token
from tests.web.stock import Stock

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"

curl = ArgumentParser()
curl.add_argument("-H", dest="headers", action="append", default=[])
curl.add_argument("-G", dest="reads", action="store_true")
curl.add_argument("--data-urlencode", dest="asked", action="append", default=[])
curl.add_argument("-F", dest="fields", action="append", default=[])
curl.add_argument("-X", dest="method")
curl.add_argument("-d", dest="body")
curl.add_argument("address")


def commands() -> list[list[str]]:
    """The arguments of each curl in the guide."""
    lines = GUIDE.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("curl ")]


def field(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return name, (io.BytesIO(file_about("校园专线")), value[1:]) if value[:1] == "@" else value


def run(client: FlaskClient, arguments: list[str], token: str, document: int) -> tuple[int, Any]:
    """What the portal answers to a command: the status, and what it says."""
    asked = curl.parse_args([each.replace("$TOKEN", token) for each in arguments])
    path = asked.address.removeprefix("$PORTAL").replace("/12", f"/{document}")
    data = dict(map(field, asked.fields)) or asked.body
    with client.open(
        path,
        method=asked.method or ("POST" if data else "GET"),
        headers=dict(each.split(": ", 1) for each in asked.headers),
        query_string=dict(map(field, asked.asked)),
        data=data,
    ) as answer:
        return answer.status_code, json.loads(answer.get_data())


def test_each_command_of_the_guide_is_taken(office: Stock) -> None:
    client = create_app(office.services.settings, office.services).test_client(use_cookies=False)
    token, document, answers = new_token(office.services, "zhoumin"), 0, []
    for arguments in commands():
        status, said = run(client, arguments, token, document)
        answers.append((status, said))
        document = said["document"]["document"] if status == 201 else document
    assert [status for status, _said in answers] == [200, 201, 200, 200]
    found, _brought, changed, sent = (said for _status, said in answers)
    assert found["total"] > 0
    assert changed["industry"] == ["education"]
    assert (sent["document"], sent["status"]) == (document, "in-review")
