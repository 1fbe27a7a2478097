"""Telling contacts how to stop: in the first text that is no answer, and at least each month (O11)."""

import msgspec

from textback.compliance.content import says_stop
from textback.core.when import DAY
from textback.engine.bot import Bot
from textback.engine.effects import Send
from textback.engine.step import Turn
from textback.engine.words import phrases

EVERY = 30 * DAY
"""After so long (ms) they are told again."""
CLASSES = frozenset({"informational", "promotional"})


def remind(bot: Bot, turn: Turn, now: int) -> None:
    """Put how to stop behind the first of the turn's texts that is due to say it, and note which one said it."""
    for at, effect in enumerate(turn.effects):
        if not isinstance(effect, Send) or effect.message_class not in CLASSES or effect.author == "person":
            continue
        if says_stop(effect.text):
            turn.state.stop_said_at = now
        elif now - turn.state.stop_said_at >= EVERY:
            wanted = turn.state.fields.get("locale")
            locale = wanted if isinstance(wanted, str) and wanted in bot.locales else bot.locale
            text = f"{effect.text} {phrases(locale).stop_hint}".strip()
            turn.effects[at] = msgspec.structs.replace(effect, text=text)
            turn.state.stop_said_at = now
