"""Traces: what is noted of a text on its way, as plain data, and the interface of whoever exports it.

One arrival is one trace, and its trace id is the arrival's id. A span's id follows from the trace and a name within it.
So nodes that know nothing of each other, at different times, add to the same trace, and nothing is stored for it.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Literal, Protocol

import msgspec

Value = str | int | float | bool
Kind = Literal["internal", "server", "client"]


class Link(msgspec.Struct, frozen=True):
    """Another span, maybe of another program: ids as W3C Trace Context writes them, 32 and 16 hex digits."""

    trace_id: str
    span_id: str


class Span(msgspec.Struct, frozen=True):
    """One step of a text, noted after the fact. It never holds words or a whole number.

    `trace` is the arrival's id, `key` names the span within it, `parent` is the key of the span above ("" for the
    first). Times are ns since 1970.

    `error` says, in a word or two, what went wrong; "" is nothing.
    """

    trace: str
    key: str
    name: str
    begin: int
    end: int
    parent: str = ""
    kind: Kind = "internal"
    attributes: Mapping[str, Value] = {}
    error: str = ""
    links: tuple[Link, ...] = ()


class Tracer(Protocol):
    """Takes spans. Neither call waits for anything."""

    def wants(self, trace: str) -> bool:
        """Whether this trace is sampled; every node says the same of it."""
        ...

    def note(self, spans: Iterable[Span]) -> None:
        """Export these when there is time. They must be of traces that are wanted."""
        ...


def trace_id_of(trace: str) -> str:
    """The trace id of an arrival: its own id, with zeros before it. Tracing tools add these themselves."""
    return trace.rjust(32, "0")


def span_id_of(trace: str, key: str) -> str:
    """The id of the span with this name in this trace."""
    return blake2b(f"{trace}/{key}".encode(), digest_size=8).hexdigest()


def link_to(trace: str, key: str) -> Link:
    """A link to a span of ours."""
    return Link(trace_id_of(trace), span_id_of(trace, key))


def caller_of(traceparent: str) -> Link | None:
    """The caller's span, from a `traceparent` header; None when that is not one."""
    parts = traceparent.strip().split("-")
    if len(parts) < 4 or [len(part) for part in parts[:4]] != [2, 32, 16, 2] or parts[0] == "ff":
        return None
    hexadecimal = all(set(part) <= set("0123456789abcdef") for part in parts[:4])
    if not hexadecimal or not parts[1].strip("0") or not parts[2].strip("0"):
        return None
    return Link(parts[1], parts[2])
