"""Reading a provider's OpenAPI document: what in a value does not fit it."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]


class Spec:
    """One provider's OpenAPI document."""

    def __init__(self, file: Path) -> None:
        self.document: dict[str, Any] = json.loads(file.read_text())

    def problems(self, schema: dict[str, Any], value: object) -> list[str]:
        """What in `value` does not fit `schema`, one line each."""
        whole = {**_nullable(schema), "components": _nullable(self.document["components"])}
        return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)]

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema that a reference means."""
        name = schema.get("$ref", "").rpartition("/")[2]
        return dict(self.document["components"]["schemas"][name]) if name else schema

    def request(self, path: str) -> dict[str, Any]:
        """The schema of what is posted to `path`."""
        content = self.document["paths"][path]["post"]["requestBody"]["content"]
        (only,) = content.values()
        return dict(only["schema"])

    def response(self, path: str, status: str) -> dict[str, Any]:
        """The schema of an answer of `path`."""
        answer = self.document["paths"][path]["post"]["responses"][status]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        return dict(answer["content"]["application/json"]["schema"])

    def webhook(self, name: str) -> dict[str, Any]:
        """The schema of a webhook."""
        content = self.document["webhooks"][name]["post"]["requestBody"]["content"]
        return dict(content["application/json"]["schema"])


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable: true` where JSON Schema has a type of null."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _nullable(value) for key, value in schema.items()}
    if found.pop("nullable", None) is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found
