"""What the guard is told, and what it says."""

from typing import Literal

import msgspec

FlawKind = Literal[
    "empty", "link", "number", "price", "promise", "refund", "other_person", "topic", "human", "prompt", "secret",
    "instructed", "consent", "done", "promotional", "language", "too_long", "unsupported", "characters",
]  # fmt: skip
"""Why a reply can't go as it is. What each means is in `judge`."""


class Shown(msgspec.Struct, frozen=True):
    """A passage that a model was shown: the id of where it is from, what it is about, its words, and how likely it
    answers the question (0 to 1)."""

    id: str
    about: str
    text: str
    confidence: float = 0.0


class Proposal(msgspec.Struct, frozen=True):
    """What a model proposes. `confidence` is its own word (0 to 1); `sources` the ids of passages that it says it used;
    `memory` what it wants to remember of the conversation; with an `escalate_reason` it asks for a person."""

    reply: str
    confidence: float = 0.0
    intent: str = ""
    escalate_reason: str = ""
    sources: tuple[str, ...] = ()
    memory: str = ""


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a reply: the hosts that it may link to, segments, the locale that it must be in, topics to avoid
    (by the words they go by, normalised), and what nobody may read: the `prompt` that the model was given and
    `secrets`. `brand`, `phone` and `email` are the business's own, which may be said; so may what the `contact` said
    themselves (their texts, the newest last) and the values of `fields` that the model was told."""

    links: frozenset[str] = frozenset()
    segments: int = 2
    locale: str = "en"
    avoid: dict[str, tuple[str, ...]] = {}
    prompt: str = ""
    secrets: tuple[str, ...] = ()
    brand: str = ""
    phone: str = ""
    email: str = ""
    contact: tuple[str, ...] = ()
    fields: dict[str, str] = {}


class Flaw(msgspec.Struct, frozen=True):
    """One thing that is wrong with a reply. `what` says where, for people; no secret is in it."""

    kind: FlawKind
    what: str


class Judgement(msgspec.Struct, frozen=True):
    """What may become of a proposal: the reply as it may be said (plain characters, within its segments), how likely it
    is right (0 to 1, calibrated from evidence), how much of it the passages bear out (0 to 1), and what is wrong with
    it. A reply with a flaw is never sent unseen."""

    reply: str
    confidence: float
    support: float
    flaws: tuple[Flaw, ...] = ()
