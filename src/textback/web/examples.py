"""Examples for the description of the API, made from the shapes themselves: what a field says of itself comes first,
then what its name usually means."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from textback.web.problems import CODES, VERSIONED

Schema = Mapping[str, Any]

ID = "0192f0c1a5e00000a1b2c3d4"
CONTACT = "7c0f9a2be4d1835c6a90b1f2"
NUMBER = "+12065550123"
READY = "Your bike is ready."
TIME = "2026-11-21T10:00:00Z"
NAMED: Mapping[str, Any] = {
    "id": ID, "contact": CONTACT, "contact_id": CONTACT, "trace": ID, "message_id": ID, "event_id": ID, "request": ID,
    "to": NUMBER, "number": NUMBER, "phone_number": NUMBER, "from": "+12065550100", "name": "visit", "line": "telnyx",
    "status": "queued", "text": READY, "message": READY, "body": READY, "content": "When are you open?",
    "template": "visit_reminder", "locale": "en", "event": "payment_received", "flow": "book_visit", "version": 7,
    "confidence": 0.91, "persona": "clerk", "reply": "We are open from 9 to 6.", "sources": ["shop.md#hours"],
    "programme": "offers", "family": "phone", "message_class": "informational", "class": "informational",
    "state": "agreed", "type": "text", "takes": "a text", "encoding": "GSM-7", "segments": 1, "by": "knowledge",
    "preview": "Your visit is on Tuesday.", "locales": ["en"], "read": 14, "of": 14, "count": 3, "contacts": 3,
    "erased": {"contacts": 1, "addresses": 1, "messages": 12}, "ready": True, "ok": True, "bytes": 9180,
    "since": 1_795_255_200_000, "made_at": 1_795_255_200_000, "created_at": TIME, "updated_at": TIME,
    "next_cursor": "WyJjb250YWN0cyIsMTI0LCI3YzBmOWEyYmU0ZDE4MzVjNmE5MGIxZjIiXQ", "message_count": 4, "step_count": 6,
}  # fmt: skip
"""What a field of this name is like, where its shape says nothing."""
PLACES: Mapping[str, str] = {
    "contact": NUMBER, "tag": "vip", "line": "telnyx", "id": ID, "name": "visit_reminder", "token": "1x4Qm2LpAq0v1",
    "delivery": ID,
    "merge": ID,
    "file": ID,
    "/media/{contact}": CONTACT,
    "/v1/conversations/{id}": NUMBER, "/v1/flows/{name}": "book_visit", "/v1/ai/train/documents/{name}": "returns",
}  # fmt: skip
"""What stands in an address in the place of this name, or in this address."""
MOST_DEEP = 12


def example_of(schema: Schema, components: Mapping[str, Schema], *, whole: bool = True) -> Any:
    """A value of this shape. `whole`: with all its fields, as an answer has them; else with those that must be there,
    and those that have an example of their own."""
    return _made(schema, components, whole, "", 0)


def _made(schema: Schema, components: Mapping[str, Schema], whole: bool, name: str, depth: int) -> Any:
    if "examples" in schema:
        return schema["examples"][0]
    if "$ref" in schema:
        found = components[schema["$ref"].rpartition("/")[2]]
        return _made(found, components, whole, name, depth + 1) if depth < MOST_DEEP else {}
    if "enum" in schema:
        given = NAMED.get(name)
        return given if given in schema["enum"] else next(filter(None, schema["enum"]), "")
    if "anyOf" in schema:
        ways = [one for one in schema["anyOf"] if one.get("type") != "null"]
        return _made(ways[0], components, whole, name, depth) if ways else None
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "")
    if kind == "object" and "properties" in schema:
        return _object(schema, components, whole, depth)
    if name in NAMED and _is(NAMED[name], kind):
        return NAMED[name]
    if kind == "array":
        items = schema.get("items")
        one = _made(items, components, whole, name, depth + 1) if items else ""
        return [one] if one not in ("", {}) else []
    if kind == "object":
        return {}
    return _plain(schema, kind)


def _object(schema: Schema, components: Mapping[str, Schema], whole: bool, depth: int) -> dict[str, Any]:
    required = schema.get("required", ())
    return {
        name: _made(one, components, whole, name, depth + 1)
        for name, one in schema["properties"].items()
        if whole or name in required or "examples" in one or any("examples" in way for way in one.get("anyOf", ()))
    }


def _is(value: Any, kind: str) -> bool:
    kinds: Mapping[str, type | tuple[type, ...]] = {
        "string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict,
    }  # fmt: skip
    return kind in kinds and isinstance(value, kinds[kind]) and isinstance(value, bool) == (kind == "boolean")


def _plain(schema: Schema, kind: str) -> Any:
    if kind == "string":
        return TIME if schema.get("format") == "date-time" else str(schema.get("default", "") or "")
    if kind in ("integer", "number"):
        return schema.get("default") or schema.get("minimum") or 0
    return bool(schema.get("default")) if kind == "boolean" else None


def refused(path: str, status: int, words: str) -> dict[str, Any]:
    """How a refusal with this status looks."""
    if not path.startswith(VERSIONED):
        return {"error": words}
    return {"title": HTTPStatus(status).phrase, "status": status, "code": CODES.get(status, ""), "detail": words}


def in_place(path: str, name: str) -> str:
    """What may stand in this address where the name is."""
    own = path[: path.index(f"{{{name}}}") + len(name) + 2]
    return PLACES.get(own) or PLACES.get(name, "")
