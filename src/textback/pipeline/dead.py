"""Dead letters: what is kept of a text, an arrival or a job that was given up, and how it goes on the road again."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textback.actions.base import Failed
from textback.channels.base import Failure
from textback.compliance.limits import priority_of
from textback.core.ids import new_id
from textback.core.phone import mask
from textback.engine.arrivals import AnyArrival, Message
from textback.pipeline.claim import Claim
from textback.pipeline.gating import Gatekeeper
from textback.store import dead, jobs
from textback.store import gate as gate_store
from textback.store.db import Row, Tx

AGAIN = "again"
"""The kind, in the inbox, of an arrival that was redriven. Its text is in the thread already."""


class Redriven(msgspec.Struct, frozen=True):
    """What came of a dead letter: "sent" or "handled" (it is on the road again), "done" (somebody has dealt with it
    before), "refused" by the consent gate or a webhook's check, or "lost" (what it was about is gone); `why` says more.
    """

    result: str
    why: str = ""


def of_send(claim: Claim, failure: Failure, workspace: str, now: int) -> dict[str, Any]:
    """The dead letter of a text that is given up: its words, which the desk shows anyway, and no whole number."""
    payload = {"to": mask(claim.recipient), "text": claim.text, "pictures": len(claim.media)}
    if claim.programme:
        payload["programme"] = claim.programme
    return {
        "bucket": claim.bucket,
        "contact_id": claim.contact_id,
        "id": claim.id,
        "workspace": workspace,
        "kind": "send",
        "line": claim.line,
        "reason": failure.kind,
        "code": failure.code,
        "detail": failure.detail,
        "payload": msgspec.json.encode(payload).decode(),
        "attempts": claim.attempts,
        "at": now,
        "redriven_at": None,
    }


def of_arrival(key: Mapping[str, Any], line: str, arrival: AnyArrival | None, error: str, now: int) -> dict[str, Any]:
    """The dead letter of an arrival whose turn failed; None stands for one that can't be read."""
    payload: dict[str, Any] = {"arrival": "unreadable"}
    if arrival is not None:
        payload["arrival"] = arrival.__struct_config__.tag
    if isinstance(arrival, Message):
        payload |= {"from": mask(arrival.sender), "text": arrival.whole, "pictures": len(arrival.media)}
    return {
        **key,
        "kind": "arrival",
        "line": line,
        "reason": "unreadable" if arrival is None else "turn_failed",
        "code": "",
        "detail": error,
        "payload": msgspec.json.encode(payload).decode(),
        "attempts": 1,
        "at": now,
        "redriven_at": None,
    }


def of_job(row: Row[Any], attempts: int, failed: Failed, now: int) -> dict[str, Any]:
    """The dead letter of a job that is given up: what it was asked with, by name only."""
    arguments = msgspec.json.decode(row.arguments, type=dict[str, Any])
    payload = {"action": row.action, "step": row.step, "arguments": sorted(arguments)}
    return {
        "bucket": row.bucket,
        "contact_id": row.contact_id,
        "id": row.id,
        "workspace": row.workspace,
        "kind": "job",
        "line": row.line,
        "reason": failed.kind,
        "code": failed.code,
        "detail": failed.detail,
        "payload": msgspec.json.encode(payload).decode(),
        "attempts": attempts,
        "at": now,
        "redriven_at": None,
    }


def redrive(tx: Tx, letter: Row[Any], now: int, keeper: Gatekeeper) -> Redriven:
    """Put what was given up on the road again, once: a text as a new message, which the consent gate is asked about now
    and again when it is posted; an arrival as it came, for a turn with things as they are now."""
    conversation = dead.conversation_of(tx, letter)
    if conversation is None:
        return Redriven("lost", "The conversation is gone.")
    if letter.kind == "send":
        return _send(tx, letter, conversation, now, keeper)
    return _job(tx, letter, conversation, now) if letter.kind == "job" else _arrival(tx, letter, now)


def _send(tx: Tx, letter: Row[Any], conversation: Row[Any], now: int, keeper: Gatekeeper) -> Redriven:
    old = dead.message_of(tx, letter)
    if old is None:
        return Redriven("lost", "The message is gone.")
    id_ = new_id()
    programme = msgspec.json.decode(letter.payload, type=dict[str, Any]).get("programme", "")
    gate, log = keeper.again(tx, old, conversation, id_, now, programme)
    if log:
        gate_store.add(tx, log)
    if not gate.allowed:
        return Redriven("refused", gate.reason)
    if not dead.take(tx, letter, now):
        return Redriven("done")
    held = gate.outcome == "hold"
    why = gate.reason if held else ""
    fresh = {"id": id_, "status": "queued", "rule": gate.rule, "code": "", "detail": why, "provider_id": None}
    message = {**old._mapping, **fresh, "at": now}
    waiting = {name: message[name] for name in ("bucket", "contact_id", "id", "workspace", "line")}
    waiting |= {
        "recipient": conversation.address,
        "message_class": gate.judged,
        "priority": priority_of(gate.judged if held else old.message_class),
        "state": "queued",
        "attempts": 0,
        "due_at": gate.until if held else now,
        "expires_at": gate.expires_at,
        "lease_until": None,
        "fence": 0,
        "asks": 0,
        "programme": programme,
    }
    dead.queue_again(tx, message, waiting, conversation.message_count + 1)
    return Redriven("sent")


def _job(tx: Tx, letter: Row[Any], _: Row[Any], now: int) -> Redriven:
    """Do it once more, under the same key, as the newest version of the bot declares it. Its session has gone on
    without it: what comes of it changes nothing in the conversation."""
    old = jobs.of_letter(tx, letter)
    if old is None and letter.redriven_at is None:
        return Redriven("lost", "The job is gone.")
    if old is None or not dead.take(tx, letter, now):
        return Redriven("done")
    again = {"id": new_id(), "session": "", "version": 0, "state": "queued", "attempts": 0, "due_at": now}
    jobs.replace(tx, letter, {**old._mapping, **again})
    return Redriven("handled")


def discard_job(tx: Tx, letter: Row[Any], now: int) -> bool:
    """Throw it away; False when somebody has dealt with it already."""
    gone = dead.discard(tx, letter, now)
    if gone:
        jobs.replace(tx, letter, None)
    return gone


def _arrival(tx: Tx, letter: Row[Any], now: int) -> Redriven:
    old = dead.arrival_of(tx, letter)
    if old is None:
        return Redriven("lost", "The arrival is gone.")
    if not old.data:
        (current,) = dead.letters(tx, letter.workspace, id_=letter.id)
        if current.redriven_at is not None:
            return Redriven("done")
        return Redriven("lost", "What they wrote was to be hidden and is not kept. Ask them again.")
    if not dead.take(tx, letter, now):
        return Redriven("done")
    fresh = {"id": new_id(), "kind": AGAIN, "provider_id": old.id, "received_at": now, "handled_at": None}
    dead.store_again(tx, {**old._mapping, **fresh})
    dead.forget_arrival(tx, letter)
    return Redriven("handled")
