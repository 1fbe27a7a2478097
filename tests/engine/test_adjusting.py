"""What people change of routes and thresholds, over what the files say; and what of it does not hold."""

from typing import Any

import pytest

from tests.engine.talk import flow
from textback.engine.adjusting import adjust, languages_of, reasons_of, refusal
from textback.engine.load import load_bot
from textback.engine.routing import Wanted, place
from textback.engine.state import State

BOT = """bot: Harbor Cycle Works
locales: [en, es]
model: {use: openai:gpt-5-mini}
queues: {bench: {languages: [en]}, taller: {languages: [es]}, office: {}}
handoff: {queue: office, topics: {warranty: [warranty]}, routes: [{reason: billing, queue: office, priority: high}]}
"""
CLERK = """persona: clerk
prompt: You answer for a bike shop.
gate: {send: 0.8, least: 0.4}
intents: {refund: {send: 0.95}}
"""


def bot_of(text: str = BOT) -> Any:
    steps = "- escalate: bench\n  reason: bent_wheel"
    return load_bot({"bot.yml": text, "flows/main.yml": flow(steps), "personas/clerk.yml": CLERK})


def queue_of(bot: Any, reason: str, **fields: str) -> tuple[str, str]:
    placed = place(bot, State(fields=dict(fields)), Wanted(reason), 0)
    return placed.queue, placed.priority


@pytest.mark.parametrize(
    ("changes", "reason", "locale", "wanted"),
    [
        ({}, "billing", "en", ("office", "high")),
        ({"reason/billing//queue": "bench"}, "billing", "en", ("bench", "high")),  # the file's priority stays
        ({"reason/billing//priority": "urgent"}, "billing", "en", ("office", "urgent")),
        ({"reason/warranty//queue": "office"}, "warranty", "en", ("office", "")),
        ({"language/es//queue": "bench"}, "asked", "es-MX", ("bench", "")),
        ({"language/es//queue": "bench"}, "billing", "es", ("bench", "high")),  # before the rules of the files
        ({"language/es//queue": "bench", "reason/billing//queue": "taller"}, "billing", "es", ("taller", "high")),
        ({"language/es//queue": "bench"}, "asked", "en", ("bench", "")),  # it is for English anyway
        ({"usual///queue": "bench"}, "asked", "fr", ("bench", "")),
        ({"reason/billing//priority": "normal"}, "billing", "en", ("office", "normal")),
    ],
)
def test_a_change_goes_before_the_files(
    changes: dict[str, Any], reason: str, locale: str, wanted: tuple[str, str]
) -> None:
    made = adjust(bot_of(), changes)
    assert made.void == {}
    assert queue_of(made.bot, reason, locale=locale) == wanted


def test_thresholds_are_those_of_the_desk_and_others_stay() -> None:
    bot = bot_of()
    made = adjust(bot, {
        "knowledge///answer": 0.9, "gate/clerk//send": 0.7, "gate/clerk/refund/least": 0.6,
        "gate/clerk/price/send": 0.99,
    })  # fmt: skip
    assert made.void == {}
    assert (made.bot.knowledge.answer, made.bot.knowledge.clarify) == (0.9, 0.5)
    clerk = made.bot.personas["clerk"]
    assert (clerk.gate.send, clerk.gate.least) == (0.7, 0.4)
    assert (clerk.intents["refund"].send, clerk.intents["refund"].least) == (0.95, 0.6)
    assert (clerk.intents["price"].send, clerk.intents["price"].least) == (0.99, 0.4)
    assert bot.personas["clerk"].gate.send == 0.8, "the bot of the files is changed"


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("reason/billing//queue", "sales", "no queue 'sales' any more"),
        ("usual///queue", "sales", "no queue 'sales' any more"),
        ("gate/greeter//send", 0.5, "no persona 'greeter' any more"),
        ("reason/dragons//queue", "office", "gives the reason 'dragons' any more"),
        ("language/fr//queue", "office", "do not name the language 'fr'"),
        ("knowledge///clarify", 0.9, "above the upper one"),
        ("gate/clerk//send", 0.3, "above the upper one"),
        ("gate/clerk//send", 7.0, "above the upper one"),
        ("weather/rain//queue", "office", "does not know it"),
        ("nonsense", "office", "does not know it"),
    ],
)
def test_what_the_files_have_no_more_does_not_hold_and_is_said(key: str, value: Any, why: str) -> None:
    bot = bot_of()
    made = adjust(bot, {key: value})
    assert list(made.void) == [key]
    assert why in made.void[key]
    assert (made.bot.knowledge, made.bot.personas["clerk"].gate) == (bot.knowledge, bot.personas["clerk"].gate)
    assert queue_of(made.bot, "billing", locale="en") == ("office", "high")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"knowledge///answer": 1.2}, "from 0 to 1"),
        ({"knowledge///answer": -0.1}, "from 0 to 1"),
        ({"knowledge///answer": float("nan")}, "from 0 to 1"),
        ({"knowledge///answer": "very"}, "from 0 to 1"),
        ({"knowledge///answer": 0.4}, "lower threshold is above"),
        ({"gate/clerk//send": 0.6, "gate/clerk//least": 0.7}, "lower threshold is above"),
        ({"reason/asked//queue": "sales"}, "no queue 'sales'"),
        ({"reason/asked//priority": "soon"}, "normal, high or urgent"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_a_reason(changes: dict[str, Any], wrong: str) -> None:
    found = refusal(bot_of(), changes)
    assert found
    assert all(wrong in why for why in found.values())


@pytest.mark.parametrize("changes", [{"knowledge///answer": 1}, {"knowledge///clarify": 0}, {"gate/clerk//send": 0.4}])
def test_the_ends_can_be_kept(changes: dict[str, Any]) -> None:
    assert refusal(bot_of(), changes) == {}


def test_where_the_files_list_no_queue_any_name_may_be_one() -> None:
    bot = load_bot({"bot.yml": "bot: Harbor", "flows/main.yml": flow("- say: Hi.")})
    assert refusal(bot, {"reason/asked//queue": "front-desk"}) == {}
    assert refusal(bot, {"reason/asked//queue": "Front Desk"}) != {}


def test_reasons_and_languages_are_those_of_this_bot() -> None:
    found = reasons_of(bot_of())
    assert {"warranty", "billing", "bent_wheel", "asked", "vip"} <= set(found)
    assert len(found) == len(set(found))
    assert languages_of(bot_of()) == ("en", "es")
