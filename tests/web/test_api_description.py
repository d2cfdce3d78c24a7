"""The OpenAPI file says what the interface takes and gives: neither more nor less."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from portal.search import FILTERS, FORMATS, MATCHES, MAX_PAGE_SIZE, SORTS
from portal.web import api, problems
from portal.web.addresses import MAX_PAGE_DIGITS
from tests.web.visitor import Answer, Visitor

SEARCH = "/api/v1/search"
QUESTIONS = (
    f"{SEARCH}?q=校园 宽带",
    f"{SEARCH}?q=云影像 回访话术&sort=newest",
    f"{SEARCH}?q=量子恐龙&stage=solution",
    f"{SEARCH}?industry=finance&limit=100",
    f"{SEARCH}?q=巡检&page=2&match=most&sort=hottest",
    f"{SEARCH}?q=巡检&format=md&year=2026",
)


@pytest.fixture(scope="module")
def description() -> Any:
    return json.loads(api.DESCRIPTION.read_text(encoding="utf-8"))


def parameters(description: Any) -> dict[str, Any]:
    listed = description["paths"][SEARCH]["get"]["parameters"]
    return {parameter["name"]: parameter for parameter in listed}


def check(description: Any, name: str, value: object) -> None:
    """Raise where a value is not what the named schema says; names it does not know are wrong."""
    closed = copy.deepcopy(description)
    for schema in closed["components"]["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    schema = {"$ref": f"#/components/schemas/{name}", "components": closed["components"]}
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value)


def operations(description: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid_openapi(description: Any) -> None:
    assert description["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []


def test_it_is_served_as_it_stands_to_everyone(stranger: Visitor, description: Any) -> None:
    answer = stranger.get("/api/v1/openapi.json")
    assert answer.status == 200
    assert json.loads(answer.data) == description


def test_every_route_is_described(open_to_all: Flask, description: Any) -> None:
    routes = {
        (re.sub("<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method.lower(), rule.endpoint)
        for rule in open_to_all.url_map.iter_rules()
        if rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {
        (path, method, f"api.{operation['operationId']}")
        for path, method, operation in operations(description)
    }
    assert described == routes


def test_every_operation_names_its_scope(description: Any) -> None:
    named = {
        f"api.{operation['operationId']}": operation["x-scope"]
        for _, _, operation in operations(description)
    }
    assert named == dict(api.SCOPES)


def test_whoever_may_not_ask_without_signing_in_is_told_so(description: Any) -> None:
    for path, _, operation in operations(description):
        changes = operation["x-scope"].endswith(":write")
        assert ({} in operation.get("security", [])) != changes or path.endswith("openapi.json")


def test_examples_are_as_described(description: Any) -> None:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    seen = 0
    for each in contents(description):
        if "example" in each:
            schema = {**each["schema"], "components": description["components"]}
            jsonschema.Draft202012Validator(schema, format_checker=checker).validate(
                each["example"]
            )
            seen += 1
    assert seen > 20


def contents(value: Any) -> Iterator[Any]:
    """Every place of the description where a schema and an example may stand."""
    if isinstance(value, dict):
        if "schema" in value:
            yield value
        for each in value.values():
            yield from contents(each)
    elif isinstance(value, list):
        for each in value:
            yield from contents(each)


def test_kinds_of_problems_are_those_of_the_interface(description: Any) -> None:
    answers = description["components"]["responses"].values()
    for answer in answers:
        for content in answer.get("content", {}).values():
            kind = content["example"]["type"].removeprefix(problems.EXPLAINED_AT)
            assert problems.KINDS[kind].status == content["example"]["status"]
            assert str(problems.KINDS[kind].title) == content["example"]["title"]


def test_every_parameter_is_described_and_no_other(description: Any) -> None:
    assert tuple(parameters(description)) == api.PARAMETERS


def test_every_described_parameter_is_taken(guest: Visitor, description: Any) -> None:
    for name, parameter in parameters(description).items():
        schema = parameter["schema"]
        example = parameter.get("example", schema.get("default"))
        for value in example if schema["type"] == "array" else [example]:
            answer = guest.get(f"{SEARCH}?{name}={value}")
            assert answer.status == 200, (name, value, answer.data.decode())


def test_a_parameter_that_is_not_described_is_refused(guest: Visitor, description: Any) -> None:
    answer = guest.get(f"{SEARCH}?query=校园")
    assert answer.status == 400
    check(description, "Problem", json.loads(answer.data))


def test_choices_and_bounds_are_those_of_the_service(description: Any) -> None:
    schemas = {name: item["schema"] for name, item in parameters(description).items()}
    assert tuple(schemas["sort"]["enum"]) == SORTS
    assert tuple(schemas["match"]["enum"]) == MATCHES
    assert tuple(schemas["format"]["items"]["enum"]) == FORMATS
    assert schemas["limit"]["maximum"] == MAX_PAGE_SIZE
    assert schemas["page"]["maximum"] == 10**MAX_PAGE_DIGITS - 1
    assert {name for name, schema in schemas.items() if schema["type"] == "array"} == set(FILTERS)
    hit = description["components"]["schemas"]["Hit"]["properties"]
    assert tuple(hit["format"]["enum"]) == FORMATS


def test_defaults_are_those_of_the_service(guest: Visitor, description: Any) -> None:
    defaults = "&".join(
        f"{name}={item['schema']['default']}"
        for name, item in parameters(description).items()
        if name != "q" and "default" in item["schema"]
    )
    plain, spelled = (
        json.loads(guest.get(f"{SEARCH}?q=巡检&{query}").data) for query in ("", defaults)
    )
    assert spelled["hits"] == plain["hits"]


@pytest.mark.parametrize("address", QUESTIONS)
def test_answers_are_as_described(administrator: Visitor, description: Any, address: str) -> None:
    answer = administrator.get(address)
    assert answer.status == 200
    check(description, "Answer", json.loads(answer.data))


def test_refusals_are_as_described(
    guest: Visitor, stranger: Visitor, empty: Visitor, description: Any
) -> None:
    refusals: dict[str, Answer] = {
        "400": guest.get(f"{SEARCH}?stage=nowhere"),
        "401": stranger.get(SEARCH),
        "503": empty.get(SEARCH),
    }
    described = description["paths"][SEARCH]["get"]["responses"]
    assert set(described) == {"200", "403", "429", *refusals}
    for status, answer in refusals.items():
        assert answer.status == int(status)
        check(description, "Problem", json.loads(answer.data))
        name = described[status]["$ref"].rpartition("/")[2]
        promised = description["components"]["responses"][name].get("headers", ())
        assert set(promised) <= set(answer.headers.keys())
