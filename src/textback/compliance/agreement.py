"""What a contact has agreed to, by scope (K6): the present state that follows from the ledger of consent."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from textback.core.messages import ENDED_WITH

AgreementState = Literal["pending", "unproven", "agreed", "revoked"]


class Agreement(msgspec.Struct, frozen=True):
    """The state of one scope: a family of channels, a programme ("" is all of the brand's) and a message class.

    pending: asked and not answered yet (K5), until `expires_at`; unproven: imported without evidence (K9); agreed;
    revoked. `since` (ms) is when that happened, `event_id` the ledger's entry that says so.
    """

    family: str
    programme: str
    message_class: str
    state: AgreementState
    since: int
    event_id: str
    expires_at: int | None = None


def agreed(
    agreements: Iterable[Agreement], family: str, message_class: str, programme: str = "", *, now: int
) -> Agreement | None:
    """The agreement that lets a text of this class go, or None. One to promotional texts covers informational ones of
    the same programme, never the other way; one for all of the brand's programmes covers each."""
    covers = ("promotional",) if message_class == "promotional" else ("promotional", "informational")
    for found in agreements:
        if (
            found.family == family
            and found.state == "agreed"
            and found.message_class in covers
            and found.programme in ("", programme)
            and (found.expires_at is None or now < found.expires_at)
        ):
            return found
    return None


def elsewhere(
    agreements: Iterable[Agreement], family: str, message_class: str, programme: str = "", *, now: int
) -> str:
    """Another family that reaches the same phone, for which a text of this class was agreed to; "" for none (K6)."""
    known, reach = list(agreements), ENDED_WITH.get(family, family)
    for other in sorted({one.family for one in known} - {family}):
        same = ENDED_WITH.get(other, other) == reach
        if same and agreed(known, other, message_class, programme, now=now) is not None:
            return other
    return ""
