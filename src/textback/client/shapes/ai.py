"""What the API says of ai. `make api` writes it; it is not to be edited."""

from typing import Literal

import msgspec


class ReplyData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A reply. It is empty where there is none to be had; `escalate_reason` then says why a person should answer.
    `confidence` (0 to 1) is how likely it is right, `sources` are the passages that it is from, `by` is knowledge
    or model. What the guard found wrong with a model's reply is in `flaws`; such a reply is not given."""

    reply: str
    confidence: float
    sources: list[str]
    intent: str
    escalate_reason: str
    by: str
    flaws: list[str]


class Spoken(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One text of the conversation: `user` is the contact, `assistant` you."""

    role: Literal["assistant", "system", "user"]
    content: str


class Trouble(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What could not be read, or is wrong with it: a page, a document or a file, and why."""

    source: str
    why: str


class TrainingState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A training: pages and documents `read`, `of` those known so far; what could not be read, or is wrong; the
    version that it was published with, and for one that failed the reason. Times are in ISO 8601."""

    id: str
    status: str
    read: int
    of: int
    problems: list[Trouble]
    version: int | None
    reason: str
    created_at: str
    updated_at: str


class DocumentBody(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A document: its `name`, and either Markdown as `content`, or a `question` (several ways to ask it are
    separated by |) with its `answer`. One of the same name is replaced."""

    name: str
    content: str = ""
    question: str = ""
    answer: str = ""


class ForgottenDocument(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A document that was taken away, and the version without it."""

    name: str
    version: int
