"""Telling a contact, in the first text that the bot sends them, that a program writes."""

import re

import msgspec

from textback.engine.bot import Disclosure
from textback.engine.context import Context
from textback.engine.effects import Send
from textback.engine.reading import Reader
from textback.engine.source import Node, Scalar
from textback.engine.words import phrases

_SAYS_SO = re.compile(
    r"\b(?:automat|autom[aá]tic|chat ?bot|bot\b|robot|virtual (?:assistant|agent)|(?:asistente|agente) virtual|AI\b|"
    r"artificial|intelig[eê]ncia artificial)",
    re.IGNORECASE,
)
_ANSWERS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def read_disclosure(reader: Reader, node: Node | None, by_itself: bool) -> Disclosure:
    """`automated` in bot.yml: true, false, or the sentence itself, also by locale. `by_itself` is what holds where it
    says nothing: a bot with a language model says so, because the laws are about those (section 8 of the rules)."""
    if node is None:
        return Disclosure(by_itself)
    if isinstance(node, Scalar) and (answer := _ANSWERS.get(node.value.strip().lower())) is not None:
        return Disclosure(answer)
    return Disclosure(True, reader.text(node, "automated"))


def disclose(ctx: Context) -> None:
    """Put the sentence before the turn's first text of the bot, once for each contact. A text that says it in its own
    words is left as it is. It is not withdrawn by what they text next, as a mere question would be."""
    if ctx.state.disclosed or not ctx.bot.disclosure.on:
        return
    for at, effect in enumerate(ctx.effects):
        if isinstance(effect, Send) and effect.author == "bot":
            ctx.state.disclosed = True
            if not _SAYS_SO.search(effect.text):
                told = f"{_sentence(ctx)} {effect.text}".strip()
                ctx.effects[at] = msgspec.structs.replace(effect, text=told, asks="")
            return


def _sentence(ctx: Context) -> str:
    text = ctx.bot.disclosure.text
    if text is not None:
        return ctx.render(text)
    return phrases(ctx.locale).automated.format(name=ctx.bot.name)
