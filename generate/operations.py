"""The operations of the API as its description has them, each with the name that it has in the client."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

JSON = "application/json"
PREFIX = "/v1/"

#: What a method is called where its address does not say it well; "resource.name" puts it elsewhere.
NAMES: Mapping[tuple[str, str], str] = {
    ("POST", "/v1/conversations/{id}/handoff"): "hand_over",
    ("POST", "/v1/conversations/{id}/return"): "hand_back",
    ("POST", "/v1/conversations/{id}/flow"): "start_flow",
    ("POST", "/v1/conversations/{id}/notes"): "note",
    ("PUT", "/v1/contacts/{contact}/tags/{tag}"): "tag",
    ("DELETE", "/v1/contacts/{contact}/tags/{tag}"): "untag",
    ("POST", "/v1/contacts/{contact}/merges/{merge}/undo"): "unmerge",
    ("GET", "/v1/versions"): "flows.versions",
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/redeliver"): "redeliver",
    ("DELETE", "/v1/keys/{id}"): "revoke",
    ("POST", "/v1/messages"): "send",
    ("POST", "/v1/messages/bulk"): "send_bulk",
    ("GET", "/v1/messages/bulk/{id}"): "bulk",
    ("DELETE", "/v1/contacts/{contact}"): "erase",
    ("POST", "/v1/consent"): "record",
    ("POST", "/v1/events"): "report",
    ("GET", "/v1/ai/train/{id}"): "training",
    ("DELETE", "/v1/ai/train/documents/{name}"): "forget",
}
#: What the operations of a resource are about, where its name does not say it.
ABOUT: Mapping[str, str] = {
    "messages": "Texts: send them, and see what became of them.",
    "conversations": "Conversations, and who speaks in them.",
    "contacts": "People: what is known of them, and erasing it.",
    "consent": "Opt-ins and opt-outs, with what proves them.",
    "events": "What has happened, and saying that something did.",
    "webhooks": "Where events are sent, and what came of it.",
    "templates": "Texts that were agreed on.",
    "lines": "The numbers that texts go out on.",
    "flows": "What the bot does.",
    "handoffs": "Conversations that wait for a person.",
    "keys": "API keys.",
    "tags": "The tags of contacts.",
    "ai": "What the bot would answer, and teaching it.",
}
_VERBS = {"PATCH": "update", "PUT": "set", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter, or a field of a body."""

    name: str
    schema: Schema
    required: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `form` says what a good answer is: "nothing", "data" ({data}), "list" ({data, next_cursor}), or
    "plain"; `answer` is the schema of what is in it. `asks` and `shows`
    are examples of what it takes and answers. `cursor` names what says where a list goes on."""

    method: str
    path: str
    resource: str
    name: str
    summary: str
    scope: str
    parts: tuple[Given, ...]
    query: tuple[Given, ...]
    body: tuple[Given, ...] | None
    about: str
    key: str
    form: str
    answer: Schema
    asks: Any
    shows: Any
    cursor: str
    statuses: Mapping[str, str]


def about(resource: str) -> str:
    """What the operations of a resource are about."""
    return ABOUT.get(resource, f"{resource.capitalize()}.")


def read(document: Mapping[str, Any]) -> list[Operation]:
    """The operations of this OpenAPI description that are versioned, in its order. Raises ValueError where two of one
    resource would have the same name."""
    found = list(_read(document))
    seen: dict[tuple[str, str], Operation] = {}
    for one in found:
        other = seen.setdefault((one.resource, one.name), one)
        if other is not one:
            both = f"{other.method} {other.path} and {one.method} {one.path}"
            raise ValueError(
                f"{both} would both be {one.resource}.{one.name}; name one of them in generate/operations.py."
            )
    return found


def _read(document: Mapping[str, Any]) -> Iterator[Operation]:
    components = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        if not path.startswith(PREFIX):
            continue
        for verb, told in methods.items():
            method = verb.upper()
            given = told.get("parameters", ())
            form, answer = _answer(told["responses"], components)
            name = _name(method, path, form, methods)
            resource, _, name = name.rpartition(".")
            resource = resource or path.removeprefix(PREFIX).partition("/")[0]
            query = tuple(_given(one) for one in given if one["in"] == "query")
            cursor = next((one.name for one in query if one.name in ("cursor", "after")), "")
            words = told.get("description", "")
            yield Operation(
                method, path, resource, name, told["summary"],
                words.partition("`")[2].partition("`")[0],
                tuple(_given(one) for one in given if one["in"] == "path"),
                query, _body(told.get("requestBody"), components), _about(told.get("requestBody"), components),
                next((one["description"] for one in given if one["name"].lower() == "idempotency-key"), ""),
                form, answer, _example(told.get("requestBody", {})), _example(_good(told["responses"])), cursor,
                {status: one["description"] for status, one in told["responses"].items()},
            )  # fmt: skip


def _name(method: str, path: str, form: str, methods: Mapping[str, Any]) -> str:
    """messages.list, messages.get(id), messages.cancel(id), contacts.consent(contact), and so on."""
    if (method, path) in NAMES:
        return NAMES[method, path]
    parts = path.removeprefix(PREFIX).split("/")[1:]
    said = "_".join(part.replace("-", "_") for part in parts if not part.startswith("{"))
    one = bool(parts) and parts[-1].startswith("{")
    if method == "GET":
        return said or ("list" if form == "list" or not one else "get")
    if method == "POST":
        if not said:
            return "update" if one else "create"
        return f"add_{said.removesuffix('s')}" if "get" in methods else said
    return f"{_VERBS[method]}_{said}".rstrip("_")


def _given(one: Mapping[str, Any]) -> Given:
    return Given(one["name"], one["schema"], one.get("required", False), one.get("description", ""))


def _body(told: Mapping[str, Any] | None, components: Mapping[str, Any]) -> tuple[Given, ...] | None:
    if told is None:
        return None
    schema = resolved(told["content"][JSON]["schema"], components)
    required = schema.get("required", ())
    return tuple(Given(name, one, name in required) for name, one in schema["properties"].items())


def _about(told: Mapping[str, Any] | None, components: Mapping[str, Any]) -> str:
    """The words about a body."""
    schema = resolved(told["content"][JSON]["schema"], components) if told is not None else {}
    words: str = schema.get("description", "")
    return words


def _good(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What comes with the good status."""
    found: Mapping[str, Any] = next(one for status, one in told.items() if status.startswith("2"))
    return found


def _example(told: Mapping[str, Any]) -> Any:
    """The example of a body; None where there is none."""
    return told.get("content", {}).get(JSON, {}).get("example")


def _answer(told: Mapping[str, Any], components: Mapping[str, Any]) -> tuple[str, Schema]:
    """What kind of answer it is, and the schema of what is in it."""
    content = _good(told).get("content", {})
    if not content:
        return "nothing", {}
    schema = content[JSON]["schema"]
    properties = resolved(schema, components).get("properties", {})
    if set(properties) == {"data"}:
        return "data", properties["data"]
    if set(properties) == {"data", "next_cursor"}:
        return "list", properties["data"]["items"]
    return "plain", schema


def resolved(schema: Schema, components: Mapping[str, Any]) -> Schema:
    """A schema, or the one that it points to."""
    if "$ref" in schema:
        found: Schema = components[schema["$ref"].rpartition("/")[2]]
        return found
    return schema
