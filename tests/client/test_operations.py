"""The client has a method for every operation of the API, with the API's own names, and reads every answer."""

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from generate.files import files
from textback.client import Textback
from textback.client.calls import Page, Pages, Resource, listing, operation
from textback.web.openapi import describe
from textback.web.routes import ROUTES

ROOT = Path(__file__).parents[2]
DOCUMENT = describe(ROUTES)
OPERATIONS = {
    (method.upper(), path): told
    for path, methods in DOCUMENT["paths"].items()
    if path.startswith("/v1/")
    for method, told in methods.items()
}


class Heard(httpx.BaseTransport):
    """A server that answers with a whole answer of the operation that was asked for, and keeps what it was."""

    def __init__(self) -> None:
        self.key: tuple[str, str] = ("", "")
        self.request = httpx.Request("GET", "http://nobody")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.request = request
        path = request.url.raw_path.decode().partition("?")[0]
        self.key = next(key for key in OPERATIONS if key[0] == request.method and _fits(key[1], path))
        good, told = good_answer(OPERATIONS[self.key])
        content = told.get("content", {}).get("application/json")
        return httpx.Response(good, json=sample(content["schema"]) if content else None)


def _fits(template: str, path: str) -> bool:
    """Whether an address is one of a template whose parts say {name} themselves: so no other template fits."""
    return unquote(path) == template


def good_answer(told: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
    """The answer with the good status."""
    return next((int(status), one) for status, one in told["responses"].items() if status.startswith("2"))


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema, or the one that it points to."""
    found: Mapping[str, Any] = schema
    if "$ref" in schema:
        found = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def sample(schema: Mapping[str, Any]) -> Any:
    """A value of a schema, with all that it may have."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return sample(next(one for one in schema["anyOf"] if one.get("type") != "null"))
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            named = {name: sample(one) for name, one in schema.get("properties", {}).items()}
            return named if "properties" in schema else {"key": sample(schema.get("additionalProperties") or {})}
        case "array":
            return [sample(schema.get("items", {}))]
        case "integer":
            return 7
        case "number":
            return 0.5
        case "boolean":
            return True
    return "text"


def methods() -> Iterator[tuple[str, str]]:
    """Every method of the client, by its resource's name and its own."""
    with Textback("http://localhost", "key") as client:
        for resource, found in vars(client).items():
            if isinstance(found, Resource):
                for name, one in vars(type(found)).items():
                    if isinstance(one, operation | listing):
                        yield resource, name


METHODS = list(methods())


def asked(resource: str, name: str) -> tuple[Heard, Any]:
    """What a method asks when it is given all that it takes, and what it gives."""
    heard = Heard()
    with Textback("http://localhost", "key", transport=heard) as client:
        found = getattr(client, resource)
        arguments = list(inspect.signature(vars(type(found))[name].build).parameters.values())[1:]
        parts = [f"{{{one.name}}}" for one in arguments if one.kind is not inspect.Parameter.KEYWORD_ONLY]
        named = {one.name: one.name for one in arguments if one.kind is inspect.Parameter.KEYWORD_ONLY}
        result = getattr(found, name)(*parts, **named)
        if isinstance(result, Pages):
            page = result.page()
            assert isinstance(page, Page)
            assert page.next_cursor == "text"
            result = page.data
        return heard, result


def test_every_operation_has_one_method() -> None:
    called = [asked(*method)[0].key for method in METHODS]
    assert sorted(called) == sorted(OPERATIONS)


@pytest.mark.parametrize(("resource", "name"), METHODS, ids=[".".join(one) for one in METHODS])
def test_a_method_asks_with_the_names_of_the_api_and_reads_the_answer(resource: str, name: str) -> None:
    heard, result = asked(resource, name)
    told = OPERATIONS[heard.key]
    given = told.get("parameters", [])
    query = {one["name"] for one in given if one["in"] == "query"}
    if query & {"cursor"}:
        query -= {"cursor"}  # lists give it themselves
    assert set(heard.request.url.params) == query
    if "requestBody" in told:
        schema = resolved(told["requestBody"]["content"]["application/json"]["schema"])
        assert set(json.loads(heard.request.content)) == set(schema["properties"])
        assert heard.request.headers["content-type"] == "application/json"
    else:
        assert heard.request.content == b""
    wants_key = any(one["name"].lower() == "idempotency-key" for one in given)
    assert heard.request.headers.get("idempotency-key") == ("idempotency_key" if wants_key else None)
    assert heard.request.headers["authorization"] == "Bearer key"
    content = good_answer(told)[1].get("content", {})
    assert (result is None) == (not content)
    if content:
        wanted = sample(content["application/json"]["schema"])
        whole = set(wanted) in ({"data"}, {"data", "next_cursor"})
        assert_same(wanted["data"] if whole else wanted, result)


def assert_same(wanted: Any, found: Any) -> None:
    """Nothing of an answer is lost on the way: each field is there, under the name that Python has for it."""
    if isinstance(wanted, Mapping) and hasattr(found, "__struct_fields__"):
        names = dict(zip(found.__struct_encode_fields__, found.__struct_fields__, strict=True))
        assert set(names) == set(wanted)
        for name, one in wanted.items():
            assert_same(one, getattr(found, names[name]))
    elif isinstance(wanted, list):
        assert len(found) == len(wanted)
        assert_same(wanted[0], found[0])
    else:
        assert found == wanted


MADE = files(DOCUMENT)


@pytest.mark.parametrize("path", MADE)
def test_what_is_made_from_the_description_is_as_new(path: str) -> None:
    """`make api` writes it anew."""
    assert (ROOT / path).read_text() == MADE[path]


@pytest.mark.parametrize("folder", ["operations", "shapes"])
def test_nothing_is_left_of_what_is_gone(folder: str) -> None:
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "src/textback/client" / folder).glob("*.py")}
    assert there <= set(MADE)


def test_two_operations_of_one_name_are_refused() -> None:
    twice = {
        **DOCUMENT,
        "paths": {"/v1/a": DOCUMENT["paths"]["/v1/templates"], "/v1/a/": DOCUMENT["paths"]["/v1/templates"]},
    }
    with pytest.raises(ValueError, match=re.escape("GET /v1/a and GET /v1/a/ would both be a.list")):
        files(twice)
