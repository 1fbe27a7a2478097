"""Claim: what a node may post. A claim is a lease with a fence, committed before anything is posted."""

from collections.abc import Collection, Mapping, Sequence
from time import monotonic
from typing import Any

import msgspec

from textback.compliance.gate import Permit, too_late
from textback.compliance.limits import REPLY
from textback.core.faults import point
from textback.core.messages import Channel
from textback.core.offer import Offer, load_offer
from textback.core.provider_templates import Filled
from textback.core.when import MINUTE, SECOND
from textback.engine.arrivals import Media
from textback.pipeline.fairness import Allowance, choose
from textback.pipeline.gating import Gatekeeper
from textback.pipeline.lines import Line
from textback.store import outbox
from textback.store.db import Row, Tx

LEASE = MINUTE
"""How long (ms) a node may take to post what it claimed, unless the settings say otherwise."""
_media = msgspec.json.Decoder(tuple[Media, ...])


class Claim(msgspec.Struct, frozen=True):
    """One text that is ours to post until the lease ends: at `until` (ms) on the clock that other nodes have too, and
    at `deadline` (seconds) on one that nobody sets."""

    bucket: int
    id: str
    contact_id: str
    line: str
    recipient: str
    text: str
    media: tuple[Media, ...]
    fence: int
    attempts: int
    until: int
    deadline: float
    made: int = 0  # when it was queued, in ms
    bulk: bool = False
    arrival_id: str = ""  # what it answers; the id of its trace
    permit: Permit | None = None  # the gate's; nothing is posted without
    programme: str = ""  # the consent that it goes by (K6)
    channel: Channel = "sms"
    offer: Offer | None = None
    template: Filled | None = None  # of the provider's, which it goes as

    def held(self, now: int) -> bool:
        """Whether it is still ours. A node that was frozen for longer must not post: another has judged the row."""
        return now < self.until and monotonic() < self.deadline


class Refusal(msgspec.Struct, frozen=True):
    """A queued text that the gate refused when it was about to be posted."""

    id: str
    line: str
    rule: str
    arrival_id: str


class Claimed(msgspec.Struct):
    """A batch of claims, the contacts whose rows the gate refused, whether rows are left that must wait, and in how
    many seconds lines with a rate may send again, or how many segments they `used` of what was taken ahead."""

    claims: list[Claim]
    refused: list[str]
    more: bool
    waits: dict[str, float] = {}
    refusals: list[Refusal] = []
    used: dict[str, int] = {}


class Queued(msgspec.Struct):
    """A text that a turn queues: its outbox row, and what it says."""

    row: dict[str, Any]
    text: str
    media: tuple[Media, ...]
    arrival_id: str = ""
    source: str = ""
    permit: Permit | None = None  # for an answer; every other text asks the gate again before it is posted
    channel: Channel = "sms"
    offer: Offer | None = None
    template: Filled | None = None


def claim(tx: Tx, now: int, allowed: Allowance, gate: Gatekeeper, lease: int = LEASE) -> Claimed:
    """Take rows to post within `lease` ms, asking the gate for each in the same transaction (C3).

    What must wait for its line, or for others, is not claimed yet, so that a STOP can still withdraw it.
    """
    judge = gate.judge(tx, now)
    chosen = choose(tx, now, allowed, judge.passed)
    claims = [_claim_of(row, now, lease, judge.permits[row.id], judge.templates.get(row.id)) for row in chosen.rows]
    if claims:
        outbox.claim(tx, [(c.bucket, c.contact_id, c.id) for c in claims], now + lease)
        point("deliver.claiming")
    stopped = judge.write(chosen.rows)
    refusals = [Refusal(row.id, row.line, rule, row.arrival_id) for row, rule in judge.refused]
    return Claimed(claims, stopped, outbox.any_queued(tx, now), chosen.waits, refusals, chosen.used)


def give_up_late(tx: Tx, now: int, lines: Collection[str]) -> list[str]:
    """End what has become too old to be useful on lines that claim nothing now, so that it shows. Returns contacts."""
    late: list[dict[str, Any]] = []
    for row in outbox.late(tx, now, lines):
        rule, why = too_late(row.message_class)
        key = {"b": row.bucket, "k": row.contact_id, "i": row.id}
        late.append({**key, "s": "expired", "r": rule, "c": "", "d": why})
    if late:
        outbox.settle(tx, late)
    return [row["k"] for row in late]


def claim_new(
    queued: Sequence[Queued],
    lines: Mapping[str, Line],
    now: int,
    room: int,
    lease: int = LEASE,
    shut: Collection[str] = (),
    under_way: Collection[str] = (),
) -> list[Claim]:
    """Mark up to `room` rows as claimed before they are inserted, so that a turn's answer needs no second commit.

    Only the first text of a conversation that has nothing else `under_way`: order is kept. Lines with limits of their
    own queue, and so do those in `shut` and what is no answer: a bulk send must leave room. The gate was asked for
    these in this same transaction, with the conversation locked.
    """
    if not room or not queued:
        return []
    taken = set(under_way)
    claims: list[Claim] = []
    deadline = monotonic() + lease / SECOND
    for item in queued:
        row = item.row
        line = lines.get(row["line"])
        first = row["contact_id"] not in taken
        taken.add(row["contact_id"])
        if not first or line is None or line.limited or row["priority"] != REPLY or len(claims) >= room:
            continue
        if item.permit is None:
            continue
        if line.name in shut:
            continue
        row.update(state="sending", attempts=1, fence=1, lease_until=now + lease)
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
                now + lease,
                deadline,
                now,
                arrival_id=item.arrival_id,
                permit=item.permit,
                programme=row["programme"],
                channel=item.channel,
                offer=item.offer,
                template=item.template,
            )
        )
    return claims


def _claim_of(row: Row[Any], now: int, lease: int, permit: Permit, template: Filled | None) -> Claim:
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
        now + lease,
        monotonic() + lease / SECOND,
        row.at,
        row.priority != REPLY,
        row.arrival_id,
        permit,
        row.programme,
        row.channel,
        load_offer(row.offer),
        template,
    )
