"""The form of the routing page: which values it has, what somebody put into it, and how two people's changes are put
together. An empty field is the file's value."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from textback.core.text import clean
from textback.engine.adjusting import Changes, Value, key_of, languages_of, parts, reasons_of, refusal
from textback.engine.bot import Bot

NUMBERS = ("answer", "clarify", "send", "least")
INTENT = re.compile(r"[^/\s]{1,64}")
MOST_INTENTS = 30
NEW = "new"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says: the changes over the files, and what is wrong, by key. `base` is the version that it was opened
    from."""

    base: int
    changes: dict[str, Value]
    wrong: dict[str, str]


def keys_of(bot: Bot, changes: Changes) -> list[str]:
    """Every value that the form shows: those of the bot as it is written, and of intents that only the desk knows."""
    found = [key_of("knowledge", "", one) for one in ("answer", "clarify")]
    for name in bot.personas:
        for intent in intents_of(bot, changes, name):
            found += [key_of("gate", name, one, intent) for one in ("send", "least")]
    found.append(key_of("usual", "", "queue"))
    for kind, names in (("reason", reasons_of(bot)), ("language", languages_of(bot))):
        found += [key_of(kind, name, one) for name in names for one in ("queue", "priority")]
    return found


def intents_of(bot: Bot, changes: Changes, persona: str) -> list[str]:
    """The intents of a persona that have thresholds of their own, after "" for all others."""
    mine = [parts(key)[2] for key in changes if parts(key)[:2] == ("gate", persona)]
    return list(dict.fromkeys(["", *bot.personas[persona].intents, *sorted(mine)]))


def read(bot: Bot, form: Mapping[str, str], base: int, before: Changes) -> Draft:
    """What somebody put into the form, over the version `base` that they saw, which has the changes `before`.

    What the form does not show, such as thresholds of a persona that is gone, stays as it was.
    """
    changes: dict[str, Value] = dict(before)
    wrong: dict[str, str] = {}
    for key in (*keys_of(bot, before), *before):
        if key in form:
            _take(changes, wrong, key, form[key])
    for persona in bot.personas:
        _take_new(bot, changes, wrong, form, persona)
    back = form.get("back", "")
    changes.pop(back, None)
    wrong.pop(back, None)
    same = {key for key, value in changes.items() if before.get(key) == value}
    wrong = {**{key: why for key, why in refusal(bot, changes).items() if key not in same}, **wrong}
    return Draft(base, changes, wrong)


def _take(changes: dict[str, Value], wrong: dict[str, str], key: str, given: str) -> None:
    text = clean(given).strip()[:80]
    if not text:
        changes.pop(key, None)
    elif parts(key)[3] not in NUMBERS:
        changes[key] = text
    else:
        try:
            changes[key] = round(float(text.replace(",", ".")), 4)
        except (ValueError, OverflowError):
            changes[key] = text
            wrong[key] = "Write a number from 0 to 1, such as 0.8."


def _take_new(
    bot: Bot, changes: dict[str, Value], wrong: dict[str, str], form: Mapping[str, str], persona: str
) -> None:
    """Thresholds for an intent that had none of its own."""
    intent = clean(form.get(key_of(NEW, persona, "intent"), "")).strip()
    given = {one: form.get(key_of(NEW, persona, one), "") for one in ("send", "least")}
    if not intent and not any(text.strip() for text in given.values()):
        return
    here = key_of(NEW, persona, "intent")
    if not INTENT.fullmatch(intent):
        wrong[here] = "Name the intent, in up to 64 characters without spaces and slashes."
    elif not any(text.strip() for text in given.values()):
        wrong[here] = f"Write from which confidence a reply about {intent!r} is sent."
    elif len(intents_of(bot, changes, persona)) > MOST_INTENTS:
        wrong[here] = f"A persona has at most {MOST_INTENTS} intents with thresholds of their own."
    else:
        for one, text in given.items():
            if text.strip():
                _take(changes, wrong, key_of("gate", persona, one, intent), text)


def together(base: Changes, mine: Changes, theirs: Changes) -> tuple[dict[str, Value], list[str]]:
    """My changes since `base` over what somebody else saved meanwhile, and the keys that both of us have changed."""
    found: dict[str, Value] = dict(theirs)
    both = []
    for key in sorted({*base, *mine}):
        if mine.get(key) == base.get(key):
            continue
        if theirs.get(key) not in (base.get(key), mine.get(key)):
            both.append(key)
        if key in mine:
            found[key] = mine[key]
        else:
            found.pop(key, None)
    return found, both
