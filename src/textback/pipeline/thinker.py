"""Asking a language model what a conversation wants to know: gathering what it is told, and keeping what it says."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import msgspec

from textback.core.when import DAY, to_datetime
from textback.engine.bot import Bot
from textback.engine.context import HIDDEN
from textback.engine.guard.base import Shown
from textback.engine.persona import Persona
from textback.engine.replying import Came
from textback.engine.thinking import MILLION, persona_of
from textback.llm.base import Asked, Line, Prompt
from textback.llm.prompt import prompt_of
from textback.pipeline.bots import Shelf
from textback.pipeline.metrics import count_asked
from textback.store import models as store
from textback.store.db import Db, Row, Tx

HISTORY = 20
"""Texts of the conversation that a model is told, at most."""
PASSAGES = 5
LONGEST_KEPT = 12_000
"""Characters of a prompt that are kept."""


class Question(msgspec.Struct, frozen=True):
    """What a turn wants to know: the arguments of a model's job."""

    persona: str
    texts: tuple[str, ...]
    locale: str
    fields: dict[str, str] = {}
    memory: str = ""


Due: TypeAlias = Callable[[], Awaitable[None]]
"""Returns when something may be begun."""


class AsksModels(Protocol):
    """What can ask models."""

    async def ask(self, uses: Sequence[str], prompt: Prompt, within: float, *, trace: str = "") -> Asked:
        """Ask one after the other, within so many seconds. Never raises. `trace` is the arrival it is for."""
        ...


class Thought(msgspec.Struct, frozen=True):
    """What came of a question: the value of its job, and all that is kept of it but its key."""

    came: Came
    kept: dict[str, Any]

    @property
    def value(self) -> Any:
        """As an arrival carries it."""
        return msgspec.to_builtins(self.came)


class Thinker:
    """Asks models for a workspace."""

    def __init__(self, db: Db, workspace: str, shelf: Shelf, clock: Callable[[], int], models: AsksModels) -> None:
        self._db = db
        self._workspace = workspace
        self._shelf = shelf
        self._clock = clock
        self._models = models

    async def job(self, row: Row[Any], due: Due) -> Thought:
        """Do a model's job: find out what to ask, and ask when it is `due`. Never raises but where the database is
        away."""
        question = msgspec.json.decode(row.arguments, type=Question)
        now = self._clock()
        most = HISTORY + len(question.texts)
        rows, spent = await self._db.read(_told, row.contact_id, now, most, self._workspace, self._is_priced())
        history = before(rows, question.texts)
        return await self._think(question, history, row.timeout / 1_000, spent, row.arrival_id, due)

    async def think(self, question: Question, history: Sequence[Line], within: float) -> Thought:
        """Ask a question; `history` ends before it."""
        day = day_of(self._clock())
        spent = await self._db.read(store.spent, self._workspace, day) if self._is_priced() else 0
        return await self._think(question, history, within, spent)

    def _is_priced(self) -> bool:
        """Whether there is a budget to keep to."""
        model = self._shelf.current.model
        return model is not None and bool(model.day)

    async def _think(
        self, question: Question, history: Sequence[Line], within: float, spent: int, trace: str = "",
        due: Due | None = None,
    ) -> Thought:  # fmt: skip
        now, bot = self._clock(), self._shelf.current
        thought = await ask(self._models, bot, question, history, within, now, spent=spent, trace=trace, due=due)
        return msgspec.structs.replace(thought, kept={**thought.kept, "workspace": self._workspace})


