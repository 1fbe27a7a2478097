"""What the turn writes down of consent: entries for the ledger, and where the contact stands after them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from textback.core.evidence import NO_EVIDENCE, Evidence, Method
from textback.core.ids import new_id
from textback.core.messages import CONSENT, FAMILY
from textback.engine.arrivals import AnyArrival, Message
from textback.engine.effects import RecordConsent
from textback.store import ledger
from textback.store.db import Row, Tx
from textback.store.ledger import Fact

LATE = 60_000
"""A text that took longer than this (ms) to come happened when it was sent: it may be older than what came before."""


def fact_of(
    effect: RecordConsent,
    arrival: AnyArrival,
    row: Row[Any],
    *,
    workspace: str,
    number: str,
    brand: str,
    now: int,
    family: str = "phone",
) -> Fact:
    """The entry that a turn's effect makes of its arrival. `family` is that of the line where it is no text (K6). Who
    opts out, or in again, does so for all that reaches the phone (K7); consent is for the channel on which it was
    given, or which it names."""
    text = arrival if isinstance(arrival, Message) else None
    evidence = effect.evidence or NO_EVIDENCE
    if not evidence.method:
        method: Method | Literal[""] = "keyword" if text is not None else ""
        if effect.matched_by == "provider":
            method = "provider"
        ours = text.recipient if text is not None else ""
        source = evidence.source or " ".join(part for part in (effect.keyword.upper(), ours) if part)
        evidence = msgspec.structs.replace(evidence, method=method, source=source)
    return Fact(
        id=new_id(),
        contact_id=row.contact_id,
        workspace=workspace,
        type=effect.change,
        occurred_at=effect.occurred_at or _when(text, row.received_at),
        recorded_at=now,
        rule=effect.rule,
        matched_by=effect.matched_by,
        family=_family(effect, text, evidence, family),
        line=row.line,
        brand=brand,
        number=number,
        raw_text=text.text if text is not None else effect.raw_text,
        arrival_id=row.id,
        evidence=evidence,
        pending_until=effect.pending_until,
    )


def _family(effect: RecordConsent, text: Message | None, evidence: Evidence, family: str) -> str:
    if effect.change in ("opt_out", "re_opt_in"):
        return FAMILY[text.channel] if text is not None else family
    channel = evidence.channel or (text.channel if text is not None else "")
    return CONSENT[channel] if channel else family


def _when(text: Message | None, received_at: int) -> int:
    if text is None or text.sent_at is None or received_at - text.sent_at <= LATE:
        return received_at
    return text.sent_at


def record(tx: Tx, facts: Sequence[Fact], messages: Iterable[Mapping[str, Any]]) -> dict[str, bool]:
    """Append the entries of a batch of turns, each with the text of this batch that confirms it. Returns who of these
    contacts must get nothing now."""
    confirmed = {
        (message["contact_id"], message["arrival_id"]): message["id"]
        for message in messages
        if message["message_class"] == "compliance"
    }
    standing = ledger.record(
        tx,
        [
            msgspec.structs.replace(fact, confirmation_id=confirmed.get((fact.contact_id, fact.arrival_id), ""))
            for fact in facts
        ],
    )
    return {contact_id: bool(stands.suppressions) for contact_id, stands in standing.items()}
