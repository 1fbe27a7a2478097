"""What people have changed at the desk of where hand-overs go and how sure the bot has to be, over what its files say.

Changes are a flat mapping of keys to values, so that two people's can be put together and each can be taken back alone:

    knowledge///answer          a confidence; clarify likewise
    gate/PERSONA/INTENT/send    a confidence; least likewise; no INTENT: all that have no thresholds of their own
    usual///queue               the queue where nothing else names one
    reason/REASON//queue        the queue of hand-overs for this reason; priority likewise
    language/CODE//queue        the queue of contacts who read this language; priority likewise

Pure: the same bot and the same changes always make the same bot.
"""

from collections.abc import Mapping, Sequence

import msgspec

from textback.engine.bot import Bot
from textback.engine.nodes.escalate import Escalate
from textback.engine.persona import Gate, Persona
from textback.engine.queues import PRIORITIES, Route
from textback.engine.reading import QUEUE
from textback.engine.reasons import ENGINE

Value = float | str
Changes = Mapping[str, Value]
Key = tuple[str, str, str, str]
"""What it is of, its name, the intent, and which value."""
GONE_QUEUE = "The bot's files have no queue {!r} any more."
CROSSED = "With what the files say now, the lower threshold would be above the upper one."


class Adjusted(msgspec.Struct, frozen=True):
    """A bot with the changes that hold; `void` says of each that does not why, in a sentence."""

    bot: Bot
    void: dict[str, str]


def key_of(kind: str, name: str, which: str, intent: str = "") -> str:
    """The key of a change."""
    return f"{kind}/{name}/{intent}/{which}"


def parts(key: str) -> Key:
    """A key in its parts; those of a key that is none are empty."""
    found = key.split("/")
    return (found[0], found[1], found[2], found[3]) if len(found) == 4 else ("", "", "", "")


def adjust(bot: Bot, changes: Changes) -> Adjusted:
    """The bot as people have changed it. What does not fit its files (any more) is left as these have it."""
    if not changes:
        return Adjusted(bot, {})
    void: dict[str, str] = {}
    answer, clarify = _pair(("knowledge", "", ""), ("answer", "clarify"), _known_thresholds(bot), changes, void)
    personas = {name: _persona(one, changes, void) for name, one in bot.personas.items()}
    routes = _routes(bot, changes, void)
    usual = changes.get(key_of("usual", "", "queue"), bot.handoff.queue)
    if not is_queue(bot, usual):
        void[key_of("usual", "", "queue")] = GONE_QUEUE.format(usual)
        usual = bot.handoff.queue
    _unknown(bot, changes, void)
    adjusted = msgspec.structs.replace(
        bot,
        knowledge=msgspec.structs.replace(bot.knowledge, answer=answer, clarify=clarify),
        personas=personas,
        handoff=msgspec.structs.replace(bot.handoff, queue=usual, routes=(*routes, *bot.handoff.routes)),
    )
    return Adjusted(adjusted, void)


def is_queue(bot: Bot, name: Value) -> bool:
    """Whether a hand-over may go to this queue: to any that has the shape of one, where the files list none. No queue
    at all is one too."""
    if not isinstance(name, str):
        return False
    known = bot.handoff.queues
    return not name or (name in known if known else QUEUE.fullmatch(name) is not None)


def reasons_of(bot: Bot) -> tuple[str, ...]:
    """Every reason for which this bot may ask for a person: its topics, those that its flows give, and the engine's."""
    given = {
        step.how.reason
        for flow in bot.flows.values()
        for step in flow.steps.values()
        if isinstance(step, Escalate) and step.how.reason
    }
    if bot.fallback.then.reason:
        given.add(bot.fallback.then.reason)
    return tuple(one for one in dict.fromkeys([*bot.handoff.topics, *sorted(given), *sorted(ENGINE)]) if "/" not in one)


def languages_of(bot: Bot) -> tuple[str, ...]:
    """The languages that the bot speaks, and those that its queues are for, such as es."""
    named = [language for queue in bot.queues.values() for language in queue.languages]
    return tuple(dict.fromkeys([*(locale.partition("-")[0] for locale in bot.locales), *named]))


