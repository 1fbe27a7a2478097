"""Named messages: the values they take, and writing one out with values that did not come from a flow."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from textback.core.phone import is_e164
from textback.engine.bot import Approved, Bot
from textback.engine.show import show
from textback.engine.source import nearest
from textback.engine.template import LINKS, Fields, RenderError, Scope, Shown

LONGEST_VALUE = 300

#: Types of variables, each with a sample.
TYPES: dict[str, str] = {
    "text": "Ana Maria Gonzalez",
    "number": "12",
    "date": "2026-03-03",
    "time": "16:00",
    "datetime": "2026-03-03T16:00",
    "phone": "+12065550123",
    "url": "https://example.com/abc",
    "code": "482913",
}
_SHAPES = {
    "number": re.compile(r"-?\d{1,12}(\.\d{1,6})?"),
    "time": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "url": re.compile(r"https?://[!-~]{1,300}"),
    "code": re.compile(r"[A-Za-z0-9-]{1,40}"),
}
#: What a value of each type is, in words.
SAID = {
    "text": f"a text of at most {LONGEST_VALUE} characters",
    "number": "a number such as 12 or 12.50",
    "date": "a date such as 2026-03-03",
    "time": "a time such as 16:00",
    "datetime": "a date and time such as 2026-03-03T16:00",
    "phone": "a number such as +12065550123",
    "url": "an address that begins with https:// or http://",
    "code": "letters, digits and dashes",
}


class BadValue(Exception):
    """A value that a named message can't be written out with, or one that it lacks. The message is for the caller."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Written(msgspec.Struct, frozen=True):
    """A named message with its values in it: what is sent, and the addresses in it that are to be short links."""

    text: str
    links: tuple[str, ...]


def check_needs(template: str, needs: tuple[str, ...], scope: Scope) -> None:
    """Raises RenderError, naming them, where variables that a message needs have no value."""
    missing = [name for name in needs if scope.get(name) is None or scope.get(name) == ""]
    if missing:
        raise RenderError(f"the template {template} needs {', '.join(missing)}, which has no value here")


def values_of(template: Approved, given: Mapping[str, str], locale: str) -> dict[str, Any]:
    """The values as the text prints them. Raises BadValue for one that is missing, unknown or of another type."""
    for name in given:
        if name not in template.variables:
            known = nearest(name, template.variables) or "It has none."
            raise BadValue(name, f"The template {template.name} has no variable {name!r}. {known}")
    found: dict[str, Any] = {}
    for name, variable in template.variables.items():
        value = given.get(name, "").strip()
        if not value and variable.required:
            raise BadValue(name, f"The template {template.name} needs {name}, {SAID[variable.type]}.")
        if value and not fits(variable.type, value):
            raise BadValue(name, f"{name} must be {SAID[variable.type]}.")
        printed = variable.type in ("date", "time", "datetime", "phone") and value
        found[name] = Shown(value, show(value, locale)) if printed else value
    return found


def fits(type_: str, value: str) -> bool:
    """Whether a text is a value of this type."""
    try:
        if type_ == "date":
            return bool(date.fromisoformat(value))
        if type_ == "datetime":
            return "T" in value and bool(datetime.fromisoformat(value))
    except ValueError:
        return False
    if type_ == "phone":
        return is_e164(value)
    shape = _SHAPES.get(type_)
    return len(value) <= LONGEST_VALUE if shape is None else shape.fullmatch(value) is not None


def write_out(
    bot: Bot, template: Approved, given: Mapping[str, str], locale: str, fields: Mapping[str, Any] | None = None
) -> Written:
    """The message with these values, in a locale or the nearest that it has. Raises BadValue."""
    links: list[str] = []
    scope: dict[str, Any] = {
        "contact": Fields(fields or {}),
        "bot": Fields({"name": bot.name, "phone": bot.phone, "email": bot.email}),
        **values_of(template, given, locale),
        LINKS: links,
    }
    try:
        text = template.text.render(locale, lambda: scope)
    except RenderError as error:
        raise BadValue("", f"The template {template.name} can't be written out: {error}.") from None
    return Written(text, tuple(dict.fromkeys(links)))


def samples(template: Approved) -> dict[str, str]:
    """A value for each variable, as previews and checks use it."""
    return {name: one.sample or TYPES[one.type] for name, one in template.variables.items()}


def preview(bot: Bot, template: Approved, locale: str) -> Written:
    """The message with sample values. Raises BadValue where a sample does not fit."""
    return write_out(bot, template, samples(template), locale, {"name": TYPES["text"]})
