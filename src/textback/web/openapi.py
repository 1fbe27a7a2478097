"""GET /openapi.json: what programs may ask of this server, as an OpenAPI 3.1 description.

Addresses and roles come from the table of routes and shapes from the types that the server answers with, so that only
words and statuses are written here. The pages, which are for people, are not described.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from textback import __version__
from textback.store.proof import Proof
from textback.web.ai import Reply, ReplyBody
from textback.web.api import BlockedText, ListedConversation, Refusal, SendBody, SentText
from textback.web.consent import ConsentBody, ConsentState
from textback.web.happenings import EventBody, TakenEvent
from textback.web.health import Health, Ready
from textback.web.messaging import MessageBody, TemplateDetail, TemplateInfo
from textback.web.privacy import ErasedContact
from textback.web.training import ForgottenAnswer, TrainBody, TrainingAnswer
from textback.web.webhooks import PREFIX

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
PLAIN, XML = CONTENT_TYPE_LATEST.partition(";")[0], "text/xml"
_REF = "#/components/schemas/{name}"

Contents = Mapping[str, Any]
"""Content types, each with the type of what it carries."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route takes and answers: for each status the words and the contents, which are a Refusal unless said."""

    summary: str
    answers: Mapping[int, str | tuple[str, Contents]]
    takes: Contents | None = None


_KEY = "There is no key, or it is unknown or revoked."

DESCRIBED: Mapping[tuple[str, str], Operation] = {
    ("GET", "/healthz"): Operation("The process runs.", {200: ("It does.", {JSON: Health})}),
    ("GET", "/readyz"): Operation(
        "Texts can be taken, and every part of the road runs.",
        {200: ("They can.", {JSON: Ready}), 503: ("They can't; `problems` says why.", {JSON: Ready})},
    ),
    ("GET", "/metrics"): Operation("Counters.", {200: ("In Prometheus's text format.", {PLAIN: str}), 401: _KEY}),
    ("GET", "/openapi.json"): Operation("This description.", {200: ("OpenAPI 3.1.", {JSON: dict[str, Any]})}),
    ("POST", PREFIX + "{line}"): Operation(
        "A provider brings messages and delivery statuses of a line. It must sign the request.",
        {
            200: ("Stored, known already, or of no use here.", {JSON: dict[str, Any], XML: str}),
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
    ("POST", "/sms/send"): Operation(
        "Queue one text.",
        {
            200: ("It is in the outbox, and goes now or at `held_until`.", {JSON: SentText}),
            400: "A field can't be used; `field` names it.",
            401: _KEY,
            403: ("The consent gate refused it; `rule` says why.", {JSON: BlockedText}),
            413: "The body is over 64 KB.",
            415: "Not application/json, or compressed.",
        },
        {JSON: SendBody},
    ),
    ("POST", "/v1/messages"): Operation(
        "Queue one text, in your own words or by a template.",
        {
            200: ("It is in the outbox.", {JSON: SentText}),
            400: "A field can't be used, or a variable is missing or of another type; `field` names it.",
            401: _KEY,
            403: ("The consent gate refused it; `rule` says why.", {JSON: BlockedText}),
            404: "There is no such template in the version that is live.",
            409: "The template is not approved.",
            413: "The body is over 64 KB.",
            415: "Not application/json, or compressed.",
        },
        {JSON: MessageBody},
    ),
    ("GET", "/v1/templates"): Operation(
        "The templates of the version that is live.",
        {200: ("They are these.", {JSON: list[TemplateInfo]}), 401: _KEY},
    ),
    ("GET", "/v1/templates/{name}"): Operation(
        "One template, with its texts, how they look with sample values, and how long they are.",
        {200: ("It is this.", {JSON: TemplateDetail}), 401: _KEY, 404: "There is no such template."},
    ),
    ("DELETE", "/v1/contacts/{contact}"): Operation(
        "Erase all that is kept of a contact: a contact's id, or a phone number.",
        {
            200: ("It is erased; that they opted out stays.", {JSON: ErasedContact}),
            400: "It is neither an id nor a phone number.",
            401: _KEY,
            404: "Nothing is kept of them. That they asked is on record.",
        },
    ),
    ("POST", "/v1/events"): Operation(
        "Say that something happened to a contact. A flow that waits for it goes on.",
        {
            200: ("It is stored.", {JSON: TakenEvent}),
            400: "A field can't be used; `field` names it.",
            401: _KEY,
            404: "There is no such contact.",
            413: "The body is over 64 KB.",
            415: "Not application/json, or compressed.",
        },
        {JSON: EventBody},
    ),
    ("POST", "/v1/ai/reply"): Operation(
        "Ask what the bot would answer, from what it knows or by a model. Nothing is sent.",
        {
            200: ("This, or nothing; then `escalate_reason` says why.", {JSON: Reply}),
            400: "A field can't be used; `field` names it.",
            401: _KEY,
            413: "The body is over 64 KB.",
            415: "Not application/json, or compressed.",
        },
        {JSON: ReplyBody},
    ),
    ("POST", "/v1/consent"): Operation(
        "Record an opt-in with its evidence, or an opt-out. A web form's opt-in counts once they have answered YES.",
        {
            200: ("It is in the ledger; they stand like this.", {JSON: ConsentState}),
            400: "A field is missing or can't be used; `field` names it.",
            401: _KEY,
            409: "They opted out: only they can opt in again.",
            413: "The body is over 64 KB.",
            415: "Not application/json, or compressed.",
        },
        {JSON: ConsentBody},
    ),
    ("GET", "/v1/contacts/{contact}/consent"): Operation(
        "Where a contact stands, by id or phone number, and the ledger's entries.",
        {200: ("They stand like this.", {JSON: ConsentState}), 401: _KEY, 404: "There is no such contact."},
    ),
    ("GET", "/v1/contacts/{contact}/proof"): Operation(
        "All that proves a contact's consent, every message included, with the check of the chain.",
        {200: ("It is this.", {JSON: Proof}), 401: _KEY, 404: "There is no such contact."},
    ),
    ("POST", "/v1/ai/train"): Operation(
        "Have the bot learn documents or websites, and publish it, unless the check finds errors.",
        {
            202: ("It is in the queue.", {JSON: TrainingAnswer}),
            400: "A field can't be used; `field` names it.",
            401: _KEY,
            413: "The body is over 2 MB.",
            415: "Not application/json, or compressed.",
            429: "Too many trainings wait.",
        },
        {JSON: TrainBody},
    ),
    ("GET", "/v1/ai/train/{id}"): Operation(
        "How far a training is, or what became of it.",
        {200: ("It stands like this.", {JSON: TrainingAnswer}), 401: _KEY, 404: "There is no such training."},
    ),
    ("DELETE", "/v1/ai/train/documents/{name}"): Operation(
        "Take a document away that a training has brought, and publish a version without it.",
        {
            200: ("It is gone.", {JSON: ForgottenAnswer}),
            401: _KEY,
            404: "There is no such document.",
            409: "Nothing is published: the version without it would have errors.",
        },
    ),
    ("GET", "/conversations"): Operation(
        "The latest 1,000 conversations, the newest first.",
        {200: ("They are these.", {JSON: list[ListedConversation]}), 401: _KEY},
    ),
}

_SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "public": [],
    "api": [{"key": []}],
    "signed": [{"telnyx": []}, {"twilio": []}],
}
_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key from `textback apikey add`."},
    "telnyx": {
        "type": "apiKey",
        "in": "header",
        "name": "telnyx-signature-ed25519",
        "description": "Telnyx's signature over the body and the header telnyx-timestamp.",
    },
    "twilio": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Twilio-Signature",
        "description": "Twilio's signature over the address and the form.",
    },
}


