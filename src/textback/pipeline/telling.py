"""Telling: one delivery to a webhook, from the claim to what is written down of it."""

from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from textback.core.faults import point
from textback.core.when import DAY, SECOND, to_ms
from textback.pipeline.lines import Line
from textback.pipeline.payloads import encoded, payloads
from textback.store import dead, events, hooks
from textback.store.db import Batch, Tx

LEASE = 60 * SECOND
"""How long (ms) a node may take to post what it claimed, and to write down what came of it."""
LONGEST_WAIT = DAY
"""The longest (ms) that another program may ask us to wait."""


class Claim(msgspec.Struct, frozen=True):
    """One delivery that is ours until its lease ends. Without a `body` its event is gone."""

    row: Any
    body: bytes
    until: int

    @property
    def attempts(self) -> int:
        """Tries, this one included."""
        return int(self.row.attempts) + 1

    @property
    def key(self) -> dict[str, Any]:
        """Its row, and our fence."""
        row = self.row
        return {"b": row.bucket, "k": row.contact_id, "i": row.id, "f": row.fence + 1}

    @property
    def pair(self) -> tuple[int, str, str]:
        """The conversation, and the webhook, within which order is kept."""
        return self.row.bucket, self.row.contact_id, self.row.webhook_id


class Outcome(msgspec.Struct, frozen=True):
    """What came of a post. `status` is what was answered, 0 for nothing; `ok` that it was taken; `gone` that the
    webhook wants no more; `retry_after` how long (ms) it asks us to wait."""

    claim: Claim
    ok: bool
    status: int = 0
    detail: str = ""
    ms: int = 0
    retry_after: int = 0
    gone: bool = False


def claim(
    tx: Tx, workspace: str, lines: Mapping[str, Line], rooms: Mapping[str, int], now: int, lease: int = LEASE
) -> list[Claim]:
    """Take deliveries that are due, so many of each webhook, with what is told."""
    rows = hooks.due(tx, rooms, now)
    if not rows:
        return []
    hooks.claim(tx, [{"b": row.bucket, "k": row.contact_id, "i": row.id, "until": now + lease} for row in rows])
    found = events.with_ids(tx, {(row.bucket, row.contact_id, row.event_id) for row in rows})
    told = list(found.values())
    bodies = {
        (row.contact_id, row.id): encoded(payload)
        for row, payload in zip(told, payloads(tx, workspace, lines, told), strict=True)
    }
    point("hooks.claiming")
    return [Claim(row, bodies.get((row.contact_id, row.event_id), b""), now + lease) for row in rows]


def record(
    tx: Tx, workspace: str, batch: Batch[Outcome], retries: Sequence[int], now: int, jitter: float
) -> set[str]:  # fmt: skip
    """Write down what came of posts, and let those go that waited for them. Whoever did not take it is tried again
    after the next of the `retries` (ms); after the last it is a dead letter. Returns the webhooks that have something
    to be sent at once."""
    hooks.alone(tx, batch.close()[0].claim.row.bucket)
    ours = hooks.held(tx, [one.claim.key for one in batch.close()])
    rows: list[dict[str, Any]] = []
    letters: list[dict[str, Any]] = []
    over: set[tuple[int, str, str]] = set()
    for one in batch.close():
        mine = one.claim
        if mine.row.id not in ours:
            continue
        pause = None if one.ok or one.gone or not mine.body else _pause(mine.attempts, retries, one.retry_after, jitter)
        state = (
            "done" if one.ok else "withdrawn" if one.gone or not mine.body else "dead" if pause is None else "queued"
        )
        due, end = (None, now) if pause is None else (now + pause, None)
        rows.append({**mine.key, "s": state, "due": due, "over": end, "c": one.status, "d": one.detail, "ms": one.ms})
        if pause is None:
            over.add(mine.pair)
        if state == "dead":
            letters.append(_letter(one, workspace, now))
    if rows:
        hooks.record(tx, rows)
    if letters:
        dead.add(tx, letters)
    for gone in sorted({one.claim.row.webhook_id for one in batch.close() if one.gone}):
        hooks.change(tx, workspace, gone, {"enabled": False, "why": "gone"})
    ready = hooks.let_next_go(tx, over, now) if over else set()
    point("hooks.recording")
    return ready


def _pause(attempts: int, retries: Sequence[int], asked: int, jitter: float) -> int | None:
    """How long (ms) to wait for the next try, spread out a little; None when there was the last."""
    if attempts > len(retries):
        return None
    return max(int(retries[attempts - 1] * (1 + jitter / 10)), asked)


def _letter(one: Outcome, workspace: str, now: int) -> dict[str, Any]:
    row = one.claim.row
    payload = {"event": row.kind, "number": row.number, "webhook": row.webhook_id}
    return {
        "bucket": row.bucket,
        "contact_id": row.contact_id,
        "id": row.id,
        "workspace": workspace,
        "kind": "hook",
        "line": "",
        "reason": "refused" if one.status else "unreachable",
        "code": str(one.status or ""),
        "detail": one.detail,
        "payload": msgspec.json.encode(payload).decode(),
        "attempts": one.claim.attempts,
        "at": now,
        "redriven_at": None,
    }


def judged(claim_: Claim, status: int, headers: Mapping[str, str], ms: int, now: int) -> Outcome:
    """What an answer means."""
    if 200 <= status < 300:
        return Outcome(claim_, True, status, "", ms)
    detail = f"It answered {status}."
    if 300 <= status < 400:
        detail = f"It answered {status}, which leads elsewhere. Nothing is followed."
    return Outcome(claim_, False, status, detail, ms, wait_of(headers.get("retry-after", ""), now), status == 410)


def wait_of(text: str, now: int) -> int:
    """How long (ms) Retry-After asks us to wait: seconds, or a date; 0 for what is neither."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return min(int(text[:9]) * SECOND, LONGEST_WAIT)
    try:
        return max(min(to_ms(parsedate_to_datetime(text)) - now, LONGEST_WAIT), 0)
    except (ValueError, TypeError, OverflowError):
        return 0
