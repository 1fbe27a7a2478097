"""Taking in one text that a program sends, however the request came: what is answered, or why it is refused."""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from textback.compliance.gate import HOLDS
from textback.core.ids import new_id
from textback.pipeline.shortener import RULE as TOO_LONG
from textback.store import sent
from textback.store.keys import Key
from textback.store.requests import Taken
from textback.store.trouble import is_away
from textback.web.context import WebContext
from textback.web.problems import Refused
from textback.web.reading import Data, decoded
from textback.web.v1.asked import Asked, MessageBody, number, once_of, read_text
from textback.web.v1.message_info import SCHEDULED, SentMessage, facts, facts_of, iso

TURN_WAIT = 2.0
"""Seconds that a text's turn may take before it is answered that it was taken in."""
REPLAYED: Mapping[str, str] = {"Idempotency-Replayed": "true"}
PLAIN: Mapping[str, str] = {}
REFUSED = ("blocked", "expired", "canceled")


_encode = msgspec.json.Encoder().encode


async def sent_once(
    ctx: WebContext, key: Key, path: str, given: str | None, body: bytes
) -> tuple[bytes, Mapping[str, str]]:
    """Store the text that the body of a request asks for, and answer once it is on the disk: with a body and further
    headers. `given` is its Idempotency-Key. Raises Refused, also where the consent gate refuses the text; then the
    attempt is recorded."""
    wanted = decoded(body, MessageBody)
    to = number(ctx, wanted.to)
    asked = await read_text(ctx, key, wanted, to, new_id())
    once = once_of(key, path, given, wanted, asked.arrival.message_id)
    try:
        said = await ctx.road.say(asked.line, to, asked.arrival, once=once, wait=TURN_WAIT)
    except Exception as error:
        if is_away(error):
            detail = "The text could not be stored. Send it again, with the same Idempotency-Key."
            raise Refused(503, "unavailable", detail) from None
        raise
    if isinstance(said, Taken):
        return _encode(Data(await _replay(ctx, asked, said, "" if once is None else once.digest))), REPLAYED
    if said is None:
        row = await ctx.db.read(sent.find, ctx.workspace, asked.arrival.message_id)
        return _encode(Data(_taken_in(ctx, asked) if row is None else await _first(ctx, row, asked))), PLAIN
    if not said.row:
        raise Refused(422, "template_refused", said.why or "The template could not be written out.", "template")
    _check(said.row)
    arrival = asked.arrival
    found = facts(
        ctx, said.row, address=to, due_at=said.due_at, later=said.later, send_at=arrival.send_at,
        metadata=arrival.metadata,
    )  # fmt: skip
    return _encode(Data(SentMessage(**found, warnings=asked.warnings))), PLAIN


def _check(row: Any) -> None:
    """Raises Refused for a text that was not let through when it was asked for."""
    if row["status"] in REFUSED:
        _refuse(row["rule"], row["detail"] or "They opted out before it went.", row["id"])


_CODES = {TOO_LONG: "too_long", "N1": "unreachable", "N2": "line_refused"}


def _refuse(rule: str, reason: str, id_: str) -> None:
    code = _CODES.get(rule, "consent_refused")
    raise Refused(422, code, reason, rule=rule, message_id=id_)


def _taken_in(ctx: WebContext, asked: Asked) -> SentMessage:
    """A text that is stored, and whose turn is yet to come: the gate was not asked."""
    arrival = asked.arrival
    row = {
        "id": arrival.message_id, "direction": "out", "status": "queued",
        "channel": arrival.channel or ctx.road.lines[asked.line].channels[0],
        "line": asked.line, "message_class": arrival.message_class, "contact_id": "", "author": "api",
        "text": arrival.text, "media": msgspec.json.encode(arrival.media).decode() if arrival.media else "[]",
        "segments": 0, "source": f"template.{arrival.template}" if arrival.template else "", "rule": "", "detail": "",
        "code": "", "at": ctx.road.now(), "arrival_id": "",
    }  # fmt: skip
    later = arrival.send_at > ctx.road.now()
    found = facts(
        ctx, row, address=asked.to, due_at=None, later=later, send_at=arrival.send_at, metadata=arrival.metadata
    )
    return SentMessage(**found, warnings=asked.warnings)


async def _first(ctx: WebContext, row: Any, asked: Asked) -> SentMessage:
    """What was answered when a text was taken in, whatever became of it since. Raises Refused."""
    found = facts_of(ctx, row)
    decisions = await ctx.db.read(sent.decisions, row)
    queued = next((one for one in decisions if one.stage == "queue"), None)
    if queued is not None and queued.outcome == "refuse":
        _refuse(queued.rule, queued.reason, row.id)
    if row.status in REFUSED and row.rule == TOO_LONG:
        _check(row._mapping)
    held = queued is not None and queued.outcome == "hold"
    found["status"] = SCHEDULED if row.send_at and row.send_at > row.at else "queued"
    if held and queued is not None:
        found |= {"rule": queued.rule, "reason": queued.reason, "held_until": iso(queued.until)}
    elif not any(one.stage == "queue" for one in decisions) and row.rule in HOLDS:
        found |= {"rule": "", "reason": "", "held_until": None}
    return SentMessage(**found, warnings=asked.warnings)


async def _replay(ctx: WebContext, asked: Asked, first: Taken, digest: str) -> SentMessage:
    """The answer to a request whose key was used before: as that was answered. Raises Refused."""
    if first.digest != digest:
        detail = "This Idempotency-Key was used for another request."
        raise Refused(409, "idempotency_conflict", detail, "Idempotency-Key", message_id=first.message_id)
    row = None
    for _ in range(int(TURN_WAIT / 0.05)):
        row = await ctx.db.read(sent.find, ctx.workspace, first.message_id)
        if row is not None:
            break
        await asyncio.sleep(0.05)
    if row is None:
        arrival = msgspec.structs.replace(asked.arrival, message_id=first.message_id)
        return _taken_in(ctx, msgspec.structs.replace(asked, arrival=arrival))
    return await _first(ctx, row, asked)