def describe(routes: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """The description of those of these routes (method, path, role) that are for programs."""
    kinds: list[Any] = list(dict.fromkeys(kind for op in DESCRIBED.values() for kind in _kinds(op)))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    of_kind = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for method, path, role in routes:
        described = DESCRIBED.get((method, path))
        if described is not None:
            paths.setdefault(path, {})[method.lower()] = _operation(described, path, role, of_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Textback",
            "version": __version__,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


def _contents(answer: str | tuple[str, Contents]) -> tuple[str, Contents]:
    return (answer, {JSON: Refusal}) if isinstance(answer, str) else answer


def _kinds(operation: Operation) -> list[Any]:
    taken = list((operation.takes or {}).values())
    return taken + [kind for answer in operation.answers.values() for kind in _contents(answer)[1].values()]


def _media(contents: Contents, of_kind: Mapping[str, Any]) -> dict[str, Any]:
    return {media: {"schema": of_kind[repr(kind)]} for media, kind in contents.items()}


def _operation(operation: Operation, path: str, role: str, of_kind: Mapping[str, Any]) -> dict[str, Any]:
    answers = {}
    for status, answer in operation.answers.items():
        words, contents = _contents(answer)
        answers[str(status)] = {"description": words, "content": _media(contents, of_kind)}
    found: dict[str, Any] = {"summary": operation.summary, "responses": answers, "security": _SECURITY[role]}
    if operation.takes:
        found["requestBody"] = {"required": True, "content": _media(operation.takes, of_kind)}
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if names:
        found["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ]
    return found


async def document(request: Request) -> Response:
    """GET /openapi.json."""
    return Response(request.app.state.openapi, media_type=JSON)
