"""Personas: in whose name, from what, and how far a language model may answer; and which models the bot asks."""

from typing import Literal, get_args

import msgspec

from textback.core.when import SECOND

Between = Literal["draft", "clarify"]
BETWEEN: tuple[Between, ...] = get_args(Between)


class Gate(msgspec.Struct, frozen=True):
    """What becomes of a model's reply by how likely it is right: from `send` on it goes, from `least` on it waits for a
    person (or the contact is asked what they meant, by `between`), and below that a person is asked for."""

    send: float = 0.8
    least: float = 0.5
    between: Between = "draft"


class Persona(msgspec.Struct, frozen=True, kw_only=True):
    """One persona of personas/NAME.yml.

    `prompt` is what it is told of itself, `tone` how it speaks; `knowledge` the files it may answer from (none named:
    all). `escalate` are reasons, in words, for which the model is to ask for a person; `avoid` topics that it never
    speaks of, each with the words it goes by, normalised. `locale` is what it always answers in; empty: the contact's.
    `links` are the hosts that a reply may lead to. `gate` holds unless `intents` has one for the reply's intent.
    """

    name: str
    prompt: str
    tone: str = ""
    knowledge: tuple[str, ...] = ()
    segments: int = 2
    escalate: tuple[str, ...] = ()
    avoid: dict[str, tuple[str, ...]] = {}
    locale: str = ""
    links: frozenset[str] = frozenset()
    gate: Gate = Gate()
    intents: dict[str, Gate] = {}


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """`model` in bot.yml.

    `use` are models as "maker:name", asked one after the other until one answers; `within` (ms) is how long all of
    that may take. `day` and `conversation` (one contact's, in a day) are budgets in US dollars; 0 is no limit. `share`
    are the contact's fields that a model may be told. `persona` answers where a step names none.
    """

    use: tuple[str, ...]
    within: int = 15 * SECOND
    day: float = 5.0
    conversation: float = 0.25
    share: tuple[str, ...] = ()
    persona: str = ""
