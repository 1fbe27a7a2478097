"""What every kind of action gives the rest of the program: it performs, and never raises."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

ErrorKind = Literal["retry", "throttled", "rejected", "misconfigured", "unknown"]


class Job(msgspec.Struct, frozen=True):
    """What is to be done once: with these arguments, within `timeout` (ms). `key` is the same with every try, so that
    the other system can tell that it has done it already."""

    arguments: Mapping[str, Any]
    key: str
    timeout: int


class Done(msgspec.Struct, frozen=True):
    """It is done, and this is what of the answer is kept."""

    value: Any = None


class Failed(msgspec.Struct, frozen=True):
    """It gave no result. The kind is a closed set that says what to do; `code` and `detail` are for people and hold
    nothing of what was sent or answered.

    retry: the other system could not be reached, or failed; try again. throttled: try again after `retry_after`
    seconds. rejected: it refused, never again. misconfigured: the address, the key or the declaration is wrong, and
    somebody must mend it. unknown: it was asked and gave no answer that makes sense; try again under the same key.
    """

    kind: ErrorKind
    code: str = ""
    detail: str = ""
    retry_after: float | None = None


SECRET = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")


class Wrong(Exception):
    """Nothing can be asked like this. The text is for the operator."""


def filled(text: str, found: Mapping[str, str]) -> str:
    """The text with every ${NAME} replaced from the environment. Raises Wrong for one that is not there."""

    def secret(match: re.Match[str]) -> str:
        got = found.get(match[1], "").strip()
        if not got:
            raise Wrong(f"{match[1]} is missing or empty. Set it and start again.")
        return got

    return SECRET.sub(secret, text)


class Order(msgspec.Struct, frozen=True):
    """What a service is asked for: `does` is the operation, `options` what bot.yml says of the service with its secrets
    in place, `arguments` what the flow gives it. `key` is the same with every try; `timezone` (IANA) and `currency` are
    the business's own."""

    does: str
    options: Mapping[str, str]
    arguments: Mapping[str, Any]
    key: str
    timezone: str = "UTC"
    currency: str = "USD"

    def text(self, name: str, most: int = 1_000) -> str:
        """An argument as a text, empty where nothing is given."""
        given = self.arguments.get(name)
        if given is None or isinstance(given, dict | list):
            return ""
        return ("yes" if given else "no") if isinstance(given, bool) else str(given).strip()[:most]

    def needed(self, name: str, most: int = 1_000) -> str:
        """An argument that there must be. Raises Wrong for one that is empty."""
        text = self.text(name, most)
        if not text:
            raise Wrong(f"{name} is empty.")
        return text
