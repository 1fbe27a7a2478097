"""textback chat: talk to a bot in the terminal. The same decisions as in production; nothing is stored or sent."""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
import typer

from textback.actions.base import Failed, Job
from textback.app import make_actions, read_folder
from textback.cli.nlu import taught
from textback.core.text import segments
from textback.engine.arrivals import JobResult
from textback.engine.bot import Bot
from textback.engine.effects import AnyEffect, Perform, RecordConsent, Send, SetTimer
from textback.engine.load import load_bot
from textback.engine.replying import Came
from textback.engine.thinking import MODEL
from textback.llm.access import accesses
from textback.llm.base import Line
from textback.llm.models import Models
from textback.pipeline.clock import clock
from textback.pipeline.rehearse import Played, Rehearsal, nobody
from textback.pipeline.thinker import HISTORY, Question, Thought, ask
from textback.settings import environment, load_settings


def lines(played: Played, *, real: bool = False) -> list[str]:
    """What the terminal shows of a turn: what was sent, and what else it wants done. `real`: actions are performed,
    and have been shown."""
    shown = []
    for done in played.done:
        match done.effect:
            case Send(text) if done.gate is not None:
                size = segments(text)
                note = f"{size.count} segment{'s' * (size.count != 1)}, {size.encoding}"
                shown.append(f"bot> {text}   [{note}]" if done.gate.allowed else f"  -- not sent: {done.gate.reason}")
            case RecordConsent(change):
                shown.append(f"  -- {change.replace('_', '-')} recorded")
            case SetTimer(key):
                shown.append(f"  -- timer set: {key}")
            case Perform(action=action) if not real:
                shown.append(f"  -- action {action} is only played; --actions asks for it")
    asked = [event.data.get("reason", "") for event in played.events if event.kind == "escalated"]
    return shown + [f"  -- waiting for a person: {reason}" for reason in asked]


def _performing(bot: Bot, said: Sequence[Line]) -> Callable[[AnyEffect], JobResult | None]:
    """Asks other systems, once each, and models, and shows what they say. `said` is the conversation so far."""
    found = environment(Path.cwd())
    performs = make_actions(load_settings(found), bot, None, found)

    def answer(effect: AnyEffect) -> JobResult | None:
        if not isinstance(effect, Perform):
            return None
        if effect.action == MODEL:
            thought = asyncio.run(_think(bot, effect, said, found))
            typer.echo(f"  -- {thought.came.model or 'no model'}: {thought.came.why or _proposed(thought.came)}")
            return JobResult(effect.job, thought.value)
        job = Job(effect.arguments, effect.key, effect.timeout)
        result = asyncio.run(performs.perform(bot.actions[effect.action], job))
        if isinstance(result, Failed):
            typer.echo(
                f"  -- action {effect.action}: {' '.join(filter(None, (result.kind, result.code, result.detail)))}"
            )
            return JobResult(effect.job, error=result.kind)
        typer.echo(f"  -- action {effect.action}: {msgspec.json.encode(result.value).decode()}")
        return JobResult(effect.job, result.value)

    return answer


async def _think(bot: Bot, effect: Perform, said: Sequence[Line], found: Mapping[str, str]) -> Thought:
    """What a model says. Nothing counts towards budgets, as nothing is stored."""
    models = Models(accesses(found))
    try:
        question = msgspec.convert(effect.arguments, Question)
        return await ask(models, bot, question, said[-HISTORY:], effect.timeout / 1_000, clock())
    finally:
        await models.close()


def _proposed(came: Came) -> str:
    return msgspec.json.encode(came.proposal).decode()


def chat(bot_dir: Path, *, actions: bool = False) -> None:
    """Read texts from stdin until it ends. `actions` are only played, unless they are asked for."""
    bot = taught(load_bot(read_folder(bot_dir)))
    said: list[Line] = []
    conversation = Rehearsal(bot, clock(), answer=_performing(bot, said) if actions else nobody)
    interactive = sys.stdin.isatty()
    typer.echo(f"{conversation.bot.name}. Text as the customer; Ctrl-D ends.")
    while True:
        if interactive:
            typer.echo("you> ", nl=False)
        line = sys.stdin.readline()
        if not line:
            break
        if not interactive:
            typer.echo(f"you> {line.rstrip()}")
        conversation.now = clock()
        played = conversation.text(line.rstrip("\n"))
        for shown in lines(played, real=actions):
            typer.echo(shown)
        said += [Line("user", line.strip()), *(Line("assistant", text) for text in played.said)]