async def ask(
    models: AsksModels, bot: Bot, question: Question, history: Sequence[Line], within: float, now: int, *,
    spent: int = 0, trace: str = "", due: Due | None = None,
) -> Thought:  # fmt: skip
    """Ask a question, within so many seconds. `spent` (millionths of a US dollar) is what models have cost today; `due`
    returns when it may be asked, which is waited for last."""
    persona = persona_of(bot, question.persona)
    if persona is None or bot.model is None:
        return _thought(question, Asked(None, "misconfigured"), None, (), (), now)
    passages = await asyncio.to_thread(_passages, bot, persona, question, now)
    prompt = prompt_of(
        brand=bot.name,
        persona=persona,
        locale=question.locale,
        memory=question.memory,
        fields=question.fields,
        history=history,
        passages=passages,
        question="\n".join(question.texts),
        now_text=to_datetime(now, bot.timezone).strftime("%A, %B %d, %Y, %I:%M %p"),
    )
    if bot.model.day and spent >= bot.model.day * MILLION:
        return _thought(question, Asked(None, "budget"), prompt, passages, history, now)
    if due is not None:
        await due()
    asked = await models.ask(bot.model.use, prompt, within, trace=trace)
    count_asked(asked)
    return _thought(question, asked, prompt, passages, history, now)


def _thought(
    question: Question, asked: Asked, prompt: Prompt | None, passages: Sequence[Shown],
    history: Sequence[Line], now: int,
) -> Thought:  # fmt: skip
    said = tuple(line.text for line in history if line.role == "user")
    instructions = prompt.instructions if prompt is not None else ""
    came = Came(asked.proposal, tuple(passages), said, instructions, asked.model, asked.cost, asked.why or "")
    output = {"proposal": asked.proposal, "tries": asked.tries}
    return Thought(
        came,
        {
            "persona": question.persona,
            "model": asked.model[:128],
            "why": asked.why or "",
            "prompt": msgspec.json.encode(prompt).decode()[:LONGEST_KEPT] if prompt is not None else "",
            "output": msgspec.json.encode(output).decode(),
            "tokens_in": sum(one.tokens_in for one in asked.tries),
            "tokens_out": sum(one.tokens_out for one in asked.tries),
            "cost": asked.cost,
            "ms": sum(one.ms for one in asked.tries),
            "at": now,
            **EMPTY,
        },
    )


EMPTY = {
    "confidence": 0, "evidence": 0, "outcome": "", "flaws": "", "decided_by": "", "decided_text": "", "feedback": "",
    "feedback_why": "",
}  # fmt: skip


def _told(tx: Tx, contact_id: str, now: int, most: int, workspace: str, priced: bool) -> tuple[list[Row[Any]], int]:
    """The last texts of a conversation, and what models have cost today where somebody wants to know."""
    rows = store.recent(tx, contact_id, now - DAY, most)
    return rows, store.spent(tx, workspace, day_of(now)) if priced else 0


def day_of(now: int) -> str:
    """The day that a cost counts for, the same on every node."""
    return to_datetime(now, "UTC").date().isoformat()


def before(rows: Sequence[Row[Any]], texts: Sequence[str]) -> list[Line]:
    """The conversation before these texts of the contact. What is hidden stays so."""
    left = list(texts)
    found = []
    for row in reversed(rows):
        if row.direction == "in" and row.text in left:
            left.remove(row.text)
        elif HIDDEN not in row.text:
            found.append(Line("user" if row.direction == "in" else "assistant", row.text))
    return found[::-1][-HISTORY:]


def _passages(bot: Bot, persona: Persona, question: Question, now: int) -> list[Shown]:
    if bot.answerer is None:
        return []
    return bot.answerer.passages("\n".join(question.texts), question.locale, now, persona.knowledge, PASSAGES)


def keep(tx: Tx, row: Row[Any], thought: Thought) -> None:
    """Write down a job's question, and count its cost."""
    mine = {"bucket": row.bucket, "contact_id": row.contact_id, "id": row.id, "arrival_id": row.arrival_id}
    keep_call(tx, {**thought.kept, **mine})


def keep_call(tx: Tx, row: Mapping[str, Any]) -> None:
    """Write down a question, with all of its columns, and count its cost."""
    store.add(tx, [row])
    store.spend(tx, row["workspace"], day_of(row["at"]), row["cost"])
