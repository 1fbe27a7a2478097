"""Writes docs/api.md: generate/api.md, what generate/about says of each resource, and each operation with its fields,
its answers and examples."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from generate.hints import python_name, sentence, type_name
from generate.operations import Given, Operation, Schema, about, read, resolved

PAGE = "docs/api.md"
HERE = Path(__file__).parent
PLACE = "<!-- operations -->\n"


#: What stands in an address for a part of it that is not an id of an answer before.
PARTS = {
    "contact": "+12065550123", "tag": "vip", "id": "$ID", "delivery": "$DELIVERY", "name": "$NAME", "merge": "$MERGE",
}  # fmt: skip


def curl(one: Operation) -> str:
    """The command that makes a request, for a shell that knows TEXTBACK_URL, TEXTBACK_KEY and the ids."""
    path = one.path
    for part in one.parts:
        path = path.replace(f"{{{part.name}}}", PARTS[part.name])
    verb = "" if one.method == ("GET" if one.body is None else "POST") else f"-X {one.method} "
    lines = [f'curl -s {verb}"$TEXTBACK_URL{path}"', '-H "Authorization: Bearer $TEXTBACK_KEY"']
    if one.key:
        lines.append('-H "Idempotency-Key: order-4711"')
    if one.asks is not None:
        lines.append('-H "Content-Type: application/json"')
        body = json.dumps(one.asks, ensure_ascii=False).replace("'", "'\\''")
        lines.append(f"-d '{body}'")
    return " \\\n  ".join(lines)


def write(document: Mapping[str, Any]) -> str:
    """The whole page."""
    operations = read(document)
    components = document["components"]["schemas"]
    shapes: dict[str, None] = {}
    parts: list[str] = []
    resources = dict.fromkeys(one.resource for one in operations)
    for resource in resources:
        parts.append(f"## {resource}\n\n{about(resource)}\n")
        more = HERE / "about" / f"{resource}.md"
        if more.exists():
            parts.append(more.read_text(encoding="utf-8"))
        parts += [
            _operation(one, components, shapes)
            for one in sorted(operations, key=lambda one: one.path.count("/"))
            if one.resource == resource
        ]
    parts.append(
        "## Shapes\n\nWhat is in answers, and in parts of requests. A field that is not always there says so.\n"
    )
    done: set[str] = set()
    while len(done) < len(shapes):
        for name in [name for name in shapes if name not in done]:
            done.add(name)
            parts.append(_shape(name, components[name], shapes, components))
    said = (HERE / "api.md").read_text(encoding="utf-8")
    if PLACE not in said:
        raise ValueError("generate/api.md has no place for the operations.")
    return said.replace(PLACE, "\n".join(parts))


def _operation(one: Operation, components: Mapping[str, Any], shapes: dict[str, None]) -> str:
    words = Words(components, shapes)
    call = f"client.{one.resource}.{one.name}({', '.join(python_name(part.name) for part in one.parts)})"
    lines = [f"### {one.method} {one.path}", "", sentence(one.summary), ""]
    lines += [f"Scope `{one.scope}`. In Python `{call}`.", ""]
    lines += _table("In the address", [part for part in one.parts if part.words], words)
    lines += _table("Behind the question mark", one.query, words)
    if one.body:
        lines += [sentence(one.about), "", *_table("Body", one.body, words)]
    if one.key:
        lines += [f"`Idempotency-Key`: {one.key}", ""]
    lines += ["| answer | when |", "|---|---|"]
    lines += [
        f"| {status} | {sentence(when)}{_what(one, words) if status.startswith('2') else ''} |"
        for status, when in one.statuses.items()
        if status not in ("401", "429") and "`detail` names the scope" not in when
    ]
    lines.append("")
    if one.asks is not None or one.body is None:
        lines += ["```sh", curl(one), "```", ""]
    if one.shows is not None:
        lines += ["```json", *_json(one.shows), "```", ""]
    return "\n".join(lines)


def _json(value: Any) -> list[str]:
    """JSON that fits the page: what is long has a field a line."""

    def flat(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def lines(value: Any, room: int) -> list[str]:
        if len(flat(value)) <= room or not isinstance(value, dict | list) or not value:
            return [flat(value)]
        inner: list[str] = []
        items = (
            [(f"{flat(name)}: ", one) for name, one in value.items()]
            if isinstance(value, dict)
            else [("", one) for one in value]
        )
        for place, (name, one) in enumerate(items):
            written = lines(one, room - 2)
            written = [name + written[0], *written[1:]]
            written[-1] += "," if place < len(items) - 1 else ""
            inner += [f"  {line}" for line in written]
        return ["{", *inner, "}"] if isinstance(value, dict) else ["[", *inner, "]"]

    return lines(value, 100)


def _what(one: Operation, words: "Words") -> str:
    """What comes with the good answer."""
    if one.form == "nothing":
        return ""
    said = words.of(one.answer)
    if one.form == "list":
        return f" `data`: list of {said}; `next_cursor`."
    return f" `data`: {said}." if one.form == "data" else f" {said[:1].upper()}{said[1:]}."


def _table(title: str, fields: Sequence[Given], words: "Words") -> list[str]:
    said = [sentence(one.words or one.schema.get("description", "")) for one in fields]
    rows = [
        f"| `{one.name}` | {words.of(one.schema)} | {_need(one)} | {more} |".replace("  ", " ")
        for one, more in zip(fields, said, strict=True)
    ]
    return [f"| {title.lower()} | takes | | |", "|---|---|---|---|", *rows, ""] if rows else []


def _need(one: Given) -> str:
    if one.required:
        return "required"
    default = one.schema.get("default")
    return "" if default in (None, "", [], {}) else f"`{json.dumps(default)}`"


class Words:
    """Schemas in words. `shapes` gathers the components that they lead to."""

    def __init__(self, components: Mapping[str, Any], shapes: dict[str, None]) -> None:
        self._components = components
        self._shapes = shapes

    def of(self, schema: Schema) -> str:
        """What a value is."""
        if "$ref" in schema:
            component = schema["$ref"].rpartition("/")[2]
            found = resolved(schema, self._components)
            if "properties" not in found:
                return self.of(found)
            self._shapes.setdefault(component)
            name = type_name(component)
            return f"[{name}](#{name.lower()})"
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self.of(one) for one in schema["anyOf"]))
        if "enum" in schema:
            return ", ".join("null" if one is None else f"`{one}`" if one != "" else '`""`' for one in schema["enum"])
        match schema.get("type"):
            case "array":
                return f"list of {self.of(schema.get('items', {}))}{_bounds(schema, 'Items')}"
            case "object":
                more = schema.get("additionalProperties")
                return f"object of {self.of(more)}" if isinstance(more, Mapping) and more else "object"
            case "string":
                return f"text{_bounds(schema, 'Length')}"
            case "integer":
                return f"whole number{_range(schema)}"
            case "number":
                return f"number{_range(schema)}"
            case "boolean":
                return "true or false"
            case "null":
                return "null"
        return "anything"


def _bounds(schema: Schema, what: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    unit = "characters" if what == "Length" else ""
    if least and most:
        return f", {least:,} to {most:,} {unit}".rstrip()
    return f", up to {most:,} {unit}".rstrip() if most else ""


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f", {least:,} to {most:,}"
    return f", {least:,} or more" if least is not None else ""


def _shape(name: str, schema: Schema, shapes: dict[str, None], components: Mapping[str, Any]) -> str:
    words = Words(components, shapes)
    required = schema.get("required", ())
    lines = [f"### {type_name(name)}", "", sentence(schema.get("description", "")), "", "| field | is |", "|---|---|"]
    for field, one in schema["properties"].items():
        more = sentence(one.get("description", ""))
        lines.append(
            f"| `{field}` | {words.of(one)}{'' if field in required else ', not always there'}. {more}".rstrip() + " |"
        )
    return "\n".join([*lines, ""])
