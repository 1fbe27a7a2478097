"""The examples in /openapi.json: each is of the shape that it is an example of, and each request works as it stands."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.fuzz.test_openapi import conforms
from tests.web.conftest import WORKSPACE, Site, running
from textback.app import read_folder
from textback.cli.serving import example_bot
from textback.core.when import HOUR, to_iso
from textback.pipeline.clock import clock as real_clock
from textback.store import accounts
from textback.web.openapi import describe
from textback.web.routes import ROUTES

DESCRIBED = json.loads(json.dumps(describe(ROUTES)))
EACH = [(method, path) for path, ways in DESCRIBED["paths"].items() for method in ways]
TEMPLATE = "visit_reminder: {class: informational, use_case: appointment, sender: Harbor, text: 'Harbor: see you.'}\n"
WITHOUT = {
    ("get", "/v1/ai/train/{id}"): 404,  # none has this id
    ("post", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): 404,  # it was told of nothing
    ("delete", "/v1/ai/train/documents/{name}"): 404,  # the training may not be over
    ("post", "/v1/contacts/{contact}/merge"): 404,  # there is no second contact
    ("post", "/v1/contacts/{contact}/merges/{merge}/undo"): 404,
    ("get", "/media/{contact}/{file}"): 404,  # nobody sent one
}
"""What is answered where the example alone makes nothing that it could be of."""
FIRST = [("post", "/v1/contacts")]
LAST = [("post", "/v1/conversations/{id}/assign"), ("delete", "/v1/contacts/{contact}")]
"""The contact of the examples is made first, and erased last; a program leaves alone what a person was given."""
IN_ORDER = [*FIRST, *(one for one in EACH if one not in (*FIRST, *LAST)), *LAST]
BY_PROGRAMS = [(m, p) for m, p in IN_ORDER if DESCRIBED["paths"][p][m]["security"] == [{"key": []}]]


def name(value: Any) -> str:
    return " ".join(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    files = {**read_folder(example_bot()), "templates/visit.yml": TEMPLATE}
    with running(tmp_path_factory.mktemp("examples"), files) as made:
        made.write(accounts.add_user, WORKSPACE, "maya@example.com", "Maya", "agent", made.clock())
        yield made


@pytest.fixture(scope="module")
def program(site: Site) -> httpx.Client:
    return site.program("examples")


@pytest.mark.parametrize("address", EACH, ids=name)
def test_each_body_and_answer_has_an_example_of_its_shape(address: tuple[str, str]) -> None:
    operation = DESCRIBED["paths"][address[1]][address[0]]
    contents = [operation["requestBody"]["content"]] if "requestBody" in operation else []
    contents += [answer["content"] for answer in operation["responses"].values()]
    for content in contents:
        for media in content.values():
            schema = {**media["schema"], "components": DESCRIBED["components"]}
            jsonschema.Draft202012Validator(schema).validate(media["example"])
    for parameter in operation.get("parameters", ()):
        assert parameter["in"] != "path" or parameter["example"]


def thing(program: httpx.Client, method: str, path: str) -> str:
    """The id of something that the address can be of: made for it, or the contact of the examples."""
    text = {"to": "+12065550147", "body": "Harbor: see you.", "class": "informational"}
    made: dict[str, dict[str, Any]] = {
        "/v1/keys": {"name": f"for {method} {path}", "scopes": ["*"]},
        "/v1/webhooks": {"url": "https://www.example.com/hook", "events": ["goal.*"]},
        "/v1/messages/bulk": {"messages": [text]},
        "/v1/messages": {**text, "send_at": to_iso(real_clock() + HOUR)},
    }
    for place, body in made.items():
        if path.startswith(f"{place}/{{"):
            answer = program.post(place, json=body)
            assert answer.status_code < 300, answer.text
            return str(answer.json()["data"]["id"])
    (parameter,) = [one for one in DESCRIBED["paths"][path][method]["parameters"] if one["name"] == "id"]
    return str(parameter["example"])


@pytest.mark.parametrize("address", BY_PROGRAMS, ids=name)
def test_each_example_of_a_request_works(site: Site, program: httpx.Client, address: tuple[str, str]) -> None:
    method, path = address
    operation = DESCRIBED["paths"][path][method]
    given = path
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            value = thing(program, method, path) if parameter["name"] == "id" else parameter["example"]
            given = given.replace(f"{{{parameter['name']}}}", value)
    media = operation.get("requestBody", {}).get("content", {}).get("application/json")
    answer = program.request(method.upper(), given, json=media["example"] if media else None)
    status = conforms(DESCRIBED, answer, path)
    wanted = WITHOUT.get(address)
    assert status == wanted if wanted else 200 <= status < 300, answer.text


def test_refusals_are_as_their_examples_say(site: Site, program: httpx.Client) -> None:
    answer = program.get("/v1/flows/none")
    example = DESCRIBED["paths"]["/v1/flows/{name}"]["get"]["responses"]["404"]["content"]["application/problem+json"]
    assert {**answer.json(), "detail": ""} == {**example["example"], "detail": ""}
