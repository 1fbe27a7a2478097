"""Schemas as Python's types."""

import keyword
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from generate.operations import Schema, resolved

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
WIDTH = 114


def python_name(name: str) -> str:
    """A name as Python may use it."""
    clean = name.replace("-", "_").lower()
    return f"{clean}_" if keyword.iskeyword(clean) else clean


def type_name(component: str) -> str:
    """The name of a component as a class."""
    return re.sub(r"\W|_", "", component.rpartition(".")[2])


def sentence(text: str) -> str:
    """Words on one line."""
    return " ".join(text.split())


def docstring(*paragraphs: str, indent: int) -> str:
    """Words as a docstring."""
    blocks = [textwrap.fill(sentence(one), WIDTH - indent) for one in paragraphs if one]
    text = "\n\n".join(blocks)
    end = "\n" if len(blocks) > 1 else ""
    return textwrap.indent(f'"""{text}{end}"""', " " * indent)


class Hints:
    """Python's types for the schemas of one description. `uses` gathers the components that they name."""

    def __init__(self, components: Mapping[str, Any]) -> None:
        self._components = components
        self.uses: dict[str, bool] = {}

    def of(self, schema: Schema, *, asked: bool) -> str:
        """The type of a value. What is asked of callers (`asked`) takes more than what they are given has."""
        if "$ref" in schema:
            return self._named(schema, asked)
        if "anyOf" in schema:
            return " | ".join(dict.fromkeys(self.of(one, asked=asked) for one in schema["anyOf"]))
        if "enum" in schema and asked:
            return f"Literal[{', '.join(map(repr, schema['enum']))}]"
        if "enum" in schema:  # a newer server may know more
            kinds = dict.fromkeys(type(one).__name__ for one in schema["enum"])
            return " | ".join("None" if one == "NoneType" else one for one in kinds)
        match schema.get("type"):
            case "array":
                item = self.of(schema.get("items", {}), asked=asked)
                return f"Sequence[{item}]" if asked else f"list[{item}]"
            case "object":
                item = self.of(schema.get("additionalProperties") or {}, asked=asked)
                return f"{'Mapping' if asked else 'dict'}[str, {item}]"
            case str() as plain:
                return _PLAIN[plain]
        return "Any"

    def _named(self, schema: Schema, asked: bool) -> str:
        found = resolved(schema, self._components)
        if "properties" not in found:
            return self.of(found, asked=asked)
        component = schema["$ref"].rpartition("/")[2]
        self.uses[component] = self.uses.get(component, False) or asked
        return f"{type_name(component)} | Mapping[str, Any]" if asked else type_name(component)

    def closed(self) -> None:
        """Add to `uses` what those in it are made of."""
        before = -1
        while before < len(self.uses):
            before = len(self.uses)
            for component in list(self.uses):
                self.written(component)

    def under(self, components: Iterable[str]) -> list[str]:
        """These components and all that they are made of, each after what it is made of."""
        found: dict[str, None] = {}

        def add(component: str) -> None:
            if component in found or component not in self.uses:
                return
            for other in sorted(refs(self._components[component])):
                add(other)
            found.setdefault(component)

        for component in components:
            add(component)
        return list(found)

    def written(self, component: str) -> str:
        """A component as a class."""
        return self._class(component, self._components[component], self.uses[component])

    def _class(self, component: str, schema: Schema, asked: bool) -> str:
        required = schema.get("required", ())
        renamed = {python_name(name): name for name in schema["properties"] if python_name(name) != name}
        rename = f", rename={renamed!r}" if renamed else ""
        lines = [f"class {type_name(component)}(msgspec.Struct, kw_only=True, omit_defaults=True{rename}):"]
        lines.append(docstring(schema.get("description", ""), indent=4))
        lines.append("")
        for name, one in schema["properties"].items():
            hint = self.of(one, asked=False) if not asked or "enum" not in one else self.of(one, asked=True)
            if name in required:
                default = ""
            elif "default" in one:
                default = f" = {_default(one['default'])!r}"
            else:
                hint, default = hint if "None" in hint else f"{hint} | None", " = None"
            lines.append(f"    {python_name(name)}: {hint}{default}")
        return "\n".join(lines)


def _default(value: Any) -> Any:
    """What a field is that was not sent; what is long or made of parts is empty, since a server always sends it."""
    if isinstance(value, list | tuple):
        return []
    if isinstance(value, Mapping):
        return {}
    return "" if isinstance(value, str) and len(value) > 40 else value


def refs(schema: Any) -> set[str]:
    """The components that a schema points to."""
    if isinstance(schema, Mapping):
        here = {schema["$ref"].rpartition("/")[2]} if "$ref" in schema else set()
        return here.union(*(refs(one) for one in schema.values()))
    if isinstance(schema, Iterable) and not isinstance(schema, str):
        return set().union(*(refs(one) for one in schema))
    return set()
