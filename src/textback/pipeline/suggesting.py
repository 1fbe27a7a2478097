"""A reply to a conversation, for whoever asks for one: a program through the API, or a person at the desk.

It comes from the same places as the bot's own, in the same order, and passes the same guard: what bot.yml's knowledge
is sure of, then a model, then what the knowledge is less sure of. Nothing is sent.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from textback.core.ids import bucket_of, new_id
from textback.engine.bot import Answer, Bot
from textback.engine.replying import NOTHING, Weighed, consider
from textback.engine.thinking import persona_of
from textback.llm.base import Line
from textback.pipeline.bots import Shelf
from textback.pipeline.thinker import Question, Thinker, Thought, keep_call
from textback.store.db import Db

By = Literal["knowledge", "model", ""]


class Suggested(msgspec.Struct, frozen=True):
    """A reply, or none. `act` is what the gate would do with it, `flaws` what the guard found, `sources` the passages
    that it is from, `call` the id of the question to a model, `cost` in millionths of a US dollar."""

    reply: str = ""
    confidence: float = 0.0
    sources: tuple[str, ...] = ()
    intent: str = ""
    by: By = ""
    act: str = "without"
    why: str = ""
    flaws: tuple[str, ...] = ()
    persona: str = ""
    model: str = ""
    call: str = ""
    cost: int = 0
    ms: int = 0


class Suggester:
    """Finds replies for a workspace. Without a `thinker` only what the bot knows by itself."""

    def __init__(self, db: Db, shelf: Shelf, thinker: Thinker | None) -> None:
        self._db = db
        self._shelf = shelf
        self._thinker = thinker

    async def reply_to(
        self, history: Sequence[Line], question: str, *, persona: str = "", locale: str = "", now: int,
        fields: Mapping[str, Any] = {}, contact_id: str = "", most: int = 0, model_first: bool = False,
    ) -> Suggested:  # fmt: skip
        """The reply to `question`, which came after `history`. `most` is the longest that it may be, in characters;
        with `model_first` the knowledge base only helps out."""
        bot = self._shelf.current
        locale = locale or bot.locale
        known = await asyncio.to_thread(_known, bot, question, locale, now)
        if known.confidence < bot.knowledge.clarify:  # the bot itself would not speak of it
            known = Answer()
        if not model_first and _fits(known.text, most) and known.confidence >= bot.knowledge.answer:
            return _from(known)
        speaks = persona_of(bot, persona)
        if speaks is None or bot.model is None or self._thinker is None:
            return _from(known) if _fits(known.text, most) else Suggested()
        shared = {name: str(fields[name])[:200] for name in bot.model.share if fields.get(name) not in (None, "")}
        asked = Question(speaks.name, (question,), speaks.locale or locale, shared)
        thought = await self._thinker.think(asked, history, bot.model.within / 1_000)
        weighed = consider(bot, speaks, thought.came, question, locale, fields)
        call = await self._keep(thought, weighed, contact_id)
        found = _of_model(speaks.name, weighed, thought, call)
        if (weighed.act == "without" or not _fits(found.reply, most)) and _fits(known.text, most):
            return msgspec.structs.replace(_from(known), call=call, cost=found.cost, ms=found.ms, flaws=found.flaws)
        if not _fits(found.reply, most):
            return msgspec.structs.replace(found, reply="", confidence=0.0, act="without", why=found.why or "too_long")
        return found

    async def _keep(self, thought: Thought, weighed: Weighed, contact_id: str) -> str:
        """Write the question down; the id by which it is found."""
        call = f"{new_id()}-a"
        judged = {
            "confidence": round(weighed.judgement.confidence * 1_000),
            "evidence": round(weighed.evidence * 1_000),
            "flaws": " ".join(weighed.flaws),
        }
        key = {"bucket": bucket_of(contact_id) if contact_id else 0, "contact_id": contact_id, "id": call}
        await self._db.write(keep_call, {**thought.kept, **judged, **key, "arrival_id": ""})
        return call


def _known(bot: Bot, question: str, locale: str, now: int) -> Answer:
    return bot.answerer.answer(question, locale, now) if bot.answerer is not None and question.strip() else Answer()


def _fits(text: str, most: int) -> bool:
    return bool(text) and (not most or len(text) <= most)


def _from(known: Answer) -> Suggested:
    sources = (known.passage,) if known.passage else ()
    return Suggested(known.text, round(known.confidence, 3), sources, by="knowledge", act="say")


def _of_model(persona: str, weighed: Weighed, thought: Thought, call: str) -> Suggested:
    proposal, judgement = weighed.proposal, weighed.judgement
    good = weighed is not NOTHING and not judgement.flaws
    return Suggested(
        judgement.reply if good else "",
        round(judgement.confidence, 3) if good else 0.0,
        proposal.sources if good else (),
        proposal.intent,
        "model" if good else "",
        weighed.act,
        thought.came.why or proposal.escalate_reason or weighed.why,
        weighed.flaws,
        persona,
        thought.came.model,
        call,
        thought.came.cost,
        int(thought.kept["ms"]),
    )
