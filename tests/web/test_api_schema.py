"""Schemathesis asks everything that the OpenAPI file allows, and much that it does not.

Its own checks decide: no answer of the 500s, every status, header, media type and body as
described, what breaks the description refused, and nothing answered to whoever shows no token.
"""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import (
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.config._checks import ChecksConfig
from werkzeug.wsgi import ClosingIterator

from portal.app import create_app
from portal.web.api import DESCRIPTION
from tests.databases import Databases
from tests.web.programs import new_token
from tests.web.stock import Stock, copy_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

EXAMPLES = 12
OPERATIONS = [
    operation["operationId"]
    for methods in json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"].values()
    for operation in methods.values()
]


@pytest.fixture(scope="module")
def library(
    original: Stock, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases
) -> Iterator[Stock]:
    """A copy of the library that may be written to."""
    with copy_of(original, tmp_path_factory.mktemp("interface"), lasting_databases) as copied:
        yield copied


@pytest.fixture(scope="module")
def interface(library: Stock) -> Any:
    """The description, over that copy."""
    chosen = dataclasses.replace(library.services.settings, api_requests_per_minute=1_000_000)
    services = dataclasses.replace(library.services, settings=chosen)
    token = new_token(services, "zhoumin")
    app = _closing(create_app(chosen, services))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=_config(token))
    most = max(library.ids.values())

    @schema.hook
    def map_path_parameters(_context: Any, parameters: dict[str, Any]) -> dict[str, Any]:
        # Of two thousand million numbers few are documents: those that fit become one.
        number = (parameters or {}).get("document_id")
        if isinstance(number, int) and 0 <= number < 2**31:
            parameters["document_id"] = number % most + 1
        return parameters

    return schema


def _closing(app: "WSGIApplication") -> "WSGIApplication":
    """The application with every answer read and closed, as a server does and Schemathesis not.

    It asks for compressed answers, too, and does not unpack them.
    """

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        with closing(ClosingIterator(app(environ, start))) as body:
            return [b"".join(body)]

    return answer


def _config(token: str) -> SchemathesisConfig:
    generation = GenerationConfig(
        deterministic=True, max_examples=EXAMPLES, database="none", allow_x00=False
    )
    # A question can be well formed and ask for a field or a code that there is none of.
    accepted = PositiveDataAcceptanceConfig(
        expected_statuses=["2xx", "304", "400", "403", "404", "409", "413", "422"]
    )
    project = ProjectConfig(
        headers={"Authorization": f"Bearer {token}"},
        generation=generation,
        checks=ChecksConfig(positive_data_acceptance=accepted),
    )
    return SchemathesisConfig(projects=ProjectsConfig(default=project))


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_the_interface_is_as_described(
    interface: Any, operation_id: str, mode: GenerationMode
) -> None:
    operation = interface.find_operation_by_id(operation_id)
    if mode == GenerationMode.NEGATIVE and not (operation.body or len(operation.query)):
        return  # there is nothing that could be wrong but the number in the address

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        case.call_and_validate()

    ask()
