"""How an address for programs is described: the words, what it takes and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

Contents = Mapping[str, Any]
"""Content types, each with the type of what it carries."""
Answers = Mapping[int, str | tuple[str, Contents]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What one route takes and answers: for each status the words and the contents, which are a refusal unless said.

    `takes` is the body, `query` what may stand behind the question mark, `headers` further headers that it heeds, with
    their meaning; `path` says what parts of the address mean. What every address with a key answers (401, 403, 429) is
    added. `example` is a body that works, where what its fields say of themselves does not make one; `shows` are
    examples of answers, by status, where the same is so.
    """

    summary: str
    answers: Answers
    takes: Contents | None = None
    query: type[msgspec.Struct] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] | None = None
    shows: Mapping[int, Any] = field(default_factory=dict)


Described = Mapping[tuple[str, str], Operation]

BODY: Answers = {
    400: "A field can't be used; `field` names it.",
    413: "The body is too large.",
    415: "Not application/json, or compressed.",
}
"""What every address that takes JSON may answer."""
QUERY: Answers = {400: "Something that is asked for can't be; `field` names it."}
"""What every list may answer."""
