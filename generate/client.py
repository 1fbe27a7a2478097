"""Writes src/textback/client/{shapes,operations}.py: the types of answers, and a method for each operation."""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from generate.hints import Hints, docstring, python_name, refs, type_name
from generate.operations import Given, Operation, about, read

RUFF = Path(sys.executable).with_name("ruff")
FOLDER = "src/textback/client"
MADE = "`make api` writes it; it is not to be edited."

_SHAPES_HEAD = '''"""What the API says of {name}. {made}"""

from typing import Any, Literal

import msgspec

{imports}

'''
_OPERATIONS_HEAD = '''"""What the API can do with {name}. {made}"""

import builtins
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from msgspec import UNSET

from textback.client.calls import C, Call, Data, Listing, Page, Resource, Unset, given, listing, operation, path
{imports}

'''


def files(document: dict[str, Any]) -> dict[str, str]:
    """The text of each file, by its path."""
    operations = read(document)
    hints = Hints(document["components"]["schemas"])
    methods: dict[str, list[str]] = {}
    named: dict[str, dict[str, bool]] = {}
    for one in operations:
        alone = Hints(document["components"]["schemas"])
        methods.setdefault(one.resource, []).append(_method(one, alone))
        for component, asked in alone.uses.items():
            hints.uses[component] = hints.uses.get(component, False) or asked
        named.setdefault(one.resource, {}).update(alone.uses)
    hints.closed()
    homes: dict[str, str] = {}  # where each component is: with the first resource that needs it
    made: dict[str, str] = {}
    for resource, wanted in named.items():
        mine = [component for component in hints.under(wanted) if component not in homes]
        homes.update(dict.fromkeys(mine, resource))
        if mine:
            used = {other for component in mine for other in refs(document["components"]["schemas"][component])}
            head = _head(_SHAPES_HEAD, resource, _imports(used - set(mine), homes))
            made[f"shapes/{_module(resource)}"] = head + "\n\n\n".join(hints.written(one) for one in mine)
        head = _head(_OPERATIONS_HEAD, resource, _imports(wanted, homes))
        head += f"class {_class_name(resource)}(Resource[C]):\n{docstring(about(resource), indent=4)}\n\n"
        made[f"operations/{_module(resource)}"] = head + "\n\n".join(methods[resource])
    made["shapes/__init__"] = _all_shapes(homes)
    made["operations/__init__"] = _all_operations(list(methods))
    return {f"{FOLDER}/{name}.py": _formatted(f"{FOLDER}/{name}.py", text + "\n") for name, text in made.items()}


def _head(head: str, resource: str, imports: str) -> str:
    return head.format(name=resource, made=MADE, imports=imports)


def _module(resource: str) -> str:
    return python_name(resource)


def _imports(components: Iterable[str], homes: Mapping[str, str]) -> str:
    """The lines that import these components, where they are needed elsewhere than where they are."""
    known = [one for one in components if one in homes]
    return "\n".join(
        f"from textback.client.shapes.{_module(homes[one])} import {type_name(one)}" for one in sorted(known)
    )


def _all_shapes(homes: Mapping[str, str]) -> str:
    lines = [
        f"from textback.client.shapes.{_module(home)} import {type_name(one)} as {type_name(one)}"
        for one, home in sorted(homes.items())
    ]
    return "\n".join([f'"""What the API answers, and parts of what it takes. {MADE}"""', "", *lines])


def _all_operations(resources: Sequence[str]) -> str:
    lines = [f'"""All that the API can do, by what it is about. {MADE}"""', "", "from typing import Generic", ""]
    lines += ["from textback.client.calls import C"]
    lines += [f"from textback.client.operations.{_module(one)} import {_class_name(one)}" for one in sorted(resources)]
    lines += ["", "", "class Operations(Generic[C]):", '    """All that the API can do."""', ""]
    lines.append("    def __init__(self, client: C) -> None:")
    lines += [f"        self.{_module(one)}: {_class_name(one)}[C] = {_class_name(one)}(client)" for one in resources]
    return "\n".join(lines)


def _class_name(resource: str) -> str:
    return "AI" if resource == "ai" else "".join(part.capitalize() for part in resource.replace("-", "_").split("_"))


def _method(one: Operation, hints: Hints) -> str:
    kind, answer = _answer(one, hints)
    decorator = "listing" if one.form == "list" else "operation"
    wanted = [f"{python_name(part.name)}: str" for part in one.parts]
    fields = sorted([*(one.query), *(one.body or ())], key=lambda given: not given.required)
    fields = [field for field in fields if not (one.form == "list" and field.name == one.cursor == "cursor")]
    if fields or one.key:
        wanted.append("*")
    wanted += [_argument(field, hints) for field in fields]
    if one.key:
        wanted.append("idempotency_key: str | Unset = UNSET")
    notes = [f"Needs the scope `{one.scope}`." if one.scope else ""]
    lines = [
        f"    @{decorator}",
        f"    def {one.name}({', '.join(['self', *wanted])}) -> {answer}:",
        docstring(one.summary, *notes, indent=8),
        f"        return {_call(one, kind)}",
    ]
    return "\n".join(lines)


def _argument(one: Given, hints: Hints) -> str:
    hint = hints.of(one.schema, asked=True)
    if not one.required and hint.endswith(" | None"):
        return f"{python_name(one.name)}: {hint.removesuffix(' | None')} | Unset | None = UNSET"
    return f"{python_name(one.name)}: {hint}" if one.required else f"{python_name(one.name)}: {hint} | Unset = UNSET"


def _answer(one: Operation, hints: Hints) -> tuple[str, str]:
    """The type that an answer is read as, and what the method gives."""
    if one.form == "nothing":
        return "None", "Call[None]"
    hint = hints.of(one.answer, asked=False).replace("list[", "builtins.list[")
    if one.form == "list":
        return f"Page[{hint}]", f"Listing[{hint}]"
    return (f"Data[{hint}]" if one.form == "data" else hint), f"Call[{hint}]"


def _call(one: Operation, kind: str) -> str:
    if one.parts:
        parts = ", ".join(f"{part.name}={python_name(part.name)}" for part in one.parts)
        address = f'path("{one.path}", {parts})'
    else:
        address = f'"{one.path}"'
    arguments = [f'"{one.method}"', address, kind]
    if one.query:
        names = [query for query in one.query if not (one.form == "list" and query.name == one.cursor == "cursor")]
        arguments.append(f"query={_given(names)}")
    if one.body is not None:
        arguments.append(f"body={_given(one.body)}")
    if one.key:
        arguments.append("key=idempotency_key")
    call = f"Call({', '.join(arguments)})"
    if one.form != "list":
        return call
    return f"Listing({call})" if one.cursor in ("", "cursor") else f'Listing({call}, "{one.cursor}")'


def _given(fields: Sequence[Given]) -> str:
    return f"given({', '.join(f'{python_name(one.name)}={python_name(one.name)}' for one in fields)})"


def _formatted(path: str, source: str) -> str:
    """As `ruff` would have it, without imports that nothing uses."""
    unused = [] if path.endswith("__init__.py") else ["--select", "F401"]
    ours = ["--config", 'lint.isort.known-first-party=["textback"]']  # also before the files are there
    for arguments in (["check", "--select", "I", *unused, "--fix-only", "--quiet", *ours], ["format", "--quiet"]):
        done = subprocess.run(
            [RUFF, *arguments, "--stdin-filename", path, "-"], input=source, capture_output=True, text=True, check=True
        )
        source = done.stdout
    return source
