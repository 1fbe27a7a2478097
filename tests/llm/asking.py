"""What tests of models ask, and of whom."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.support.fake_model import FakeModel
from textback.core.tracing import Tracer
from textback.engine.guard.base import Shown
from textback.engine.persona import Persona
from textback.llm.access import accesses
from textback.llm.base import Line, Prompt
from textback.llm.models import Models
from textback.llm.prompt import prompt_of

SOPHIE = Persona(name="sophie", prompt="You help the customers of a bike shop.", tone="Warm, short.")
HOURS = Shown("knowledge/hours.md#opening", "Opening hours", "We open at 9 and close at 18, Monday to Saturday.", 0.9)
PRICE = Shown("knowledge/prices.md#tune", "Tune-up", "A tune-up is $80.", 0.4)
OPENAI, CLAUDE, GEMINI, LOCAL = (
    "openai:gpt-4o-mini", "anthropic:claude-haiku-4-5", "google:gemini-2.5-flash", "compatible:qwen3:8b",
)  # fmt: skip
SLACK = 1.0
"""Seconds by which a busy machine may be late."""


def prompt(
    question: str = "When do you open?", *history: Line, persona: Persona = SOPHIE, memory: str = "", **fields: str
) -> Prompt:
    """A question to the bike shop."""
    return prompt_of(
        brand="Harbor Bikes",
        persona=persona,
        locale="en",
        memory=memory,
        fields=fields,
        history=history,
        passages=[HOURS, PRICE],
        question=question,
        now_text="Monday, 3 June 2030, 10:15",
    )


@asynccontextmanager
async def asking(
    fake: FakeModel,
    more: Mapping[str, str] | None = None,
    *,
    local: FakeModel | None = None,
    tracer: Tracer | None = None,
) -> AsyncIterator[Models]:
    """The models of a process whose environment leads to the fake, with `more` over it; `local` is the local server
    where that is another one."""
    found = {**fake.found(), **(more or {})}
    if local is not None:
        found["MODEL_BASE_URL"] = f"{local.url}/v1"
    models = Models(accesses(found), tracer)
    await models.ready([OPENAI])  # what is loaded once for the process is no part of a call's time
    try:
        yield models
    finally:
        await models.close()