def refusal(bot: Bot, changes: Changes) -> dict[str, str]:
    """What is wrong with these changes, by key; empty where they can be kept. Those that say nothing new are fine."""
    wrong: dict[str, str] = {}
    for key, value in changes.items():
        which = parts(key)[3]
        if which in ("answer", "clarify", "send", "least") and not _is_share(value):
            wrong[key] = "Write a number from 0 to 1, such as 0.8."
        elif which == "priority" and value not in PRIORITIES:
            wrong[key] = "A priority is normal, high or urgent."
        elif which == "queue" and not is_queue(bot, value):
            wrong[key] = f"There is no queue {value!r} in the bot's files."
    void = adjust(bot, {key: value for key, value in changes.items() if key not in wrong}).void
    crossed = {key: "The lower threshold is above the upper one." for key, why in void.items() if why == CROSSED}
    return {**void, **crossed, **wrong}


def _is_share(value: Value) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1


def _known_thresholds(bot: Bot) -> tuple[float, float]:
    return bot.knowledge.answer, bot.knowledge.clarify


def _pair(
    of: tuple[str, str, str], which: tuple[str, str], usual: tuple[float, float], changes: Changes, void: dict[str, str]
) -> tuple[float, float]:
    """An upper and a lower threshold. Where they would be crossed, or are none, the files' hold."""
    kind, name, intent = of
    keys = [key_of(kind, name, one, intent) for one in which]
    found = [changes.get(key, value) for key, value in zip(keys, usual, strict=True)]
    high, low = (float(one) if isinstance(one, int | float) and _is_share(one) else -1.0 for one in found)
    if 0 <= low <= high:
        return high, low
    void.update(dict.fromkeys((key for key in keys if key in changes), CROSSED))
    return usual


def _persona(persona: Persona, changes: Changes, void: dict[str, str]) -> Persona:
    gate = _gate(persona.name, "", persona.gate, changes, void)
    named = [parts(key)[2] for key in changes if parts(key)[:2] == ("gate", persona.name)]
    intents = {
        intent: _gate(persona.name, intent, persona.intents.get(intent, gate), changes, void)
        for intent in dict.fromkeys([*persona.intents, *(one for one in named if one)])
    }
    return msgspec.structs.replace(persona, gate=gate, intents=intents)


def _gate(persona: str, intent: str, gate: Gate, changes: Changes, void: dict[str, str]) -> Gate:
    send, least = _pair(("gate", persona, intent), ("send", "least"), (gate.send, gate.least), changes, void)
    return msgspec.structs.replace(gate, send=send, least=least)


def _routes(bot: Bot, changes: Changes, void: dict[str, str]) -> Sequence[Route]:
    """The rules of the desk, which go before those of the files: by reason first, then by language."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for key, value in sorted(changes.items()):
        kind, name, _, which = parts(key)
        if kind not in ("reason", "language"):
            continue
        if which == "queue" and not is_queue(bot, value):
            void[key] = GONE_QUEUE.format(value)
        elif which in ("queue", "priority"):
            found.setdefault((kind, name), {})[which] = str(value)
    by_reason: list[Route] = []
    by_language: list[Route] = []
    for (kind, name), says in found.items():
        queue, priority = says.get("queue", ""), says.get("priority", "")
        if kind == "reason":
            by_reason.append(Route(queue, priority, reasons=(name,)))
        else:
            by_language.append(Route(queue, priority, languages=(name,)))
    return by_reason + by_language


def _unknown(bot: Bot, changes: Changes, void: dict[str, str]) -> None:
    """Say of what is about something that the files have no more."""
    reasons, languages = reasons_of(bot), languages_of(bot)
    for key in changes:
        kind, name, _, _ = parts(key)
        if kind == "gate" and name not in bot.personas:
            void[key] = f"The bot's files have no persona {name!r} any more."
        elif kind == "reason" and name not in reasons:
            void.setdefault(key, f"Nothing in the bot's files gives the reason {name!r} any more.")
        elif kind == "language" and name not in languages:
            void.setdefault(key, f"The bot's files do not name the language {name!r} any more.")
        elif kind not in ("gate", "reason", "language", "knowledge", "usual"):
            void[key] = "This release does not know it."
