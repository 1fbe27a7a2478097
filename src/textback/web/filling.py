"""Values in saved replies: {name} and its like, taken from what is known of the contact. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from textback.core.text import clean

OPEN = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
#: What can stand in braces beside the fields that the bot has collected, each with what it is.
NAMES = {
    "name": "their name",
    "first_name": "their first name",
    "business": "the name of the business",
    "me": "your name",
    "my_first_name": "your first name",
}


def read_text(form: Mapping[str, str]) -> str:
    """The words of a text in a form."""
    return clean(form.get("text", "").replace("\r\n", "\n")).strip()


def values_of(name: str, business: str, me: str, fields: Mapping[str, Any]) -> dict[str, str]:
    """What can be put into a saved reply; what is not known is left out."""
    known = {key: str(value) for key, value in fields.items() if isinstance(value, str | int | float) and value != ""}
    called = name or known.get("name", "")
    own = {
        "name": called, "first_name": first(called), "business": business, "me": me, "my_first_name": first(me),
    }  # fmt: skip
    return {key: value for key, value in {**known, **own}.items() if value}


def first(name: str) -> str:
    """A first name; nothing for what is no name, such as a number."""
    word = name.split(maxsplit=1)[0] if name.split() else ""
    return word if word[:1].isalpha() else ""


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """The reply with its values; one that is not known stays in its braces, for the person to fill in."""
    return OPEN.sub(lambda hit: values.get(hit[1], hit[0]), text)


def left_open(text: str) -> str | None:
    """The first name that still stands in braces; None for none."""
    hit = OPEN.search(text)
    return hit[1] if hit else None
