"""What a model must answer: its shape as a JSON schema, and an answer read strictly as a proposal."""

import re
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from textback.core.text import clean
from textback.engine.guard.base import Proposal
from textback.llm.base import Prompt

NAME = "reply"
MOST_TOKENS = 1024
"""Tokens that a model may write: several times the longest answer, because some think in them."""
LONGEST_ANSWER = 16_384
"""Characters of an answer that are read."""
LONGEST_INTENT, LONGEST_REASON, LONGEST_MEMORY = 64, 300, 600
MOST_SOURCES = 16


class Malformed(Exception):
    """It is not the answer that was asked for. The text says why, for the model, and holds nothing of what it said."""


class Answer(BaseModel):
    """A reply to the customer's last message."""

    model_config = ConfigDict(extra="forbid", strict=True)

    reply: str = Field(description="The text message to the customer. Empty only if a person must take over.")
    confidence: float = Field(description="How sure you are that the reply is right and complete, from 0 to 1.")
    intent: str = Field(description="What the customer wants, in one to three words of small letters.")
    escalate_reason: str = Field(description="Why a person must take over, in a few words. Empty if none needs to.")
    sources: list[str] = Field(description="The ids of the passages that the reply rests on, such as p1.")
    memory: str = Field(description="What to remember of the whole conversation, in two sentences. Empty if nothing.")

    @field_validator("intent", "escalate_reason", "memory", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        """Many models write null for nothing."""
        return "" if value is None else value

    @field_validator("sources", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:
        return [] if value is None else value

    @field_validator("confidence")
    @classmethod
    def _share(cls, value: float) -> float:
        if not 0 <= value <= 1:
            raise ValueError("must be from 0 to 1")
        return value


SCHEMA: dict[str, Any] = Answer.model_json_schema()

_FENCE = re.compile(r"\A\s*```(?:json)?\s*(\{.*\})\s*```\s*\Z", re.DOTALL)
_BLANK = re.compile(r"\s+")


def read(text: str, prompt: Prompt) -> Proposal:
    """The proposal in a model's answer. Raises Malformed for what is not exactly one."""
    if len(text) > LONGEST_ANSWER:
        raise Malformed(f"It has more than {LONGEST_ANSWER} characters.")
    wrapped = _FENCE.match(text)
    try:
        found = Answer.model_validate_json(wrapped[1] if wrapped else text)
    except ValidationError as error:
        raise Malformed(_wrong(error)) from None
    reply, reason = clean(found.reply).strip(), _line(found.escalate_reason, LONGEST_REASON)
    if not reply and not reason:
        raise Malformed("reply is empty, and so is escalate_reason.")
    if len(reply) > prompt.max_length:
        raise Malformed(f"reply has more than {prompt.max_length} characters.")
    if len(found.sources) > MOST_SOURCES:
        raise Malformed(f"sources has more than {MOST_SOURCES} ids.")
    return Proposal(
        reply=reply,
        confidence=found.confidence,
        intent=_line(found.intent, LONGEST_INTENT).lower(),
        escalate_reason=reason,
        sources=_sources(found.sources, prompt),
        memory=_line(found.memory, LONGEST_MEMORY),
    )


def _wrong(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = str(first["loc"][0]) if first["loc"] else ""
    if where not in Answer.model_fields:  # a name that the model made up is not repeated to anybody
        return "It is not one JSON object with these fields and no others."
    return f"{where}: {first['msg']}."


def _line(text: str, most: int) -> str:
    return _BLANK.sub(" ", clean(text)).strip()[:most]


def _sources(named: list[str], prompt: Prompt) -> tuple[str, ...]:
    """The ids of the passages that it names by p1, p2 … or by their own ids; what names none of them is left out."""
    known = {passage.id: passage.id for passage in prompt.passages}
    known |= {f"p{place}": passage.id for place, passage in enumerate(prompt.passages, start=1)}
    found = (known.get(name.strip(" []")) for name in named)
    return tuple(dict.fromkeys(one for one in found if one is not None))
