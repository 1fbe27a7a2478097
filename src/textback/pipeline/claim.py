"""Claim: what a node may post. A claim is a lease with a fence, committed before anything is posted."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from textback.compliance.consent import may_send
from textback.core.when import MINUTE
from textback.engine.arrivals import Media
from textback.pipeline.lines import Line
from textback.store import outbox
from textback.store.db import Row, Tx

LEASE = MINUTE
_media = msgspec.json.Decoder(tuple[Media, ...])


class Claim(msgspec.Struct, frozen=True):
    """One text that is ours to post until the lease ends."""

    bucket: int
    id: str
    contact_id: str
    line: str
    recipient: str
    text: str
    media: tuple[Media, ...]
    fence: int
    attempts: int


class Claimed(msgspec.Struct):
    """A batch of claims, the contacts whose rows the gate refused, and whether rows are left that must wait."""

    claims: list[Claim]
    refused: list[str]
    more: bool


class Queued(msgspec.Struct):
    """A text that a turn queues: its outbox row, and what it says."""

    row: dict[str, Any]
    text: str
    media: tuple[Media, ...]


def claim(tx: Tx, now: int, most: int, paced: Mapping[str, int]) -> Claimed:
    """Take up to `most` rows to post, asking the gate for each in the same transaction (C3).

    `paced` are the lines with a rate of their own and how many texts each may post at this moment: what must wait
    for its line is not claimed yet, so that a STOP can still withdraw it.
    """
    claims: list[Claim] = []
    refused: list[dict[str, Any]] = []
    contacts: list[str] = []
    rows = outbox.due(tx, now, most, paced)
    for line, room in paced.items():
        if room:
            rows += outbox.due_on(tx, line, now, room)
    for row in rows:
        gate = may_send(row.message_class, opted_out=bool(row.opted_out), expires_at=row.expires_at, now=now)
        if gate.allowed:
            claims.append(_claim_of(row))
        else:
            status = "blocked" if gate.rule == "O6" else "expired"
            key = {"b": row.bucket, "k": row.contact_id, "i": row.id}
            refused.append({**key, "s": status, "r": gate.rule, "c": "", "d": gate.reason})
            contacts.append(row.contact_id)
    if claims:
        outbox.claim(tx, [(c.bucket, c.contact_id, c.id) for c in claims], now + LEASE)
    if refused:
        outbox.settle(tx, refused)
    return Claimed(claims, contacts, outbox.any_queued(tx))


def claim_new(tx: Tx, queued: Sequence[Queued], lines: Mapping[str, Line], now: int, room: int) -> list[Claim]:
    """Mark up to `room` rows as claimed before they are inserted, so that a turn's answer needs no second commit.

    Only the first text of a conversation that has nothing else under way: order is kept. Lines with a rate of their
    own queue. The gate was asked for these in this same transaction, with the conversation locked.
    """
    if not room or not queued:
        return []
    taken = outbox.under_way(tx, [(q.row["bucket"], q.row["contact_id"]) for q in queued])
    claims: list[Claim] = []
    for item in queued:
        row = item.row
        line = lines.get(row["line"])
        first = row["contact_id"] not in taken
        taken.add(row["contact_id"])
        if not first or line is None or line.rate is not None or len(claims) >= room:
            continue
        row.update(state="sending", attempts=1, fence=1, lease_until=now + LEASE)
        claims.append(
            Claim(
                row["bucket"],
                row["id"],
                row["contact_id"],
                row["line"],
                row["recipient"],
                item.text,
                item.media,
                1,
                1,
            )
        )
    return claims


def _claim_of(row: Row[Any]) -> Claim:
    return Claim(
        row.bucket,
        row.id,
        row.contact_id,
        row.line,
        row.recipient,
        row.text,
        _media.decode(row.media) if row.media != "[]" else (),
        row.fence + 1,
        row.attempts + 1,
    )
