"""textback chat: talk to a bot in the terminal. The same decisions as in production; nothing is stored or sent."""

import sys
from pathlib import Path

import typer

from textback.app import read_folder
from textback.cli.nlu import taught
from textback.core.text import segments
from textback.engine.effects import RecordConsent, Send, SetTimer
from textback.engine.load import load_bot
from textback.pipeline.rehearse import Played, Rehearsal
from textback.pipeline.road import clock


def lines(played: Played) -> list[str]:
    """What the terminal shows of a turn: what was sent, and what else it wants done."""
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
    asked = [event.data.get("reason", "") for event in played.events if event.kind == "escalated"]
    return shown + [f"  -- waiting for a person: {reason}" for reason in asked]


def chat(bot_dir: Path) -> None:
    """Read texts from stdin until it ends."""
    conversation = Rehearsal(taught(load_bot(read_folder(bot_dir))), clock())
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
        for shown in lines(conversation.text(line.rstrip("\n"))):
            typer.echo(shown)
