"""set: gives values to variables and contact fields."""

from typing import Any

import msgspec

from textback.engine.bot import Step
from textback.engine.context import Context
from textback.engine.reading import NAME, RESERVED, Draft, Kind
from textback.engine.source import Mapping, Node, Scalar
from textback.engine.template import BadTemplate, Expression, RenderError, Text, is_template, plain

CONTACT = "contact."


class Assignment(msgspec.Struct, frozen=True):
    """`name` is a variable, or a contact field after "contact."; the value is plain, a text or an expression."""

    name: str
    value: Any


class Set(Step, frozen=True, kw_only=True):
    """Assignments, in order."""

    assignments: tuple[Assignment, ...]


def read(draft: Draft) -> Set | None:
    """`set: {name: value}`. `{{ … }}` alone keeps the value's type; true, false and numbers are themselves."""
    flow = draft.flow
    node = draft.value
    if not isinstance(node, Mapping) or not node.values:
        flow.source.error(node, "set must have names with values.", 'For example: set: {contact.name: "{{ name }}"}')
        return None
    made = []
    for name, value in node.values.items():
        plain = name.removeprefix(CONTACT)
        if not NAME.fullmatch(plain) or (plain == name and name in RESERVED):
            flow.source.error(node.keys[name], f"Nothing can be called {name!r}.", "Use small letters, digits and _.")
        elif plain == name:
            flow.names.add(name)
        made.append(Assignment(name, read_value(draft, value)))
    return Set(**draft.base(), assignments=tuple(made))


def read_value(draft: Draft, node: Node) -> Any:
    """A value as an author writes it: plain, a text, or an expression alone in {{ }}."""
    flow = draft.flow
    if not isinstance(node, Scalar):
        return flow.text(node, "A value of set")
    source = node.value.strip()
    if source.startswith("{{") and source.endswith("}}") and source.count("{{") == 1:
        try:
            expression = Expression(source[2:-2].strip())
        except BadTemplate as error:
            flow.source.error(
                node, f"A value of set is not a valid template: {error.message}.", "Mend the part in {{ }}."
            )
            return None
        flow.use(node, expression.names)
        return expression
    if is_template(source):
        return flow.text(node, "A value of set")
    return source if not node.plain else plain_value(source)


def plain_value(source: str) -> Any:
    """What an unquoted value means: true, false, null, a number, else the text itself."""
    words = {"true": True, "false": False, "null": None, "~": None, "": None}
    if source.lower() in words:
        return words[source.lower()]
    number = source.removeprefix("-")
    if number.isascii() and number.replace(".", "", 1).isdigit() and not (number[0] == "0" and number[1:2].isdigit()):
        return float(source) if "." in number else int(source) if len(number) < 16 else source
    return source


def run(ctx: Context, step: Set) -> str:
    """Assign, and go on."""
    for assignment in step.assignments:
        value = assignment.value
        if isinstance(value, Text):
            value = ctx.render(value)
        elif isinstance(value, Expression):
            value = _kept(ctx.value(value))
        if assignment.name.startswith(CONTACT):
            ctx.set_field(assignment.name.removeprefix(CONTACT), value)
        else:
            ctx.session.vars[assignment.name] = value
    return step.next


def _kept(value: Any) -> Any:
    """The value as JSON keeps it. Raises RenderError for what it can't."""
    value = plain(value)  # a choice is kept as its id, not its label
    if isinstance(value, dict):
        return value
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise RenderError(f"set needs a text, a number, or true or false, not {type(value).__name__}")


KIND = Kind("set", Set, (), read, run)
