"""GET /openapi.json: what programs may ask of this server, as an OpenAPI 3.1 description.

Addresses and roles come from the table of routes and shapes from the types that the server answers with, so that only
words and statuses are written here. The pages, which are for people, are not described.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from textback import __version__
from textback.channels.registry import PROVIDERS
from textback.web import api, mediafiles, v1
from textback.web.api import Refusal
from textback.web.describing import FORM, JSON, Contents, Described, Operation
from textback.web.examples import example_of, in_place, refused
from textback.web.health import Health, Ready
from textback.web.problems import PROBLEM, VERSIONED, Problem
from textback.web.routing import Route
from textback.web.webhooks import PREFIX

PLAIN, XML = CONTENT_TYPE_LATEST.partition(";")[0], "text/xml"
BYTES = "application/octet-stream"
SHOWN = {PLAIN: "textback_inbox 0.0\n", XML: "<Response></Response>", BYTES: "..."}
"""What of these is answered, in short."""
_REF = "#/components/schemas/{name}"

DESCRIBED: Described = {
    ("GET", "/healthz"): Operation("The process runs.", {200: ("It does.", {JSON: Health})}),
    ("GET", "/readyz"): Operation(
        "Texts can be taken, and every part of the road runs.",
        {200: ("They can.", {JSON: Ready}), 503: ("They can't; `problems` says why.", {JSON: Ready})},
    ),
    ("GET", "/metrics"): Operation("Counters.", {200: ("In Prometheus's text format.", {PLAIN: str})}),
    ("GET", "/openapi.json"): Operation("This description.", {200: ("OpenAPI 3.1.", {JSON: dict[str, Any]})}),
    ("POST", PREFIX + "{line}"): Operation(
        "A provider brings messages and delivery statuses of a line. It must sign the request.",
        {
            200: ("Stored, known already, or of no use here.", {JSON: dict[str, Any], XML: str, PLAIN: str}),
            400: "A field is missing or malformed; `field` names it.",
            401: "Not signed, wrongly signed, or signed too long ago.",
            404: "There is no such line.",
            413: "The body is over 256 KB.",
            415: "Not the provider's content type, or compressed.",
            429: "Too many requests that were not signed, or made no sense.",
            503: "It could not be stored. Send it again.",
        },
        {JSON: dict[str, Any], FORM: dict[str, str]},
    ),
    **mediafiles.DESCRIBED,
    **api.DESCRIBED,
    **v1.DESCRIBED,
}
_WITH_KEY: Mapping[int, str] = {
    401: "There is no key, or it is unknown, revoked or expired.",
    403: "The key is not good for this; `detail` names the scope that it needs.",
    429: "Too many requests with this key. `Retry-After` says how long to wait.",
}

_SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "public": [],
    "api": [{"key": []}],
    "signed": [{name: []} for name, spec in PROVIDERS.items() if spec.posted],
}
_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key from `textback apikey add`."},
    **{
        spec.name: {
            "type": "apiKey",
            "in": "header" if spec.traits.header else "query",
            "name": spec.traits.header or spec.traits.field,
            "description": f"{spec.traits.title}'s signature: {spec.traits.signature}.",
        }
        for spec in PROVIDERS.values()
        if spec.traits is not None and spec.posted
    },
}


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """The description of those of these routes that are for programs."""
    found = ((route, DESCRIBED.get((route.method, route.path))) for route in routes)
    known = [(route, described) for route, described in found if described is not None]
    kinds: list[Any] = list(dict.fromkeys(kind for route, op in known for kind in _kinds(route, op)))
    shapes = _Shapes(kinds)
    paths: dict[str, dict[str, Any]] = {}
    for route, described in known:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(described, route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Textback",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": shapes.components, "securitySchemes": _SCHEMES},
    }


def _answers(route: Route, operation: Operation) -> dict[int, tuple[str, Contents]]:
    """All that this address answers, refusals in the form of its kind."""
    refused_as: Contents = {PROBLEM: Problem} if route.path.startswith(VERSIONED) else {JSON: Refusal}
    common = _WITH_KEY if route.role == "api" else {}
    given = {**common, **operation.answers}
    found = {status: (one, refused_as) if isinstance(one, str) else one for status, one in sorted(given.items())}
    for status in common:  # a refusal of an address's own does not take the place of this one
        words, contents = found[status]
        if PROBLEM in refused_as and PROBLEM not in contents:
            found[status] = words, {**contents, **refused_as}
    return found


def _kinds(route: Route, operation: Operation) -> list[Any]:
    taken = list((operation.takes or {}).values()) + ([operation.query] if operation.query else [])
    return taken + [kind for _, contents in _answers(route, operation).values() for kind in contents.values()]


class _Shapes:
    """The shapes of everything that is taken and answered."""

    def __init__(self, kinds: list[Any]) -> None:
        schemas, self.components = msgspec.json.schema_components(kinds, ref_template=_REF)
        self._of_kind = dict(zip(map(repr, kinds), schemas, strict=True))

    def taken(self, contents: Contents, example: Mapping[str, Any] | None) -> dict[str, Any]:
        """Bodies, with one that works."""
        return {media: self._media(media, kind, example, whole=False) for media, kind in contents.items()}

    def answered(self, contents: Contents, example: Any, refusal: Any) -> dict[str, Any]:
        """Answers, with one; what refuses, with this refusal."""
        refuses = (Problem, Refusal)
        return {
            media: self._media(media, kind, refusal if kind in refuses else example, whole=True)
            for media, kind in contents.items()
        }

    def _media(self, media: str, kind: Any, example: Any, *, whole: bool) -> dict[str, Any]:
        schema = self._of_kind[repr(kind)]
        if example is None:
            example = SHOWN[media] if media in SHOWN else example_of(schema, self.components, whole=whole)
        return {"schema": schema, "example": example}


def _operation(operation: Operation, route: Route, shapes: _Shapes) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, (words, contents) in _answers(route, operation).items():
        shown, refusal = operation.shows.get(status), refused(route.path, status, words)
        answers[str(status)] = {"description": words, "content": shapes.answered(contents, shown, refusal)}
    found: dict[str, Any] = {"summary": operation.summary, "responses": answers, "security": _SECURITY[route.role]}
    if route.scope:
        found["description"] = f"Needs the scope `{route.scope}`."
    if operation.takes:
        found["requestBody"] = {"required": True, "content": shapes.taken(operation.takes, operation.example)}
    parameters = _parameters(operation, route)
    if parameters:
        found["parameters"] = parameters
    return found


def _parameters(operation: Operation, route: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in [part[1:-1] for part in route.path.split("/") if part.startswith("{")]:
        one = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        one["example"] = in_place(route.path, name)
        found.append({**one, "description": operation.path[name]} if name in operation.path else one)
    if operation.query is not None:
        (_,), schemas = msgspec.json.schema_components([operation.query], ref_template=_REF)
        schema = schemas[operation.query.__name__]
        for name, of_it in schema["properties"].items():
            required = name in schema.get("required", ())
            found.append({"name": name, "in": "query", "required": required, "schema": of_it})
    for name, words in operation.headers.items():
        found.append({"name": name, "in": "header", "schema": {"type": "string"}, "description": words})
    return found


async def document(request: Request) -> Response:
    """GET /openapi.json."""
    return Response(request.app.state.openapi, media_type=JSON)
