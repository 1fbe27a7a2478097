"""Reading bot.yml's lines: the provider accounts and numbers that texts come to and go out from."""

import re

from textback.engine.bot import LineSpec
from textback.engine.policy_file import read_registration
from textback.engine.reading import Reader
from textback.engine.source import Mapping as MappingNode
from textback.engine.source import Node, Sequence

SIMULATED, WEB = "simulator", "web"
"""The providers that no carrier is behind."""
LINE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")
LISTS = ("origins", "continue_countries")
"""Options that may be lists."""
REFERENCE = re.compile(r"\$\{[A-Z][A-Z0-9_]*\}")
SECRET = re.compile(r"key|token|secret|password|auth|credential")


def read_lines(reader: Reader, node: Node | None) -> tuple[LineSpec, ...]:
    """`lines: {main: {provider: telnyx, number: ...}}`. A web chat has no number, and no carrier registers it."""
    if node is None:
        return ()
    if not isinstance(node, MappingNode):
        reader.source.error(
            node, "lines must name each line.", "Write `lines: {main: {provider: telnyx, number: ...}}`."
        )
        return ()
    found = []
    for name, value in node.values.items():
        source = reader.source
        if not LINE_NAME.fullmatch(name):
            source.error(node.keys[name], f"A line can't be called {name!r}.", "Use small letters, digits, - and _.")
        if not isinstance(value, MappingNode):
            source.error(value, f"The line {name!r} must have keys and values.", "Give it a provider and a number.")
            continue
        registration = read_registration(reader, value.values.get("registration"), name)
        options = {
            key: text
            for key, one in value.values.items()
            if key != "registration" and (text := _value(reader, one, key)) is not None
        }
        provider, number = options.pop("provider", ""), options.pop("number", "")
        for key, given in (("provider", provider), ("number", number)):
            if not given and key not in value.values and (key, provider) != ("number", WEB):
                source.error(node.keys[name], f"The line {name!r} has no {key}.", f"Add {key}: to it.")
        if number and not REFERENCE.fullmatch(number) and not NUMBER.fullmatch(number):
            source.error(
                value.values["number"], f"The number of line {name!r} is not one.", "Write +12065550100 or ${NAME}."
            )
        for key, text in options.items():
            if SECRET.search(key) and not REFERENCE.fullmatch(text):
                source.error(
                    value.values[key],
                    f"{key} of line {name!r} is written here in full.",
                    f"Write ${{{key.upper()}}} and set it in the environment.",
                )
        if not registration.status and provider not in (SIMULATED, WEB) and "registration" not in value.values:
            message = f"Nobody has said how the line {name!r} is registered with the carriers."
            source.warn(node.keys[name], message, "Add `registration: {status: verified, kind: 10dlc}`, or what it is.")
        found.append(LineSpec(name, provider, number, options, registration))
    return tuple(found)


def _value(reader: Reader, node: Node, key: str) -> str | None:
    """An option as written; what of a web chat is many may be a list."""
    if key in LISTS and isinstance(node, Sequence):
        return " ".join(text for text, _ in reader.strings(node, key)) or None
    return reader.string(node, key)
