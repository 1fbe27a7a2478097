"""The words of a message's life: channels, authors, classes, delivery statuses and their order."""

from typing import Literal

Channel = Literal["sms", "mms", "imessage", "rcs", "whatsapp", "slack", "web", "email"]

#: Channels that share one identifier space: a phone number is the same person on each of these.
FAMILY: dict[str, str] = {
    "sms": "phone",
    "mms": "phone",
    "imessage": "phone",
    "rcs": "phone",
    "whatsapp": "phone",
    "slack": "slack",
    "web": "web",
    "email": "email",
}

#: What consent is given for (K6): texts to a phone are one thing, whichever way they go, and WhatsApp is another.
CONSENT: dict[str, str] = {**FAMILY, "whatsapp": "whatsapp"}

#: With which other family an opt-out ends what was agreed to for this one (K7): it reaches all that reaches the phone.
ENDED_WITH: dict[str, str] = {"whatsapp": "phone"}

#: Families in words.
CONSENT_WORDS: dict[str, str] = {
    "phone": "texts by SMS",
    "whatsapp": "WhatsApp",
    "slack": "Slack",
    "web": "the web chat",
    "email": "e-mail",
}

#: Who wrote a message.
AuthorKind = Literal["contact", "bot", "person", "api"]

#: What an outbound message is for, in the words of the consent rules (C1). Unknown counts as promotional.
MessageClass = Literal["compliance", "conversational", "informational", "promotional"]

Status = Literal[
    "received",  # inbound
    "queued",  # in the outbox
    "sending",  # claimed by a node that is posting it
    "unknown",  # the post timed out: it may or may not have gone, and is never blindly repeated
    "accepted",  # the provider has it
    "sent",  # the carrier has it
    "delivered",
    "read",
    "undelivered",  # the carrier gave up
    "failed",  # the provider or the carrier refused it
    "filtered",  # blocked as spam or unregistered traffic
    "canceled",  # withdrawn before it was sent, for example by STOP (O6)
    "expired",  # too old to be useful when its turn came
    "blocked",  # the consent gate refused it; `rule` says why
]

#: Statuses only ever climb. Failures sit between sent and delivered: a late "sent" never reopens one, while a
#: later "delivered" or "read" is better news and wins.
Asks = Literal["", "only", "whole", "summary"]
"""Whether a text can be done without once a newer one has been answered. It "only" asks, or says that something was not
understood; it is the "whole" of a question, with all that its author says around it; it is a "summary" of answers, to
be confirmed; empty is whatever else."""

RANK: dict[str, int] = {
    "queued": 10,
    "sending": 20,
    "unknown": 21,
    "accepted": 22,
    "sent": 30,
    "undelivered": 35,
    "failed": 35,
    "filtered": 35,
    "canceled": 35,
    "expired": 35,
    "blocked": 35,
    "delivered": 40,
    "read": 50,
    "received": 60,
}

#: What the desk calls trouble.
FAILED: frozenset[str] = frozenset({"undelivered", "failed", "filtered", "expired", "blocked"})


def climbs(old: str, new: str) -> bool:
    """Whether a message with status `old` takes the status `new`."""
    return RANK[new] > RANK[old]
