"""What every kind of action gives the rest of the program: it performs, and never raises."""

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
