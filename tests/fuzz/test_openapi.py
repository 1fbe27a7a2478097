"""The description of our HTTP API: it has every address that is for programs, and a live server answers as it says."""

import json
import os
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from fuzz.api import try_api
from tests.support.fake_provider import sign_telnyx, telnyx_text
from tests.web.conftest import Site, running
from textback.channels.registry import PROVIDERS
from textback.pipeline.clock import clock
from textback.store import keys
from textback.web.openapi import describe
from textback.web.routes import ROUTES

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FOR_PROGRAMS = [(route.method, route.path, route.role) for route in ROUTES if route.role in ("public", "signed", "api")]
PAGES = ("/login", "/login/{token}", "/login/code", "/login/link", "/l/{token}", "/m/{token}", "/web/{line}/widget.js")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running(tmp_path_factory.mktemp("api"), webhook_refusals_per_minute=0) as made:
        yield made


@pytest.fixture(scope="module")
def program(site: Site) -> httpx.Client:
    return site.program("till")


@pytest.fixture(scope="module")
def served(site: Site) -> dict[str, Any]:
    answer = site.browser().get("/openapi.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return dict(answer.json())


def test_every_address_for_programs_is_described_and_nothing_else(served: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, ways in served["paths"].items() for method in ways}
    assert described == {(method, path) for method, path, _ in FOR_PROGRAMS if path not in PAGES}


def test_the_description_says_who_may_call(served: dict[str, Any]) -> None:
    schemes = served["components"]["securitySchemes"]
    signed = [name for name, spec in PROVIDERS.items() if spec.posted]
    for method, path, role in FOR_PROGRAMS:
        if path not in PAGES:
            asked = [next(iter(way)) for way in served["paths"][path][method.lower()]["security"]]
            assert asked == {"public": [], "api": ["key"], "signed": signed}[role]
            assert set(asked) <= set(schemes)


def test_it_is_a_description_that_tools_can_read(served: dict[str, Any]) -> None:
    assert served["openapi"] == "3.1.0"
    assert served == json.loads(json.dumps(describe(ROUTES)))
    for schema in served["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for operation in [way for ways in served["paths"].values() for way in ways.values()]:
        for answer in operation["responses"].values():
            for media in answer["content"].values():
                for name in (part for part in json.dumps(media).split('"') if part.startswith("#/components/")):
                    assert name.rpartition("/")[2] in served["components"]["schemas"]


def conforms(served: dict[str, Any], answer: httpx.Response, path: str = "") -> int:
    """The answer is described, with what it carries; returns its status."""
    method, path = answer.request.method.lower(), path or answer.request.url.path
    described = served["paths"][path][method]["responses"][str(answer.status_code)]["content"]
    media = described[answer.headers["content-type"].partition(";")[0]]
    if "json" in answer.headers["content-type"]:
        schema = {**media["schema"], "components": served["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())
    return answer.status_code


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/conversations"])
def test_what_is_read_is_as_described(site: Site, program: httpx.Client, served: dict[str, Any], path: str) -> None:
    program.post("/sms/send", json={"to": "+12065550141", "message": "Your bike is ready."})
    assert conforms(served, program.get(path)) == 200
    stranger = site.browser().get(path)
    assert conforms(served, stranger) == (401 if path in ("/metrics", "/conversations") else 200)


def test_what_comes_of_a_text_is_as_described(site: Site, program: httpx.Client, served: dict[str, Any]) -> None:
    def send(**more: Any) -> int:
        return conforms(served, program.post("/sms/send", **more))

    phone = site.phone()
    assert send(json={"to": f"+{phone}", "message": "Your bike is ready."}) == 200
    site.text(phone, "STOP")
    assert send(json={"to": f"+{phone}", "message": "Your bike is ready."}) == 403
    assert send(json={"to": "nobody", "message": "x"}) == 400
    assert send(json={"to": "+12065550141", "message": "x" * 70_000}) == 413
    assert send(content=b"{}") == 415
    assert conforms(served, site.browser().post("/sms/send", json={})) == 401


def test_what_webhooks_answer_is_as_described(site: Site, served: dict[str, Any]) -> None:
    def post(line: str, body: bytes, **more: str) -> int:
        headers = {**sign_telnyx(body, clock()), **more}
        answer = site.browser().post(f"/webhooks/{line}", content=body, headers=headers)
        return conforms(served, answer, "/webhooks/{line}")

    body = json.dumps(telnyx_text("hours")).encode()
    assert post("simulator", body) == 401
    assert post("nobody", body) == 404
    assert post("simulator", b"x" * 300_000) == 413
    assert post("simulator", body, **{"content-type": "text/plain"}) == 415
    assert post("simulator", body, **{"content-encoding": "gzip"}) == 415


def test_a_wrong_method_is_told_the_right_one(site: Site) -> None:
    for path, allowed in (
        ("/sms/send", "POST"),
        ("/webhooks/simulator", "POST"),
        ("/healthz", "GET, HEAD"),
        ("/v1/keys", "GET, HEAD, POST"),
        ("/v1/contacts/x", "DELETE, GET, HEAD, PATCH"),
    ):
        answer = site.browser().request("OPTIONS", path)
        assert answer.status_code == 405
        assert sorted(answer.headers["allow"].split(", ")) == sorted(allowed.split(", "))


# The server shares this process, and what it draws by chance is taken for the strategies'.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning")
def test_whatever_is_asked_the_answer_is_described_and_nobody_gets_in_without_a_key(site: Site) -> None:
    """Schemathesis: what the description allows and what it does not."""
    assert try_api(site.url, site.key("schemathesis"), "simulator", EXAMPLES or 8, fresh=bool(EXAMPLES)) > 40


@pytest.mark.parametrize(
    "less", [{"scopes": ["contacts:read"]}, {"lines": ["shop"]}, {"scopes": ["keys:write"], "lines": ["simulator"]}]
)
def test_whatever_a_key_asks_that_is_good_for_less_the_answer_is_described(site: Site, less: dict[str, Any]) -> None:
    made = site.write(lambda tx: keys.add(tx, "default", f"{less}"[:64], clock(), **less))
    assert made is not None
    assert try_api(site.url, made[1], "simulator", (EXAMPLES + 3) // 4 or 2, fresh=bool(EXAMPLES)) > 40
