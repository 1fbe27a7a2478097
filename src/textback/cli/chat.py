"""textback chat: talk to a bot in the terminal. The same decisions as in production; nothing is stored or sent."""

import itertools
import sys
from pathlib import Path

import typer

from textback.app import read_folder
from textback.compliance.consent import may_send
from textback.core.text import clean, segments
from textback.engine.arrivals import Message
from textback.engine.bot import Bot
from textback.engine.effects import RecordConsent, Send, SetTimer
from textback.engine.load import load_bot
from textback.engine.state import State, dump_state, load_state
from textback.engine.step import Turn
from textback.pipeline.decide import Standing, decide
from textback.pipeline.road import clock

CONTACT = "+12065550123"
LINE = "+12065550100"


class Chat:
    """One conversation held in memory."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.state = State()
        self.opted_out = False
        self._ids = itertools.count(1)

    def text(self, text: str) -> Turn:
        """Handle one text from the contact."""
        now = clock()
        number = next(self._ids)
        arrival = Message(CONTACT, LINE, clean(text), f"chat-{number}")
        standing = Standing(self.opted_out, {}, now)
        turn = decide(self.bot, self.state, arrival, now, standing, session_id=f"chat-{number}")
        self.state = load_state(dump_state(turn.state))  # as the database would: nothing survives but JSON
        return turn

    def lines(self, turn: Turn) -> list[str]:
        """What the terminal shows of a turn: what was sent, and what else it wants done."""
        shown = []
        for effect in turn.effects:
            match effect:
                case Send():
                    gate = may_send(
                        effect.message_class,
                        opted_out=self.opted_out,
                        expires_at=effect.expires_at,
                        now=clock(),
                    )
                    size = segments(effect.text)
                    note = f"{size.count} segment{'s' * (size.count != 1)}, {size.encoding}"
                    shown.append(f"bot> {effect.text}   [{note}]" if gate.allowed else f"  -- not sent: {gate.reason}")
                case RecordConsent(change):
                    self.opted_out = change == "opt_out"
                    shown.append(f"  -- {change.replace('_', '-')} recorded")
                case SetTimer(key):
                    shown.append(f"  -- timer set: {key}")
        asked = [event.data.get("reason", "") for event in turn.events if event.kind == "escalated"]
        return shown + [f"  -- waiting for a person: {reason}" for reason in asked]


def chat(bot_dir: Path) -> None:
    """Read texts from stdin until it ends."""
    conversation = Chat(load_bot(read_folder(bot_dir)))
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
        for shown in conversation.lines(conversation.text(line.rstrip("\n"))):
            typer.echo(shown)
