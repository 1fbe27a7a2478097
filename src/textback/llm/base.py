"""What is asked of language models, and what they give: the same for every maker."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from textback.engine.guard.base import Proposal, Shown

Why = Literal["timeout", "throttled", "refused", "malformed", "unavailable", "misconfigured", "budget"]
"""Why there is no reply: none came in time; too many calls; the model would not answer; its answer was not one; it
could not be reached; a key or a name is wrong; too much has been spent."""


class Line(msgspec.Struct, frozen=True):
    """One text of the conversation so far. `role`: "user" is the contact, "assistant" the bot or a person of ours."""

    role: Literal["user", "assistant"]
    text: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a model. `instructions` are ours and nothing of the contact's is in them; `history` ends before
    `question`, which is the contact's words; `passages` is what it may answer from; `about` is what is known of the
    contact, in lines: their fields that may be told, and what was said before `history`."""

    instructions: str
    question: str
    history: tuple[Line, ...] = ()
    passages: tuple[Shown, ...] = ()
    max_length: int = 320
    """Characters that the reply may have."""
    about: str = ""


class Try(msgspec.Struct, frozen=True):
    """One call of one model: how it ended ("answered", or why not), how long it took (ms), tokens, and what it cost in
    millionths of a US dollar, where its price is known."""

    model: str
    outcome: Literal["answered"] | Why
    ms: int
    tokens_in: int = 0
    tokens_out: int = 0
    cost: int = 0
    detail: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What came of a question: the `proposal`, or None and `why`; and every call that was made for it, in order."""

    proposal: Proposal | None
    why: Why | None = None
    tries: Sequence[Try] = ()

    @property
    def cost(self) -> int:
        """Of all calls, in millionths of a US dollar."""
        return sum(one.cost for one in self.tries)

    @property
    def model(self) -> str:
        """The model that answered; empty where none did."""
        return next((one.model for one in self.tries if one.outcome == "answered"), "")
