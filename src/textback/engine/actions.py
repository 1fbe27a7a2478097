"""Actions: what a bot may ask of other systems, as bot.yml declares it. Who performs them is another room's."""

from typing import Any

import msgspec

from textback.core.when import SECOND
from textback.engine.template import Text

TIMEOUT = 10 * SECOND
LONGEST_TIMEOUT = 60 * SECOND
RETRIES = 3
MOST_RETRIES = 10
AT_ONCE = 16
MOST_AT_ONCE = 32
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ERRORS = ("retry", "throttled", "rejected", "misconfigured", "unknown")
"""Why an action gave no result, a closed set. retry: the other system could not be reached, or failed. throttled: it
wants to be asked later. rejected: it refused. misconfigured: the address, the key or the declaration is wrong, and
somebody must mend it. unknown: it was asked and gave no answer that makes sense, so it may have done it."""


class Http(msgspec.Struct, frozen=True):
    """A request. Texts of `url`, and of `query` and `json` where they are trees of values, may hold `{{ argument }}`;
    headers and plain values may hold `${NAME}`, which whoever performs it takes from the environment.

    `query` and `json` are None where bot.yml has none: then all arguments go, in the one that the method has.
    """

    url: Text
    method: str = "POST"
    headers: dict[str, str] = {}
    query: Any = None
    json: Any = None


class Service(msgspec.Struct, frozen=True):
    """One operation (`does`) of a service that is known by name, see `services.KINDS`. Values of `options` may be
    `${NAME}`; `timezone` and `currency` are the business's own."""

    kind: str
    does: str
    options: dict[str, str] = {}
    timezone: str = "UTC"
    currency: str = "USD"


class Action(msgspec.Struct, frozen=True):
    """One action: what it asks, and how. `timeout` (ms) is for one try, `retries` how many follow the first; `at_once`
    is how many of its `group` one server asks at the same time. `result` is what of the answer is kept: all of it
    (None), what stands at a path ("slot.free"), or several of these by name. `needs` are the arguments that it must
    get, `takes` all that it may, None where that is anything; `secrets` the names of the environment that it reads."""

    name: str
    asks: Http | Service
    timeout: int = TIMEOUT
    retries: int = RETRIES
    result: str | dict[str, str] | None = None
    needs: frozenset[str] = frozenset()
    takes: frozenset[str] | None = None
    secrets: frozenset[str] = frozenset()
    at_once: int = AT_ONCE
    group: str = ""


def yes(value: Any) -> bool:
    """Whether a result says yes, for `check`: no is false, nothing but empty, and `ok: false`. An empty answer is yes:
    the other system had nothing to object."""
    if isinstance(value, dict):
        return bool(value.get("ok", True))
    return True if value is None else bool(value)


def nothing(action: Action | None) -> Any:
    """The result of an action that was not performed: everything that it names, empty."""
    result = action.result if action is not None else None
    if isinstance(result, dict):
        return {name: True if name == "ok" else "" for name in result}
    return {} if result is None else True
